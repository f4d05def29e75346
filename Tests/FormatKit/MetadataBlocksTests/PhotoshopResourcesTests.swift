import MetadataBlocks
import TestSupport
import Testing

@Suite struct PhotoshopResourcesTests {
    /// A resource as the specification lays it out.
    private static func resource(
        _ number: Int, _ content: [UInt8], name: String = "", mark: String = "8BIM"
    ) -> [UInt8] {
        var bytes = Array(mark.utf8) + [UInt8(number >> 8), UInt8(number & 0xFF)]
        bytes += [UInt8(name.utf8.count)] + Array(name.utf8)
        if name.utf8.count % 2 == 0 { bytes.append(0) }
        bytes += [0, 0, UInt8(content.count >> 8), UInt8(content.count & 0xFF)] + content
        return content.count % 2 == 0 ? bytes : bytes + [0]
    }

    private static let record: [UInt8] = [0x1C, 2, 5, 0, 2, 0x61, 0x62]
    private static let first = resource(0x03ED, [UInt8](repeating: 1, count: 16), name: "name")
    private static let iptc = resource(0x0404, record)
    private static let last = resource(0x0425, [7], name: "odd", mark: "MeSa")

    @Test func `finds the IPTC record`() {
        let resources = PhotoshopResources(Self.first + Self.iptc + Self.last)
        #expect(resources.iptc == Self.record && resources.damageOffset == nil)
        #expect(PhotoshopResources(Self.first).iptc == nil)
        #expect(PhotoshopResources([]).damageOffset == nil)
    }

    @Test func `takes filling at the end, or its lack, for what it is`() {
        let bytes = Self.first + Self.iptc
        #expect(PhotoshopResources(bytes + [0, 0, 0]).damageOffset == nil)
        let short = PhotoshopResources(Array(bytes.dropLast()))
        #expect(short.damageOffset == nil && short.iptc == Self.record)
    }

    @Test func `says from where on bytes are damaged, whatever they are`() {
        let whole = Self.first + Self.iptc + Self.last
        let ends = [Self.first.count, Self.first.count + Self.iptc.count]
        for count in 1..<whole.count - 1 {
            let resources = PhotoshopResources(Array(whole.prefix(count)))
            let start = ends.last { $0 <= count } ?? 0
            // The byte that fills up may be missing.
            let isWhole = count == start || count == ends[1] - 1
            #expect(resources.damageOffset == (isWhole ? nil : start), "\(count)")
        }
        var generator = SplitMix64(seed: 11)
        for _ in 0..<2000 {
            var bytes = whole
            for _ in 0..<3 { bytes[Int(generator.next() % UInt64(bytes.count))] = 0xFF }
            let resources = PhotoshopResources(bytes)
            // Taking out and putting in work on what is there.
            #expect(
                PhotoshopResources(resources.setting(iptc: Self.record)).iptc == Self.record)
        }
    }

    @Test func `puts a record in the place of the old one, in front, or takes it out`() {
        let resources = PhotoshopResources(Self.first + Self.iptc + Self.last + Self.iptc)
        let other: [UInt8] = [0x1C, 2, 120, 0, 1, 0x7A]
        #expect(
            resources.setting(iptc: other)
                == Self.first + Self.resource(0x0404, other) + Self.last)
        #expect(resources.setting(iptc: nil) == Self.first + Self.last)
        #expect(
            PhotoshopResources(Self.first).setting(iptc: Self.record) == Self.iptc + Self.first)
        #expect(PhotoshopResources([]).setting(iptc: Self.record) == Self.iptc)
    }
}
