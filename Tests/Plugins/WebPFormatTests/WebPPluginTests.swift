import FormatKit
import TestSupport
import Testing
import WebPFormat

@Suite struct WebPPluginTests {
    @Test func `registers and identifies its files, whatever their size`() throws {
        let registry = try FormatRegistry([WebPPlugin()])
        let bytes = try Image.gradient(20, 20).encoded(by: WebPPlugin())
        #expect(registry.plugin(identifying: bytes)?.descriptor.id == FormatID("webp"))
        #expect(registry.plugin(identifying: Array("RIFF\0\0\0\0WAVEfmt ".utf8)) == nil)
        #expect(registry.plugin(forExtension: "WebP") != nil)
    }

    @Test func `names its library's version`() {
        #expect(WebPPlugin().library.hasPrefix("libwebp 1."))
    }

    @Test func `reads rows in bands of any height, and none after the last`() throws {
        let bytes = try Image.gradient(5, 10).encoded(by: WebPPlugin())
        let whole = try Image(decoding: bytes, as: WebPPlugin())
        for rowCapacity in [1, 3, 10, 64] {
            let reader = try WebPPlugin().makeReader(
                source: MemorySource(bytes), context: CodecContext())
            var band = PixelBand(width: 5, layout: whole.header.layout, rowCapacity: rowCapacity)
            var rows: [UInt8] = []
            repeat {
                try reader.readRows(into: &band)
                rows += band.filledBytes
            } while band.rowCount > 0
            #expect(rows == whole.bytes)
        }
    }
}
