import MetadataBlocks
import Testing

@Suite struct ICCHeaderTests {
    /// The head of a profile with a table of tags.
    private static func profile(_ space: String, tags: [String] = []) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 132 + 12 * tags.count)
        bytes.replaceSubrange(0..<4, with: [0, 0, 2, 0x0C])
        bytes.replaceSubrange(16..<20, with: Array(space.utf8))
        bytes.replaceSubrange(36..<40, with: Array("acsp".utf8))
        bytes[131] = UInt8(tags.count)
        for (index, tag) in tags.enumerated() {
            bytes.replaceSubrange(132 + 12 * index..<136 + 12 * index, with: Array(tag.utf8))
        }
        return bytes
    }

    @Test func `tells the size and the color space`() throws {
        let header = try #require(ICCHeader(Self.profile("Lab ")))
        #expect(header.byteCount == 0x20C && header.colorSpace == "Lab ")
    }

    @Test func `what is too short or has no mark is none`() {
        let profile = Self.profile("RGB ")
        #expect(ICCHeader(Array(profile.prefix(127))) == nil)
        #expect(ICCHeader(Array(profile.prefix(128))) != nil)
        var other = profile
        other[36] = 0
        #expect(ICCHeader(other) == nil && ICCHeader([]) == nil)
    }

    @Test func `finds tags, also in a table that is cut off`() {
        let profile = Self.profile("RGB ", tags: ["desc", "cicp"])
        #expect(ICCHeader.hasTag("cicp", in: profile) && ICCHeader.hasTag("desc", in: profile))
        #expect(!ICCHeader.hasTag("wtpt", in: profile))
        #expect(!ICCHeader.hasTag("cicp", in: Array(profile.prefix(147))))
        #expect(!ICCHeader.hasTag("desc", in: Array(profile.prefix(131))))
    }
}
