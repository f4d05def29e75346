import Testing

@testable import FormatKit

@Suite struct FormatRegistryTests {
    private let a = FormatID("a")
    private let b = FormatID("b")

    @Test func `a plugin is found by identity, name and extension`() throws {
        let registry = try FormatRegistry([
            ToyFormat(a, extensions: ["aaa", "aa"], signatures: []),
            ToyFormat(b, signatures: []),
        ])
        #expect(registry[a]?.descriptor.id == a)
        #expect(registry[FormatID("c")] == nil)
        #expect(registry.plugin(named: "A")?.descriptor.id == a)
        #expect(registry.plugin(named: "AA")?.descriptor.id == a)
        #expect(registry.plugin(forExtension: "Aaa")?.descriptor.id == a)
        #expect(registry.plugin(forExtension: "a") == nil)
        #expect(registry.descriptors.map(\.id) == [a, b])
    }

    @Test func `two plugins that claim the same thing clash`() {
        let other = Signature([1, 2, 3])
        let plain = ToyFormat(a, signatures: [other])
        let clashes: [(ToyFormat, String)] = [
            (ToyFormat(a, extensions: ["x"], mediaTypes: ["x"], signatures: []), "identity a"),
            (ToyFormat(b, extensions: ["a"], signatures: []), "extension .a"),
            (ToyFormat(b, mediaTypes: ["image/a"], signatures: []), "MIME type image/a"),
            (
                ToyFormat(b, signatures: [other]),
                "signature [1, 2, 3] with mask [255, 255, 255] at 0"
            ),
        ]
        for (plugin, claim) in clashes {
            let second = plugin.descriptor.id
            #expect(throws: FormatRegistry.Conflict(first: a, second: second, claim: claim)) {
                try FormatRegistry([plain, plugin])
            }
        }
    }

    @Test func `a name that is an identity of one and an extension of another clashes`() {
        let tif = FormatID("tif")
        let formats = [
            ToyFormat(tif, extensions: ["x"], signatures: []),
            ToyFormat(b, extensions: ["b", "tif"], signatures: []),
        ]
        for (first, second) in [(0, 1), (1, 0)] {
            let conflict = FormatRegistry.Conflict(
                first: formats[first].descriptor.id, second: formats[second].descriptor.id,
                claim: "the name tif")
            #expect(throws: conflict) {
                try FormatRegistry([formats[first], formats[second]])
            }
        }
    }

    @Test func `a conflict says what and who`() {
        let conflict = FormatRegistry.Conflict(first: a, second: b, claim: "extension .tif")
        #expect(conflict.description == "formats a and b both claim extension .tif")
    }

    @Test func `a format may repeat its own signature`() throws {
        _ = try FormatRegistry([ToyFormat(a, signatures: [Signature([1]), Signature([1])])])
    }

    @Test func `a signature matches under its mask and at its offset`() {
        let signature = Signature([0x10, 0xFF], mask: [0xF0, 0x0F], offset: 2)
        #expect(signature.byteCount == 4)
        #expect(signature.matches([0, 0, 0x1A, 0x3F]))
        #expect(signature.matches([0, 0, 0x10, 0x0F, 9]))
        #expect(!signature.matches([0, 0, 0x20, 0x0F]))
        #expect(!signature.matches([0, 0, 0x10]))
        #expect(!signature.matches([]))
    }

    @Test func `content decides before the extension`() throws {
        let registry = try FormatRegistry([
            ToyFormat(a, signatures: [Signature([1, 2])]),
            ToyFormat(b, signatures: [Signature([3, 4])]),
        ])
        let plugin = registry.plugin(identifying: [3, 4, 5], extensionHint: "a")
        #expect(plugin?.descriptor.id == b)
    }

    @Test func `the extension breaks a tie, then the surer signature wins`() throws {
        let registry = try FormatRegistry([
            ToyFormat(a, signatures: [Signature([1, 2])]),
            ToyFormat(b, signatures: [Signature([1, 2, 3])]),
        ])
        #expect(registry.headByteCount == 3)
        let head: [UInt8] = [1, 2, 3]
        #expect(registry.plugin(identifying: head)?.descriptor.id == b)
        #expect(registry.plugin(identifying: head, extensionHint: "A")?.descriptor.id == a)
        #expect(registry.plugin(identifying: head, extensionHint: "zip")?.descriptor.id == b)
        #expect(registry.plugin(identifying: [1, 2])?.descriptor.id == a)
    }

    @Test(arguments: [[], [9], Array("TO".utf8)] as [[UInt8]])
    func `unknown content is not recognized`(bytes: [UInt8]) throws {
        let registry = try FormatRegistry([ToyFormat()])
        #expect(throws: ImageError.unrecognized) {
            try registry.makeReader(
                source: MemorySource(bytes), extensionHint: "toy", context: CodecContext())
        }
    }

    @Test func `a format that cannot be read says so`() throws {
        let registry = try FormatRegistry([ToyFormat(canRead: false)])
        #expect(throws: ImageError.unsupported(FormatID("toy"), "reading")) {
            try registry.makeReader(
                source: MemorySource(Array("TOY1".utf8)), context: CodecContext())
        }
    }
}
