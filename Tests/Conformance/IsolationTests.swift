import FormatKit
import TestSupport
import Testing

/// Worker processes, as a user meets them.
///
/// A pipe that nobody writes to keeps a worker waiting.
@Suite(.timeLimit(.minutes(30))) struct IsolationTests {
    private let folder: TemporaryFolder
    private let format = BuiltIn.any

    init() throws {
        folder = try TemporaryFolder()
        for name in ["a", "b", "d"] { try folder.write("\(name).x", try BuiltIn.file(format)) }
        _ = try folder.makePipe("c.x")
        try folder.makeFolder("out")
    }

    private var made: [String] { folder.files.filter { $0.hasPrefix("out/") } }

    private func outputs(_ names: String...) -> [String] { names.map { "out/\($0).\(format)" } }

    /// Runs a batch in the background, and `script` once `a` and `b` are done, with the identities
    /// of the tool in `$RUN` and of its only worker in `$WORKER`.
    private func run(_ script: String, _ options: String = "") throws -> ConvertTool.Run {
        try ConvertTool.shell(
            #"""
            exec 3<>c.x
            "$CONVERT" a.x b.x c.x d.x --output-dir out --to \#(format) --jobs 1 \#(options) \
              --quiet &
            RUN=$!
            for try in {1..500}; do [ -e out/b.\#(format) ] && break; sleep 0.02; done
            read -r WORKER _ < /proc/$RUN/task/$RUN/children
            \#(script)
            wait $RUN
            """#, in: folder)
    }

    @Test func `a worker that crashes costs its input`() throws {
        let run = try run("sleep 0.1; kill -SEGV $WORKER")
        #expect(run.status == 1 && run.errorLines.count == 1, "\(run.errors)")
        #expect(run.errors.hasPrefix("convert: c.x: the worker process was ended by signal 11"))
        #expect(made == outputs("a", "b", "d"))
    }

    @Test func `a worker that cannot work says why`() throws {
        let run = try ConvertTool.shell(
            #"""
            echo '{"arguments":["in","out","--to","nothing"],"threads":1}' |
              "$CONVERT" __convert-worker
            """#, in: folder)
        #expect(run.status == 2)
        #expect(run.text.hasPrefix(#"{"unfit":""#) && run.text.contains("nothing"), "\(run.text)")
    }

    @Test func `a worker that is killed costs its input, which may be tried again`() throws {
        let run = try run("sleep 0.1; kill -KILL $WORKER")
        #expect(run.status == 75 && run.errors.contains("want of memory"), "\(run.errors)")
        #expect(made == outputs("a", "b", "d"))
    }

    @Test func `a worker that hangs costs its input`() throws {
        // Until the worker has told of b: its folder is synced after its output is there. The time
        // is enough for d, too, in a worker that has yet to start beside other work.
        let run = try run("sleep 0.1; kill -STOP $WORKER", "--timeout 5")
        #expect(run.status == 75 && run.errorLines.count == 1, "\(run.errors)")
        #expect(
            run.errors
                == "convert: c.x: limit exceeded: more than 5 s; --timeout raises the limit\n")
        #expect(made == outputs("a", "b", "d"))
    }

    @Test func `a signal ends the run and its workers`() throws {
        let run = try run(
            #"""
            sleep 0.1
            kill -TERM $RUN; wait $RUN; status=$?
            for try in {1..100}; do [ -e /proc/$WORKER ] || exit $status; sleep 0.02; done
            """#)
        #expect(run.status == 143, "\(run.errors)")
        #expect(made == outputs("a", "b"))
    }

    @Test func `workers do not outlive a run that is killed`() throws {
        let run = try run(
            #"""
            kill -KILL $RUN; wait $RUN
            for try in {1..100}; do [ -e /proc/$WORKER ] || exit 7; sleep 0.02; done
            """#)
        #expect(run.status == 7, "\(run.errors)")
        #expect(made == outputs("a", "b"))
    }
}
