import FormatKit
import Foundation
import TestSupport
import Testing

/// Folders that may not be written, and inputs that go away while a run is at work.
@Suite struct UnkindFolderTests {
    private let folder: TemporaryFolder
    private let format = BuiltIn.any

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("in/a.\(format)", try BuiltIn.file(format))
        try folder.write("in/b.\(format)", try BuiltIn.file(format))
    }

    /// Runs a script as somebody who may not write into `out`.
    private func runUnprivileged(_ script: String) throws -> ConvertTool.Run {
        try folder.setPermissions(0o555, of: "out")
        defer { try? folder.setPermissions(0o755, of: "out") }
        // The superuser may write everywhere.
        let prefix = geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups" : ""
        let run = try ConvertTool.shell(
            #"""
            as() { \#(prefix) "$@"; }
            as test -x "$CONVERT" -a -r in || exit 99
            \#(script)
            """#, in: folder)
        guard run.status != 99 else { try Test.cancel("nobody cannot be impersonated here") }
        return run
    }

    @Test func `an output in a folder that may not be written is refused`() throws {
        try folder.makeFolder("out")
        let run = try runUnprivileged(#"as "$CONVERT" in/a.\#(format) out/a.\#(format)"#)
        run.expectFailure(about: "in/a.\(format)")
        #expect(run.errors.contains("permission denied"), "\(run.errors)")
        #expect(folder.files == ["in/a.\(format)", "in/b.\(format)"])
    }

    @Test func `an output that may not be replaced stays`() throws {
        try folder.write("out/a.\(format)", [1, 2, 3])
        let run = try runUnprivileged(
            #"as "$CONVERT" in/a.\#(format) out/a.\#(format) --overwrite"#)
        run.expectFailure(about: "in/a.\(format)")
        #expect(run.errors.contains("permission denied"), "\(run.errors)")
        #expect(folder.read("out/a.\(format)") == [1, 2, 3])
    }

    @Test func `a batch into a folder that may not be written fails for each input`() throws {
        try folder.write("out/a.\(format)", [1, 2, 3])
        let run = try runUnprivileged(
            #"as "$CONVERT" in out --to \#(format) --overwrite --quiet"#)
        #expect(run.status != 0)
        #expect(run.errors.contains("permission denied"), "\(run.errors)")
        #expect(folder.read("out/a.\(format)") == [1, 2, 3])
        #expect(folder.files.filter { $0.hasPrefix("out/") } == ["out/a.\(format)"])
    }

    @Test func `an input that has gone away costs itself alone`() throws {
        // Long enough to remove another input meanwhile.
        let side = 5000
        try folder.write("in/0.pgm", Array("P5 \(side) \(side) 255\n".utf8))
        let run = try ConvertTool.shell(
            #"""
            truncate -s $(($(stat -c %s in/0.pgm) + \#(side) * \#(side))) in/0.pgm
            "$CONVERT" in out --to \#(format) --jobs 1 --log log --quiet &
            until grep -q '"started"' log 2>/dev/null; do sleep 0.01; done
            grep -q '/a.\#(format)' log && exit 99
            rm in/a.\#(format)
            wait $!
            """#, in: folder)
        guard run.status != 99 else { try Test.cancel("the first input was too quick") }
        run.expectFailure(about: "in/a.\(format)")
        #expect(run.errors.contains("no such file or directory"), "\(run.errors)")
        #expect(
            folder.files.filter { $0.hasPrefix("out/") } == [
                "out/0.\(format)", "out/b.\(format)",
            ])
    }
}
