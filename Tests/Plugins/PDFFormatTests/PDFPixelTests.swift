import FormatKit
import TestSupport
import Testing

@testable import PDFFormat

/// Samples that are compressed without loss.
@Suite struct PDFPixelTests {
    private let plugin = PDFPlugin()

    @Test(
        arguments: PDFPlugin.layouts.sorted { $0.description < $1.description },
        [(1, 1), (33, 7), (300, 200)] as [(Int, Int)])
    func `keeps every sample`(layout: PixelLayout, size: (Int, Int)) throws {
        let image = Image.noise(size.0, size.1, layout)
        let bytes = try image.encoded(by: plugin)
        #expect(bytes == (try image.encoded(by: plugin, rowsPerBand: 1000)))
        let file = try PDFFile(bytes)
        let picture = try #require(try file.pictures.first)
        let colors = try file.samples(picture)
        let colorByteCount = layout.model.channelCount * layout.sample.byteCount
        #expect(colors.bytes == image.channels(from: 0, byteCount: colorByteCount))
        let device = [ColorModel.gray: "Gray", .rgb: "RGB", .cmyk: "CMYK"][layout.model] ?? ""
        #expect(file.text(picture).contains("/ColorSpace /Device\(device) "))
        let mask = file.reference(after: "/SMask ", in: file.text(picture))
        #expect((mask != nil) == layout.hasAlpha)
        guard let mask else { return }
        let alpha = try file.samples(mask)
        #expect(alpha.header.layout == PixelLayout(.gray, layout.sample))
        let alphaByteCount = layout.sample.byteCount
        #expect(
            alpha.bytes == image.channels(from: colorByteCount, byteCount: alphaByteCount))
    }

    @Test(arguments: [2, 4])
    func `gray of few bits stays so`(bitCount: Int) throws {
        var image = Image.noise(37, 11, PixelLayout(.gray, .uint8))
        let step = 255 / (1 << bitCount - 1)
        image.bytes = image.bytes.map { $0 / UInt8(step) * UInt8(step) }
        image.header.storage = .packedGray(bitCount: bitCount)
        let file = try PDFFile(try image.encoded(by: plugin))
        let picture = try #require(try file.pictures.first)
        #expect(file.value(of: "BitsPerComponent", in: picture) == "\(bitCount)")
        #expect(try file.samples(picture).bytes == image.bytes)
    }

    @Test(arguments: [2, 3, 17, 256], [false, true])
    func `palettes stay so`(count: Int, hasAlpha: Bool) throws {
        var random = SplitMix64(seed: 3)
        let colors = (0..<count).map { index in
            let bytes = random.bytes(3)
            return RGBAColor(
                red: bytes[0], green: bytes[1], blue: bytes[2],
                alpha: hasAlpha && index == 0 ? 0 : 255)
        }
        let layout = PixelLayout(.rgb, .uint8, alpha: hasAlpha ? .straight : .opaque)
        let pixels = random.bytes(23 * 9).flatMap { byte in
            let color = colors[Int(byte) % count]
            return [color.red, color.green, color.blue] + (hasAlpha ? [color.alpha] : [])
        }
        let bitCount = count <= 2 ? 1 : count <= 4 ? 2 : 8
        let image = Image(
            header: ImageHeader(
                size: ImageSize(width: 23, height: 9), layout: layout,
                storage: .palette(Palette(colors, indexBitCount: bitCount))), bytes: pixels)
        let file = try PDFFile(try image.encoded(by: plugin))
        let picture = try #require(try file.pictures.first)
        #expect(file.text(picture).contains("/ColorSpace [/Indexed /DeviceRGB \(count - 1) <"))
        #expect(file.value(of: "BitsPerComponent", in: picture) == "\(bitCount)")
        let found = try file.samples(picture)
        #expect(found.bytes == image.channels(from: 0, byteCount: 3))
        #expect(file.numbers(of: "/SMask ").count == (hasAlpha ? 1 : 0))
    }

    @Test func `compressed alpha is reserved, and expected`() throws {
        let image = Image.noise(500, 400, PixelLayout(.gray, .uint8, alpha: .straight))
        let expected = try #require(
            try plugin.treatment(of: image.header, with: WriteSettings()).heldByteCount)
        // Noise becomes no smaller.
        #expect((200_000...210_000).contains(expected))
        let context = CodecContext(limits: Limits(memoryByteCount: 100_000))
        let error = #expect(throws: ImageError.self) {
            try image.encoded(by: plugin, context: context)
        }
        guard case .limitExceeded(.memory, _, 100_000) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let enough = CodecContext(limits: Limits(memoryByteCount: expected))
        #expect(try !image.encoded(by: plugin, context: enough).isEmpty)
        #expect(enough.memory.reservedByteCount == 0)
        let opaque = Image.noise(500, 400, PixelLayout(.gray, .uint8))
        #expect(
            try plugin.treatment(of: opaque.header, with: WriteSettings()).heldByteCount == 0)
        #expect(try !opaque.encoded(by: plugin, context: context).isEmpty)
    }

    @Test func `an effort is one of compression`() throws {
        let image = TestImages.picture(width: 200, height: 100)
        let sizes = try [1, 9].map {
            try image.encoded(by: plugin, settings: WriteSettings(effort: $0)).count
        }
        #expect(sizes[1] < sizes[0])
    }

    @Test func `what is missing is an error`() throws {
        let image = Image.noise(3, 2, PixelLayout(.rgb, .uint8))
        let sink = MemorySink()
        let writer = try plugin.makeWriter(
            sink: sink, header: image.header, settings: WriteSettings(), context: CodecContext())
        try writer.writeRows(
            PixelBand(width: 3, layout: image.header.layout, bytes: Array(image.bytes[..<9])))
        #expect(throws: ImageError.codecFailure(.pdf, "1 rows written, expected 2")) {
            try writer.finish()
        }
        var two = image
        two.header.frameCount = 2
        #expect(throws: ImageError.codecFailure(.pdf, "1 pages written, expected 2")) {
            try two.encoded(by: plugin)
        }
        #expect(throws: ImageError.unstorable(.pdf, "pixels are rgb float32")) {
            try Image.noise(2, 2, PixelLayout(.rgb, .float32)).encoded(by: plugin)
        }
    }
}
