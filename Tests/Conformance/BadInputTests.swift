import FormatKit
import Foundation
import TestSupport
import Testing

/// What goes wrong: one clear line, a non-zero exit, nothing half-written, nothing lost.
@Suite struct BadInputTests {
    private let folder: TemporaryFolder
    private let format = BuiltIn.any

    init() throws {
        folder = try TemporaryFolder()
    }

    private func convert(_ arguments: String...) throws -> ConvertTool.Run {
        try ConvertTool.run(arguments, in: folder)
    }

    /// Converts a bad file onto an existing one, which must stay; with these `limits` of the shell.
    private func expectRefusal(
        _ name: String, _ bytes: [UInt8], _ reason: String = ": ", limits: String = ":",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try folder.write(name, bytes)
        try folder.write("out.\(format)", [1, 2, 3])
        let run = try ConvertTool.shell(
            "\(limits); exec \"$CONVERT\" \(name) out.\(format) --overwrite", in: folder)
        run.expectFailure(about: name, sourceLocation: sourceLocation)
        #expect(run.errors.contains(reason), "\(run.errors)", sourceLocation: sourceLocation)
        #expect(folder.read("out.\(format)") == [1, 2, 3], sourceLocation: sourceLocation)
        #expect(
            folder.files == [name, "out.\(format)"].sorted(), sourceLocation: sourceLocation)
    }

    @Test(arguments: BuiltIn.lossless, [0.05, 0.5, 0.98])
    func `refuses a truncated file`(format: String, part: Double) throws {
        // Noisy enough that every codec needs all bytes for all rows.
        let file = try BuiltIn.file(format, width: 120, height: 90)
        try expectRefusal("bad.\(format)", Array(file.prefix(Int(Double(file.count) * part))))
    }

    @Test func `refuses what is no image`() throws {
        try expectRefusal("a.\(format)", [], "the file is empty")
        try folder.removeAll()
        try expectRefusal("b.\(format)", Array("hello, world\n".utf8), "not an image")
        try folder.removeAll()
        try expectRefusal("c.\(format)", [UInt8](repeating: 0, count: 5000), "not an image")
    }

    @Test func `names inputs that are missing or folders`() throws {
        let missing = try convert("none.\(format)", "out.\(format)")
        missing.expectFailure(about: "none.\(format)")
        #expect(missing.errors.contains("no such file or directory"))
        try folder.makeFolder("d")
        try convert("info", "d").expectFailure(about: "d")
        #expect(folder.files.isEmpty)
    }

    @Test func `names an input that may not be read`() throws {
        guard geteuid() != 0 else {
            try Test.cancel("the superuser may read everything")
        }
        try folder.write("in.\(format)", try BuiltIn.file(format))
        try folder.setPermissions(0, of: "in.\(format)")
        let run = try convert("in.\(format)", "out.\(format)")
        run.expectFailure(about: "in.\(format)")
        #expect(run.errors.contains("permission denied"))
    }

    @Test(arguments: HugeFile.all)
    func `refuses a header that asks for too much, at once`(file: HugeFile) throws {
        guard BuiltIn.registry.plugin(named: file.format) != nil else {
            try Test.cancel("\(file.format) is not built in")
        }
        // Of time and of memory far less than what it asks for.
        try expectRefusal(
            "huge.\(file.format)", file.bytes, limits: "ulimit -t 20; ulimit -v 1000000")
    }

    @Test func `needs the folder of the output`() throws {
        try folder.write("in.\(format)", try BuiltIn.file(format))
        let missing = try convert("in.\(format)", "none/out.\(format)")
        missing.expectFailure(about: "in.\(format)")
        #expect(missing.errors.contains("none"))
        try convert("in.\(format)", "in.\(format)/out.\(format)")
            .expectFailure(about: "in.\(format)")
        #expect(folder.files == ["in.\(format)"])
    }

    @Test func `looks at the output before the input`() throws {
        try folder.write("bad.\(format)", [1, 2, 3])
        try folder.write("out.\(format)", [4])
        let run = try convert("bad.\(format)", "out.\(format)")
        run.expectFailure(about: "out.\(format)")
        #expect(run.errors.contains("--overwrite"))
        #expect(folder.read("out.\(format)") == [4])
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func `reports a device that is full`() throws {
        try folder.write("in.\(format)", try BuiltIn.file(format))
        let run = try convert("in.\(format)", "/dev/full", "--to", format)
        run.expectFailure(about: "in.\(format)", 75)
        #expect(run.errors.contains("no space left on device"))
    }

    @Test(arguments: BuiltIn.lossless)
    func `reports a file that may not grow`(format: String) throws {
        try folder.write("in.\(format)", try BuiltIn.file(format, width: 300, height: 300))
        try folder.write("out.\(format)", [1])
        let run = try ConvertTool.shell(
            #"ulimit -f 4; "$CONVERT" in.\#(format) out.\#(format) --overwrite"#, in: folder)
        run.expectFailure(about: "in.\(format)", 75)
        #expect(run.errors.contains("file too large"), "\(run.errors)")
        #expect(folder.read("out.\(format)") == [1])
        #expect(folder.files == ["in.\(format)", "out.\(format)"])
    }

    @Test func `reports a disk that is full`() throws {
        try folder.write("in.\(format)", try BuiltIn.file(format, width: 300, height: 300))
        try folder.makeFolder("disk")
        let run = try ConvertTool.shell(
            #"""
            mount -t tmpfs -o size=32k tmpfs disk 2>/dev/null || exit 99
            trap 'umount disk' EXIT
            "$CONVERT" in.\#(format) disk/out.\#(format)
            status=$?
            ls -A disk
            exit $status
            """#, in: folder)
        guard run.status != 99 else { try Test.cancel("a small disk cannot be mounted here") }
        run.expectFailure(about: "in.\(format)", 75)
        #expect(run.errors.contains("no space left on device"), "\(run.errors)")
    }
}

extension TemporaryFolder {
    /// Removes every file.
    fileprivate func removeAll() throws {
        for file in files { try FileManager.default.removeItem(atPath: self(file)) }
    }
}
