import FormatFiles
import TestSupport
import Testing

@testable import ConvertKit

@Suite struct LinkResolverTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.makeFolder("real/sub")
        try folder.link("link", to: "real")
        try folder.link("real/later", to: "nowhere")
        try folder.write("real/a.toy", [1])
        try folder.link("real/b.toy", to: "a.toy")
    }

    @Test(arguments: [
        ("link/a.toy", "real/a.toy"), ("link/b.toy", "real/a.toy"),
        ("link/sub/new.toy", "real/sub/new.toy"),
        // Of folders that are yet to be made, those above are looked at.
        ("link/x/new.toy", "real/x/new.toy"), ("link/x/y/z/new.toy", "real/x/y/z/new.toy"),
        ("link/x/../y/new.toy", "real/y/new.toy"), ("link/./x/./new.toy", "real/x/new.toy"),
        ("new.toy", "new.toy"), ("x/y/new.toy", "x/y/new.toy"),
    ])
    func `finds the file that a name stands for`(name: String, file: String) {
        var resolver = LinkResolver()
        let root = Path(folder.path).resolvingLinks
        for _ in 0..<2 {
            #expect(resolver.file(at: Path(folder(name))) == root.appending(Path(file)))
        }
    }

    @Test func `a name of any length, or of no folder, is one`() {
        var resolver = LinkResolver()
        let long = Path(String(repeating: "a/", count: 1 << 19) + "b")
        #expect(resolver.file(at: long) == long)
        for name in ["", ".", "/", "none", "none/x"] {
            #expect(!resolver.file(at: Path(name)).bytes.isEmpty)
        }
        #expect(resolver.file(at: "none/x") == resolver.file(at: "./none/x"))
    }
}
