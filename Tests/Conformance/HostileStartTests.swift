import Foundation
import TestSupport
import Testing

/// Starts in surroundings that lack something: a terminal's manners, descriptors, `/proc`.
@Suite struct HostileStartTests {
    private let folder: TemporaryFolder
    private let format = BuiltIn.any

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("in.\(format)", try BuiltIn.file(format))
    }

    @Test(
        .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")),
        arguments: [
            "formats", "formats --json", "info in.FMT", "info --json in.FMT",
            "compare in.FMT in.FMT", "compare --json in.FMT in.FMT", "--help", "--version",
            "--generate-completion-script bash", "in.FMT out.FMT --json",
            "in.FMT out.FMT --dry-run", "in.FMT - --to FMT", "none out.FMT --json",
        ])
    func `what cannot be printed is no success`(arguments: String) throws {
        let words = arguments.replacing("FMT", with: format)
        let run = try ConvertTool.shell("\"$CONVERT\" \(words) >/dev/full", in: folder)
        #expect(run.status == (words.hasPrefix("none") ? 1 : 75), "\(run.errors)")
        #expect(run.errors.contains("no space left on device"), "\(run.errors)")
    }

    @Test(arguments: ["formats", "info in.FMT", "in.FMT out.FMT --json"])
    func `a closed standard output is no success`(arguments: String) throws {
        let words = arguments.replacing("FMT", with: format)
        let run = try ConvertTool.shell("\"$CONVERT\" \(words) <&- >&-", in: folder)
        #expect(run.status == 1 && run.errors.contains("bad file descriptor"), "\(run.errors)")
    }

    @Test func `no file of a batch takes the place of a closed stream`() throws {
        try folder.makeFolder("in")
        try folder.write("in/a.\(format)", try BuiltIn.file(format))
        let run = try ConvertTool.shell(
            "\"$CONVERT\" in out --to \(format) <&- >&- 2>&-", in: folder)
        #expect(run.status == 0 && folder.read("out/a.\(format)") != nil)
    }

    @Test func `names that are not UTF-8 are arguments like others`() throws {
        let run = try ConvertTool.shell(
            #"""
            cp in.\#(format) $'caf\xe9.\#(format)' || exit 99
            "$CONVERT" $'caf\xe9.\#(format)' $'out\xff.\#(format)' || exit
            "$CONVERT" info $'out\xff.\#(format)' >/dev/null || exit
            mkdir $'d\xe9'
            "$CONVERT" $'caf\xe9.\#(format)' --output-dir $'d\xe9' --to \#(format) || exit
            test -f $'d\xe9/caf\xe9.\#(format)'
            """#, in: folder)
        guard run.status != 99 else { try Test.cancel("names must be UTF-8 here") }
        #expect(run.status == 0, "\(run.errors)")
    }

    @Test func `works without /proc`() throws {
        let run = try ConvertTool.shell(
            #"""
            unshare -m true 2>/dev/null || exit 99
            unshare -m bash -c '
                mount -t tmpfs none /proc || exit 99
                "$CONVERT" in.\#(format) out.\#(format) || exit
                mkdir many && "$CONVERT" in.\#(format) out.\#(format) --output-dir many --to \#(format)'
            """#, in: folder)
        guard run.status != 99 else { try Test.cancel("/proc cannot be hidden here") }
        #expect(run.status == 0, "\(run.errors)")
        #expect(folder.read("out.\(format)") != nil)
        #expect(folder.read("many/out.\(format)") != nil)
    }

    @Test(arguments: ["--threads 9223372036854775807", "--jobs 1000000", "--threads 100000"])
    func `more workers than there can be are fewer, not failures`(arguments: String) throws {
        try folder.makeFolder("in")
        for name in ["a", "b", "c", "d", "e", "f"] {
            try folder.write("in/\(name).\(format)", try BuiltIn.file(format))
        }
        let run = try ConvertTool.shell(
            "ulimit -n 20; \"$CONVERT\" in out --to \(format) \(arguments)", in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("6 converted"), "\(run.errors)")
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["in.FMT f", "f out.FMT"])
    func `one signal ends a wait for a pipe to be opened`(arguments: String) throws {
        _ = try folder.makePipe("f")
        let words = arguments.replacing("FMT", with: format)
        let run = try ConvertTool.shell(
            #"""
            "$CONVERT" \#(words) --to \#(format) &
            sleep 0.5
            kill -TERM $!
            SECONDS=0
            wait $!
            status=$?
            [ $SECONDS -le 2 ] || exit 98
            exit $status
            """#, in: folder)
        #expect(run.status == 143, "\(run.errors)")
    }
}
