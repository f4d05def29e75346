import MetadataBlocks
import TestSupport
import Testing

@testable import FormatKit

/// GDAL's statistics go as soon as samples are others.
@Suite struct GeoStatisticsTests {
    private static func block(_ items: String) -> [UInt8] {
        ChangingBlocks.geotiff(
            isPoint: false, gdal: "<GDALMetadata>\(items)</GDALMetadata>")
    }

    private static func text(_ geotiff: [UInt8]?) throws -> String? {
        let block = try #require(geotiff.flatMap(TIFFBlock.init))
        let directory = try #require(block.first)
        return block.entry(42112, in: directory).flatMap(block.values(of:)).map {
            String(decoding: block.bytes[$0].prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    @Test(
        arguments: [
            (#"<Item name="STATISTICS_MAXIMUM" sample="0">9</Item>"#, nil),
            (
                #"<Item name="A">1</Item><Item name="STATISTICS_MEAN">2</Item><Item name="B">3</Item>"#,
                #"<Item name="A">1</Item><Item name="B">3</Item>"#
            ),
            (
                #"<Item sample="1" name="STATISTICS_STDDEV">2</Item> <Item name="B">3</Item>"#,
                #" <Item name="B">3</Item>"#
            ),
        ])
    func `they are taken out, and nothing else`(items: String, rest: String?) throws {
        let changed = GeoStatistics.removed(from: Self.block(items))
        #expect(changed.losses.count == 1)
        #expect(try Self.text(changed.value) == rest.map { "<GDALMetadata>\($0)</GDALMetadata>" })
    }

    @Test(
        arguments: [
            #"<Item name="A">STATISTICS_MEAN</Item>"#, #"<Item name="STATISTICS_MEAN">2"#,
            "<Item", "", #"<Item name="STATISTICS_MEAN""#,
        ])
    func `what is no item of them stays`(items: String) {
        let block = Self.block(items)
        let changed = GeoStatistics.removed(from: block)
        #expect(changed.value == block && changed.losses.isEmpty)
    }

    @Test func `another depth is other samples`() throws {
        var metadata = ImageMetadata()
        metadata.geotiff = ChangingBlocks.geotiff
        let layout = PixelLayout(.gray, .uint8)
        let source = ImageHeader(size: ImageSize(width: 1, height: 1), layout: layout)
        let same = metadata.changed(fromForm: [], from: source, to: layout)
        #expect(same.value == metadata && same.losses.isEmpty)
        let deep = metadata.changed(
            fromForm: [], from: source, to: PixelLayout(.gray, .uint16))
        #expect(try Self.text(deep.value.geotiff)?.contains("STATISTICS") == false)
        #expect(deep.losses.count == 1)
        let inverted = metadata.invertingNoData(maximum: 255)
        #expect(inverted.losses.count == 1)
    }
}
