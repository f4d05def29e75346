import FormatKit
import TestSupport
import Testing

/// Ctrl-C and its kin.
@Suite struct InterruptionTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(.timeLimit(.minutes(30)), arguments: [("INT", Int32(130)), ("TERM", 143), ("HUP", 129)])
    func `ends a wait for input`(signal: String, status: Int32) throws {
        _ = try folder.makePipe("pipe")
        // `set -m`: without job control a shell makes its children deaf to Ctrl-C.
        let run = try ConvertTool.shell(
            #"""
            set -m
            exec 3<>pipe
            "$CONVERT" - out.\#(BuiltIn.any) <&3 &
            sleep 0.3
            kill -\#(signal) $!
            wait $!
            """#, in: folder)
        #expect(run.status == status)
        // The shell has its say too.
        #expect(!run.errors.contains("convert: ") && folder.files == ["pipe"])
    }

    @Test(.timeLimit(.minutes(30)))
    func `ends a slow conversion and leaves nothing`() throws {
        let slow = BuiltIn.registry.descriptors.first { $0.write?.losslessness == .never }
        guard let slow else { try Test.cancel("no built-in format is slow") }
        try folder.write(
            "in/in.\(BuiltIn.any)", try BuiltIn.file(BuiltIn.any, width: 512, height: 512))
        try folder.makeFolder("out")
        let run = try ConvertTool.shell(
            #"""
            set -m
            "$CONVERT" in/in.\#(BuiltIn.any) out/out.\#(slow.id) --effort 9 &
            for try in {1..500}; do
              [ -n "$(ls -A out)" ] && break
              sleep 0.01
            done
            kill -INT $!
            wait $!
            status=$?
            ls -A out
            exit $status
            """#, in: folder)
        #expect(run.status == 130 && run.text == "", "\(run.errors)")
    }

    @Test(.timeLimit(.minutes(30)))
    func `stays deaf to Ctrl-C where its parent is`() throws {
        try folder.write("in", try BuiltIn.file(BuiltIn.any))
        _ = try folder.makePipe("pipe")
        let run = try ConvertTool.shell(
            #"""
            trap '' INT
            "$CONVERT" pipe out.\#(BuiltIn.any) &
            exec 3>pipe
            kill -INT $!
            cat in >&3
            exec 3>&-
            wait $!
            """#, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(folder.read("out.\(BuiltIn.any)") != nil)
    }

    /// Two inputs, the first a pipe that keeps the run waiting, and a signal meanwhile.
    private func runWithGrace(_ seconds: Int, then: String) throws -> ConvertTool.Run {
        _ = try folder.makePipe("pipe.\(BuiltIn.any)")
        try folder.write("in", try BuiltIn.file(BuiltIn.any))
        try folder.makeFolder("out")
        return try ConvertTool.shell(
            #"""
            printf 'pipe.FMT\nin\n' >list
            "$CONVERT" --files-from list out --to FMT --jobs 1 --grace \#(seconds) --log log &
            for try in {1..500}; do [ -e log ] && break; sleep 0.01; done
            sleep 0.3
            kill -TERM $!
            sleep 0.3
            \#(then)
            wait $!
            """#.replacing("FMT", with: BuiltIn.any), in: folder)
    }

    @Test(.timeLimit(.minutes(30)))
    func `finishes what is under way, and begins nothing more`() throws {
        let run = try runWithGrace(20, then: "cat in >pipe.\(BuiltIn.any)")
        #expect(run.status == 143, "\(run.errors)")
        #expect(run.errors.hasSuffix("convert: 1 converted, 1 not done\n"))
        #expect(folder.read("out/pipe.\(BuiltIn.any)") != nil)
        #expect(folder.read("out/in.\(BuiltIn.any)") == nil)
    }

    @Test(.timeLimit(.minutes(30)))
    func `a worker stops at once when its parent says so, whatever the time to finish`() throws {
        _ = try folder.makePipe("pipe")
        _ = try folder.makePipe("talk")
        try folder.makeFolder("out")
        let run = try ConvertTool.shell(
            #"""
            "$CONVERT" __convert-worker <talk >answers &
            exec 3>talk
            echo '{"arguments":["x","out","--to","FMT","--grace","50"],"threads":1}' >&3
            echo '{"item":{"job":{"input":"pipe","output":"out/x.FMT","page":null,"further":[],
              "previews":[]},"mode":"convert","recorded":false,"entries":[null]}}' |
              tr -d '\n' >&3
            echo >&3
            # Waits until the worker reads.
            exec 4>pipe
            # As engines do, before the parent says that the time is over.
            kill -TERM $!
            sleep 0.5
            kill -0 $! && cat answers
            echo '{"stop":15}' >&3
            wait $!
            echo "status $?"
            """#.replacing("FMT", with: BuiltIn.any), in: folder)
        // How soon it is ended after that, if it does not end the item, is another matter.
        #expect(run.text == "status 143\n", "\(run.text) \(run.errors)")
        #expect(!folder.files.contains { $0.hasPrefix("out/") })
    }

    @Test(.timeLimit(.minutes(30)), arguments: [(1, ""), (20, "kill -TERM $!")])
    func `stops in order when the time is over, or at a second signal`(
        seconds: Int, then: String
    ) throws {
        let run = try runWithGrace(seconds, then: then)
        #expect(run.status == 143, "\(run.errors)")
        #expect(run.errors.hasSuffix("convert: 0 converted, 2 not done\n"))
        #expect(!folder.files.contains { $0.hasPrefix("out/") })
    }
}
