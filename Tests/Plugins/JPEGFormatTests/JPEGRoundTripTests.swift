import FormatKit
import TestSupport
import Testing

@testable import JPEGFormat

@Suite struct JPEGRoundTripTests {
    static let layouts = JPEGPlugin.layouts.sorted { $0.description < $1.description }
    static let sizes = [(1, 1), (1, 40), (17, 9), (64, 48), (200, 3)]

    static func smooth(_ width: Int, _ height: Int, _ layout: PixelLayout) -> Image {
        var bytes: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<layout.channelCount {
                    bytes.append(UInt8((x + 2 * y + 50 * channel) % 256))
                }
            }
        }
        return Image(
            header: ImageHeader(size: ImageSize(width: width, height: height), layout: layout),
            bytes: bytes)
    }

    private func largestDifference(_ a: Image, _ b: Image) -> Int {
        zip(a.bytes, b.bytes).map { abs(Int($0) - Int($1)) }.max() ?? 0
    }

    @Test(arguments: layouts, [false, true])
    func `keeps samples nearly at the best quality`(
        _ layout: PixelLayout, isProgressive: Bool
    ) throws {
        let settings = try WriteSettings(
            for: JPEGPlugin(), quality: 100, options: ["progressive": "\(isProgressive)"])
        for (width, height) in Self.sizes {
            let image = TestImages.picture(width: width, height: height, layout: layout)
            let bytes = try image.encoded(by: JPEGPlugin(), settings: settings)
            let decoded = try Image(decoding: bytes, as: JPEGPlugin())
            #expect(decoded.header.layout == layout)
            #expect(largestDifference(decoded, image) <= 4, "\(width)x\(height)")
        }
    }

    @Test(arguments: ["444", "422", "420"])
    func `stores chroma as asked`(subsampling: String) throws {
        let image = Self.smooth(64, 48, PixelLayout(.rgb, .uint8))
        let settings = try WriteSettings(
            for: JPEGPlugin(), options: ["subsampling": subsampling])
        let decoded = try Image(
            decoding: image.encoded(by: JPEGPlugin(), settings: settings), as: JPEGPlugin())
        let factors = ["444": "1x1", "422": "2x1", "420": "2x2"][subsampling] ?? ""
        #expect(
            decoded.header.details.contains(
                ImageDetail(
                    "sampling_factors", .list([.text(factors), .text("1x1"), .text("1x1")]))))
        let mean =
            zip(decoded.bytes, image.bytes).map { abs(Int($0) - Int($1)) }.reduce(0, +)
            / image.bytes.count
        #expect(mean <= 6)
    }

    @Test func `takes all chroma from quality 90 on`() throws {
        let image = Self.smooth(16, 16, PixelLayout(.rgb, .uint8))
        for (quality, factors) in [(89.9, "2x2"), (90, "1x1")] {
            let bytes = try image.encoded(
                by: JPEGPlugin(), settings: WriteSettings(quality: quality))
            let details = try Image(decoding: bytes, as: JPEGPlugin()).header.details
            #expect("\(details)".contains(factors))
        }
    }

    @Test func `writes the same bytes at every run, fewer where quality is less`() throws {
        let image = TestImages.picture(width: 120, height: 80)
        var last = 0
        for quality in [0.0, 10, 50, 75, 75.5, 90, 100] {
            let settings = WriteSettings(quality: quality)
            let bytes = try image.encoded(by: JPEGPlugin(), settings: settings)
            #expect(
                try bytes == image.encoded(by: JPEGPlugin(), settings: settings, rowsPerBand: 80))
            #expect(bytes.count > last, "\(quality)")
            last = bytes.count
        }
        let plain = try image.encoded(by: JPEGPlugin(), settings: WriteSettings(effort: 5))
        let optimized = try image.encoded(by: JPEGPlugin(), settings: WriteSettings(effort: 6))
        #expect(optimized.count < plain.count)
        let (a, b) = try (
            Image(decoding: plain, as: JPEGPlugin()), Image(decoding: optimized, as: JPEGPlugin())
        )
        #expect(a.bytes == b.bytes)
    }

    @Test(arguments: layouts)
    func `keeps metadata to the byte`(_ layout: PixelLayout) throws {
        var metadata = ImageMetadata(
            icc: SampleProfile.icc("RGB ", count: 150_000), exif: SampleMetadata.exif,
            xmp: SampleMetadata.xmp(),
            resolution: Resolution(horizontal: 300, vertical: 150, unit: .inch),
            orientation: .right,
            texts: ["Grüße\0", "", "second\n"].map { TextEntry("Comment", $0) })
        metadata.iptc = SampleMetadata.iptc
        metadata.photoshop = SampleMetadata.photoshop()
        var image = Self.smooth(5, 4, layout)
        image.header.metadata = metadata
        let log = WarningLog()
        let bytes = try image.encoded(by: JPEGPlugin(), context: log.context())
        let decoded = try Image(decoding: bytes, as: JPEGPlugin(), context: log.context())
        #expect(decoded.header.metadata == metadata)
        #expect(log.warnings == [])
    }

    @Test(arguments: [1000, 65_000, 70_000, 400_000])
    func `keeps an XMP packet of any size`(count: Int) throws {
        var image = Self.smooth(5, 4, PixelLayout(.gray, .uint8))
        image.header.metadata.xmp = SampleMetadata.xmp(count)
        let log = WarningLog()
        let bytes = try image.encoded(by: JPEGPlugin(), context: log.context())
        let decoded = try Image(decoding: bytes, as: JPEGPlugin(), context: log.context())
        #expect(decoded.header.metadata.xmp == SampleMetadata.xmp(count))
        #expect(log.warnings == [])
    }

    @Test(arguments: [10, 65_400, 65_500, 200_000])
    func `keeps Photoshop's resources of any size`(count: Int) throws {
        var image = Self.smooth(5, 4, PixelLayout(.gray, .uint8))
        image.header.metadata.photoshop = SampleMetadata.photoshop(count: count)
        let log = WarningLog()
        let bytes = try image.encoded(by: JPEGPlugin(), context: log.context())
        let metadata = try Image(
            decoding: bytes, as: JPEGPlugin(), context: log.context()
        ).header.metadata
        #expect(metadata.photoshop == SampleMetadata.photoshop(count: count))
        #expect(metadata.iptc == SampleMetadata.iptc && log.warnings == [])
        var limits = Limits.default
        limits.metadataByteCount = count
        let error = #expect(throws: ImageError.self) {
            try Image(decoding: bytes, as: JPEGPlugin(), context: CodecContext(limits: limits))
        }
        guard case .limitExceeded(.metadata, _, count) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `puts an IPTC record among Photoshop's resources`() throws {
        var image = Self.smooth(5, 4, PixelLayout(.gray, .uint8))
        let other: [UInt8] = [0x1C, 2, 120, 0, 1, 0x78]
        for record in [SampleMetadata.iptc, other] {
            for resources in [nil, SampleMetadata.photoshop(nil), SampleMetadata.photoshop()] {
                image.header.metadata.iptc = record
                image.header.metadata.photoshop = resources
                let found = try Image(
                    decoding: image.encoded(by: JPEGPlugin()), as: JPEGPlugin()
                ).header.metadata
                #expect(found.iptc == record)
                #expect(
                    found.keeping([.photoshop]).photoshop
                        == image.header.metadata.keeping([.photoshop]).photoshop)
            }
        }
    }

    @Test(arguments: Orientation.allCases)
    func `keeps every orientation`(_ orientation: Orientation) throws {
        var image = Self.smooth(5, 4, PixelLayout(.gray, .uint8))
        image.header.metadata.orientation = orientation
        let decoded = try Image(decoding: image.encoded(by: JPEGPlugin()), as: JPEGPlugin())
        #expect(decoded.header.metadata.orientation == orientation)
    }

    @Test func `leaves out an Exif block that exceeds a segment, but not the orientation`() throws {
        var image = Self.smooth(5, 4, PixelLayout(.gray, .uint8))
        image.header.metadata.exif =
            SampleMetadata.exif + [UInt8](repeating: 0, count: 66_000)
        let losses = JPEGPlugin().losses(of: image.header, with: WriteSettings())
        #expect(losses == [.metadata(.exif)])
        for orientation in Orientation.allCases {
            image.header.metadata.orientation = orientation
            let metadata = try Image(
                decoding: image.encoded(by: JPEGPlugin()), as: JPEGPlugin()
            ).header.metadata
            #expect(metadata.orientation == orientation)
            #expect((metadata.exif?.count ?? 0) < 50)
        }
    }

    @Test func `refuses what it cannot write`() throws {
        let image = Self.smooth(2, 2, PixelLayout(.gray, .uint8))
        for settings in [
            WriteSettings(effort: 10), WriteSettings(quality: 101), WriteSettings(isLossless: true),
            try WriteSettings(
                for: JPEGPlugin(), options: ["progressive": "true", "optimize": "false"]),
        ] {
            let error = #expect(throws: ImageError.self) {
                try image.encoded(by: JPEGPlugin(), settings: settings)
            }
            guard case .invalidOption = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(throws: ImageError.unstorable(.jpeg, "pixels are gray uint16")) {
            try Image.noise(2, 2, PixelLayout(.gray, .uint16)).encoded(by: JPEGPlugin())
        }
        let header = ImageHeader(
            size: ImageSize(width: 65_501, height: 1), layout: PixelLayout(.gray, .uint8))
        #expect(
            throws: ImageError.unstorable(.jpeg, "size 65501x1, expected 1 to 65500 each")
        ) {
            try JPEGPlugin().makeWriter(
                sink: MemorySink(), header: header, settings: WriteSettings(),
                context: CodecContext())
        }
        let writer = try JPEGPlugin().makeWriter(
            sink: MemorySink(), header: image.header, settings: WriteSettings(),
            context: CodecContext())
        #expect(throws: ImageError.codecFailure(.jpeg, "0 rows written, expected 2")) {
            try writer.finish()
        }
    }
}
