import FormatKit
import JPEGFormat
import TestSupport
import Testing

/// What other people's programs think of the files that we write.
@Suite struct JPEGJudgeTests {
    static let djpeg = ForeignTool("djpeg")
    static let imageMagick = ForeignTool("convert-im6")
    static let identify = ForeignTool("identify")
    static let exiftool = ForeignTool("exiftool")

    static func files() throws -> [(image: Image, bytes: [UInt8])] {
        try JPEGRoundTripTests.layouts.flatMap { layout in
            try ["false", "true"].flatMap { progressive in
                try ["444", "422", "420"].map { subsampling in
                    var image = JPEGRoundTripTests.smooth(37, 23, layout)
                    image.header.metadata = ImageMetadata(
                        exif: SampleMetadata.exif, xmp: SampleMetadata.xmp(100_000),
                        resolution: Resolution(horizontal: 100, vertical: 100, unit: .inch),
                        orientation: .right, texts: [TextEntry("Comment", "Größe")])
                    image.header.metadata.iptc = SampleMetadata.iptc
                    image.header.metadata.photoshop = SampleMetadata.photoshop(
                        nil, count: 100_000)
                    let settings = try WriteSettings(
                        for: JPEGPlugin(), quality: 95,
                        options: ["progressive": progressive, "subsampling": subsampling])
                    return (image, try image.encoded(by: JPEGPlugin(), settings: settings))
                }
            }
        }
    }

    @Test(.enabled(if: djpeg.isInstalled)) func `djpeg reads the same pixels`() throws {
        for (image, bytes) in try Self.files() where image.header.layout.model != .cmyk {
            let outcome = try Self.djpeg.run(
                ["-dct", "int", "%"], on: bytes, pathExtension: "jpg")
            #expect(outcome.status == 0 && outcome.diagnostics.isEmpty, "\(outcome.diagnostics)")
            let decoded = try Image(decoding: bytes, as: JPEGPlugin())
            #expect(Array(outcome.output.suffix(decoded.bytes.count)) == decoded.bytes)
        }
    }

    @Test(.enabled(if: imageMagick.isInstalled)) func `ImageMagick reads the same CMYK`() throws {
        for (image, bytes) in try Self.files() where image.header.layout.model == .cmyk {
            let outcome = try Self.imageMagick.run(
                ["%", "-depth", "8", "cmyk:-"], on: bytes, pathExtension: "jpg")
            let decoded = try Image(decoding: bytes, as: JPEGPlugin())
            #expect(outcome.output == decoded.bytes, "\(outcome.diagnostics)")
        }
    }

    @Test(.enabled(if: identify.isInstalled)) func `identify has nothing to complain of`() throws {
        for (_, bytes) in try Self.files() {
            let outcome = try Self.identify.run(["%"], on: bytes, pathExtension: "jpg")
            #expect(outcome.status == 0 && outcome.diagnostics.isEmpty, "\(outcome.diagnostics)")
            #expect(outcome.text.contains(" JPEG 37x23 "), "\(outcome.text)")
        }
    }

    @Test(.enabled(if: exiftool.isInstalled)) func `ExifTool finds our metadata`() throws {
        for (_, bytes) in try Self.files() {
            let outcome = try Self.exiftool.run(
                [
                    "-s", "-n", "-G1", "-a", "-warning", "-Orientation", "-XResolution",
                    "-XMP:Instructions", "-Comment", "-IPTC:All", "-Photoshop:URL",
                    "-Photoshop:CopyrightFlag", "%",
                ], on: bytes, pathExtension: "jpg")
            #expect(outcome.text.contains("Orientation                     : 6"))
            #expect(outcome.text.contains("XResolution                     : 100"))
            #expect(outcome.text.contains("Instructions                    : ätext text"))
            #expect(outcome.text.contains("Comment                         : Größe"))
            #expect(outcome.text.contains("Headline                        : Headline"))
            #expect(outcome.text.contains("Keywords                        : red"))
            #expect(outcome.text.contains("URL                             : http://long/"))
            #expect(outcome.text.contains("CopyrightFlag                   : 1"))
            #expect(!outcome.text.contains("Warning"), "\(outcome.text.prefix(500))")
        }
    }

    @Test(.enabled(if: exiftool.isInstalled)) func `reads what ExifTool writes`() throws {
        let bytes = try JPEGRoundTripTests.smooth(9, 7, PixelLayout(.rgb, .uint8))
            .encoded(by: JPEGPlugin())
        let outcome = try Self.exiftool.run(
            [
                "-IPTC:Headline=Headline", "-IPTC:Keywords=red", "-Photoshop:URL=http://a/b",
                "-Comment=Größe", "-o", "-", "%",
            ], on: bytes, pathExtension: "jpg")
        let log = WarningLog()
        let metadata = try Image(
            decoding: outcome.output, as: JPEGPlugin(), context: log.context()
        ).header.metadata
        #expect(log.warnings == [])
        #expect(metadata.texts == [TextEntry("Comment", "Größe")])
        let record = String(decoding: try #require(metadata.iptc), as: UTF8.self)
        #expect(record.contains("Headline") && record.contains("red"))
        #expect(try #require(metadata.photoshop).starts(with: Array("8BIM".utf8)))
        var image = try Image(decoding: outcome.output, as: JPEGPlugin())
        let again = try image.encoded(by: JPEGPlugin())
        image = try Image(decoding: again, as: JPEGPlugin())
        #expect(image.header.metadata == metadata)
    }
}
