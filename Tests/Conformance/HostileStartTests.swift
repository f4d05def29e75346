import FormatKit
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

    @Test(arguments: ["info IN", "info --json IN", "IN OUT --dry-run", "IN OUT", "info NONE"])
    func `a name cannot command the terminal`(arguments: String) throws {
        let words = arguments.replacing("IN", with: "\"$evil.\(format)\"")
            .replacing("OUT", with: "\"$evil.out.\(format)\"")
            .replacing("NONE", with: "\"$evil.none\"")
        let run = try ConvertTool.shell(
            #"""
            evil=$'a\e[2Jb\rc\x07'
            cp in.\#(format) "$evil.\#(format)" || exit 99
            "$CONVERT" \#(words) 2>&1
            """#, in: folder)
        guard run.status != 99 else { try Test.cancel("names have no such characters here") }
        #expect(run.output.allSatisfy { $0 >= 0x20 || $0 == 0x0A }, "\(run.text)")
    }

    @Test func `a log is a file, and one named - is asked for by its folder`() throws {
        try folder.makeFolder("in")
        try folder.write("in/a.\(format)", try BuiltIn.file(format))
        let refused = try ConvertTool.run(["in", "out", "--to", format, "--log", "-"], in: folder)
        #expect(refused.status == 2 && refused.errors.contains("./-"), "\(refused.errors)")
        #expect(folder.read("out/a.\(format)") == nil && folder.read("-") == nil)
        let run = try ConvertTool.run(["in", "out", "--to", format, "--log", "./-"], in: folder)
        #expect(run.status == 0 && folder.read("out/a.\(format)") != nil, "\(run.errors)")
        #expect(folder.read("-")?.first == UInt8(ascii: "{"))
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

    @Test(.timeLimit(.minutes(30)), arguments: ["in.FMT f", "f out.FMT"])
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

    /// A TIFF file of a few kilobytes that stands for a large picture of zeros.
    private static func sparseTIFF(width: Int, height: Int, stripCount: Int) -> [UInt8] {
        func bytes(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let arrays = 8 + 2 + 12 * 9 + 4
        let entries = [
            (256, 1, width), (257, 1, height), (258, 1, 8), (259, 1, 1), (262, 1, 2),
            (273, stripCount, arrays), (277, 1, 3), (278, 1, height / stripCount),
            (279, stripCount, arrays + 4 * stripCount),
        ]
        return [0x49, 0x49, 42, 0, 8, 0, 0, 0] + bytes(entries.count, 2)
            + entries.flatMap { bytes($0.0, 2) + bytes(4, 2) + bytes($0.1, 4) + bytes($0.2, 4) }
            + bytes(0, 4) + [UInt8](repeating: 0, count: 8 * stripCount)
    }

    @Test(arguments: ["webp", "jxl", "avif"])
    func `want of memory is one line and 75`(format: String) throws {
        guard BuiltIn.registry.plugin(named: format) != nil else { return }
        try folder.write(
            "large.tiff", Self.sparseTIFF(width: 10_000, height: 10_000, stripCount: 1000))
        let run = try ConvertTool.shell(
            """
            ulimit -v 450000
            "$CONVERT" large.tiff out.\(format) --max-memory 64G
            """, in: folder)
        #expect(run.status == 75 && run.errorLines.count == 1, "\(run.errors)")
        #expect(run.errors.contains("cannot allocate memory"), "\(run.errors)")
        #expect(folder.read("out.\(format)") == nil)
    }

    @Test(.timeLimit(.minutes(30)), arguments: ["avif", "jxl"], ["INT", "TERM"])
    func `one signal ends a slow encoder within two seconds`(
        format: String, signal: String
    ) throws {
        guard BuiltIn.registry.plugin(named: format) != nil else { return }
        try folder.write("large.ppm", Array("P6 1500 1500 255\n".utf8) + noise(1500 * 1500 * 3))
        try folder.makeFolder("out")
        let run = try ConvertTool.shell(
            #"""
            set -m
            "$CONVERT" large.ppm out/x.\#(format) --effort 9 &
            sleep 1.5
            kill -\#(signal) $!
            start=$(date +%s%N)
            wait $!
            status=$?
            echo $((($(date +%s%N) - start) / 1000000))
            ls -A out
            exit $status
            """#, in: folder)
        #expect(run.status == (signal == "INT" ? 130 : 143), "\(run.errors)")
        let milliseconds = run.text.split(separator: "\n").first.flatMap { Int($0) }
        #expect(milliseconds ?? .max < 2500, "\(run.text)")
        #expect(run.text.split(separator: "\n").count == 1, "\(run.text)")
    }

    private func noise(_ count: Int) -> [UInt8] {
        var random = SplitMix64(seed: 1)
        return random.bytes(count)
    }
}
