import FormatKit
import MetadataBlocks
import Testing

/// The IPTC record of metadata, and the copy of it that is among Photoshop's resources.
@Suite struct PhotoshopMetadataTests {
    private static let record: [UInt8] = [0x1C, 2, 5, 0, 2, 0x61, 0x62]
    private static let emptyTitle: [UInt8] = [0x1C, 2, 5, 0, 0]
    /// A resource that is no record.
    private static let first = Array("8BIM".utf8) + [0x03, 0xED, 0, 0, 0, 0, 0, 2, 1, 1]
    private static let iptc = resource(record)

    private static func resource(_ record: [UInt8]) -> [UInt8] {
        PhotoshopResources([]).setting(iptc: record)
    }

    @Test func `resources with the record are left as they are`() {
        var metadata = ImageMetadata()
        metadata.photoshop = Self.first + Self.iptc
        #expect(metadata.photoshopCarryingIPTC == metadata.photoshop)
        for zeros in [0, 1, 3] {
            metadata.iptc = Self.record + [UInt8](repeating: 0, count: zeros)
            #expect(metadata.photoshopCarryingIPTC == metadata.photoshop)
        }
        metadata.iptc = Self.emptyTitle
        #expect(
            metadata.photoshopCarryingIPTC
                == Self.first + Self.resource(Self.emptyTitle))
        metadata.photoshop = nil
        #expect(metadata.photoshopCarryingIPTC == Self.resource(Self.emptyTitle))
        metadata.iptc = nil
        #expect(metadata.photoshopCarryingIPTC == nil)
    }

    @Test func `a record that is not wanted is not kept in a copy`() {
        var metadata = ImageMetadata()
        metadata.photoshop = Self.first + Self.iptc
        metadata.iptc = Self.record
        let kept = metadata.keeping([.photoshop])
        #expect(kept.photoshop == Self.first && kept.iptc == nil)
        metadata.photoshop = Self.iptc
        #expect(metadata.keeping([.photoshop]) == ImageMetadata())
        #expect(metadata.keeping([.photoshop, .iptc]) == metadata)
    }
}
