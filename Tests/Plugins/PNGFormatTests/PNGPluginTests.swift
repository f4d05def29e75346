import FormatKit
import PNGFormat
import TestSupport
import Testing

@Suite struct PNGPluginTests {
    @Test func `registers and identifies its files`() throws {
        let registry = try FormatRegistry([PNGPlugin()])
        let bytes = try Image.noise(2, 2, PixelLayout(.gray, .uint8)).encoded(by: PNGPlugin())
        #expect(registry.plugin(identifying: bytes)?.descriptor.id == FormatID("png"))
        #expect(registry.plugin(forExtension: "PNG") != nil)
    }

    @Test func `names its library's version`() {
        #expect(PNGPlugin().library.hasPrefix("libpng 1."))
    }

    @Test func `reads rows in bands of any height, and none after the last`() throws {
        let image = Image.noise(5, 10, PixelLayout(.rgb, .uint16))
        let bytes = try image.encoded(by: PNGPlugin())
        for rowCapacity in [1, 3, 10, 64] {
            let reader = try PNGPlugin().makeReader(
                source: MemorySource(bytes), context: CodecContext())
            var band = PixelBand(width: 5, layout: image.header.layout, rowCapacity: rowCapacity)
            var rows: [UInt8] = []
            repeat {
                try reader.readRows(into: &band)
                rows += band.filledBytes
            } while band.rowCount > 0
            #expect(rows == image.bytes)
        }
    }
}
