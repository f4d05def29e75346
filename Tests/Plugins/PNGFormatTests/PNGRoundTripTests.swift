import FormatKit
import TestSupport
import Testing

@testable import PNGFormat

@Suite struct PNGRoundTripTests {
    static let layouts =
        PNGPlugin().descriptor.write.map {
            $0.layouts.sorted { $0.description < $1.description }
        } ?? []
    static let sizes = [(1, 1), (1, 9), (8, 8), (33, 17), (300, 2)]

    @Test(arguments: layouts, [false, true])
    func `keeps every sample`(_ layout: PixelLayout, isInterlaced: Bool) throws {
        let plugin = PNGPlugin()
        for (width, height) in Self.sizes {
            let image = Image.noise(width, height, layout)
            let settings = try WriteSettings(
                for: plugin, isLossless: true, options: ["interlaced": "\(isInterlaced)"])
            let decoded = try Image(
                decoding: image.encoded(by: plugin, settings: settings), as: plugin)
            #expect(decoded.bytes == image.bytes, "\(width)x\(height)")
            #expect(decoded.header.layout == layout)
            #expect(decoded.header.significantBits == layout.sample.bitCount)
        }
    }

    @Test(arguments: [false, true])
    func `the only picture can be selected again after any row`(isInterlaced: Bool) throws {
        let image = Image.noise(8, 6, PixelLayout(.rgb, .uint8))
        let bytes = try image.encoded(
            by: PNGPlugin(),
            settings: try WriteSettings(
                for: PNGPlugin(), options: ["interlaced": "\(isInterlaced)"]))
        let reader = try PNGPlugin().openPages(bytes)
        for rowCount in 0...6 {
            var band = PixelBand(width: 8, layout: image.header.layout, rowCapacity: 1)
            for _ in 0..<rowCount { try reader.readRows(into: &band) }
            try reader.selectPage(0)
            #expect(try Image(reading: reader).bytes == image.bytes, "\(rowCount)")
            try reader.selectPage(0)
        }
    }

    @Test(arguments: [PixelLayout(.rgb, .uint8), PixelLayout(.gray, .uint16, alpha: .straight)])
    func `keeps metadata to the byte`(_ layout: PixelLayout) throws {
        let metadata = ImageMetadata(
            icc: SampleMetadata.icc(layout.model == .rgb ? "RGB " : "GRAY"),
            exif: SampleMetadata.exif, xmp: SampleMetadata.xmp,
            resolution: Resolution(horizontal: 28.35, vertical: 118.11, unit: .centimeter),
            orientation: .right)
        let image = Image.noise(5, 4, layout, metadata: metadata)
        let log = WarningLog()
        let decoded = try Image(
            decoding: image.encoded(by: PNGPlugin(), context: log.context()), as: PNGPlugin(),
            context: log.context())
        #expect(decoded.header.metadata == metadata)
        #expect(log.warnings == [])
    }

    @Test func `states the orientation even if there was no Exif`() throws {
        let metadata = ImageMetadata(orientation: .left)
        let image = Image.noise(2, 2, PixelLayout(.gray, .uint8), metadata: metadata)
        let decoded = try Image(decoding: image.encoded(by: PNGPlugin()), as: PNGPlugin())
        #expect(decoded.header.metadata.orientation == .left)
    }

    @Test(
        arguments: [
            Resolution(horizontal: 4, vertical: 3, unit: .none),
            Resolution(horizontal: 300, vertical: 72, unit: .inch),
            Resolution(horizontal: 1.5, vertical: 1, unit: .none),
        ])
    func `keeps the resolution to what pHYs can say`(_ resolution: Resolution) throws {
        let image = Image.noise(
            1, 1, PixelLayout(.gray, .uint8), metadata: ImageMetadata(resolution: resolution))
        let decoded = try #require(
            try Image(decoding: image.encoded(by: PNGPlugin()), as: PNGPlugin())
                .header.metadata.resolution)
        let (expected, found) = (resolution.pixelsPerMeter, decoded.pixelsPerMeter)
        if let expected, let found {
            #expect(abs(expected.horizontal - found.horizontal) <= 0.5)
            #expect(abs(expected.vertical - found.vertical) <= 0.5)
        } else {
            #expect(decoded.unit == .none)
            #expect(
                decoded.horizontal * resolution.vertical
                    == decoded.vertical * resolution.horizontal)
        }
    }

    @Test(arguments: [0.0, -1, .nan, .infinity, 1e12])
    func `leaves out a resolution that pHYs cannot say, and tells so`(_ value: Double) throws {
        let metadata = ImageMetadata(
            resolution: Resolution(horizontal: value, vertical: 1, unit: .inch))
        let image = Image.noise(1, 1, PixelLayout(.gray, .uint8), metadata: metadata)
        let bytes = try image.encoded(by: PNGPlugin())
        #expect(try Image(decoding: bytes, as: PNGPlugin()).header.metadata.resolution == nil)
        let losses = PNGPlugin().losses(of: image.header, with: WriteSettings())
        #expect(losses == [.metadata(.resolution)])
    }

    @Test func `leaves out a profile that does not fit the pixels, and tells so`() throws {
        let metadata = ImageMetadata(icc: SampleMetadata.icc("RGB "))
        let image = Image.noise(3, 3, PixelLayout(.gray, .uint8), metadata: metadata)
        let bytes = try image.encoded(by: PNGPlugin())
        #expect(try Image(decoding: bytes, as: PNGPlugin()).bytes == image.bytes)
        let losses = PNGPlugin().losses(of: image.header, with: WriteSettings())
        #expect(losses == [.metadata(.icc)])
    }

    @Test func `writes the same bytes at every run, larger where effort is less`() throws {
        let layout = PixelLayout(.gray, .uint8)
        var generator = SplitMix64(seed: 3)
        let rows = (0..<128).flatMap { y in
            (0..<128).map { x in UInt8(x / 2 + y) &+ UInt8.random(in: 0...3, using: &generator) }
        }
        let header = ImageHeader(size: ImageSize(width: 128, height: 128), layout: layout)
        let image = Image(header: header, bytes: rows)
        let plugin = PNGPlugin()
        func encode(_ settings: WriteSettings) throws -> [UInt8] {
            let bytes = try image.encoded(by: plugin, settings: settings)
            #expect(try bytes == image.encoded(by: plugin, settings: settings, rowsPerBand: 50))
            #expect(try Image(decoding: bytes, as: plugin).bytes == rows)
            return bytes
        }
        let (fast, slow) = try (encode(WriteSettings(effort: 1)), encode(WriteSettings(effort: 9)))
        #expect(fast.count > slow.count)
        let level = try WriteSettings(for: plugin, effort: 1, options: ["compression": "9"])
        #expect(try encode(level) == slow)
        let none = try WriteSettings(for: plugin, options: ["compression": "0"])
        #expect(try encode(none).count > rows.count)
    }

    @Test func `refuses what it cannot write`() throws {
        let gray = Image.noise(2, 2, PixelLayout(.gray, .uint8))
        #expect(throws: ImageError.self) {
            try gray.encoded(by: PNGPlugin(), settings: WriteSettings(effort: 10))
        }
        let float = Image.noise(2, 2, PixelLayout(.gray, .float32))
        #expect(throws: ImageError.unstorable(.png, "pixels are gray float32")) {
            try float.encoded(by: PNGPlugin())
        }
        let header = ImageHeader(
            size: ImageSize(width: 0, height: 1), layout: PixelLayout(.gray, .uint8))
        #expect(throws: ImageError.self) {
            try PNGPlugin().makeWriter(
                sink: MemorySink(), header: header, settings: WriteSettings(),
                context: CodecContext())
        }
    }

    @Test func `refuses to finish with rows missing`() throws {
        let image = Image.noise(2, 2, PixelLayout(.gray, .uint8))
        let writer = try PNGPlugin().makeWriter(
            sink: MemorySink(), header: image.header, settings: WriteSettings(),
            context: CodecContext())
        #expect(throws: ImageError.codecFailure(.png, "0 rows written, expected 2")) {
            try writer.finish()
        }
    }
}
