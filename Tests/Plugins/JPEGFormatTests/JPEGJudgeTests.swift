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
                        orientation: .right)
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
                    "-XMP:Instructions", "%",
                ], on: bytes, pathExtension: "jpg")
            #expect(outcome.text.contains("Orientation                     : 6"))
            #expect(outcome.text.contains("XResolution                     : 100"))
            #expect(outcome.text.contains("Instructions                    : ätext text"))
            #expect(!outcome.text.contains("Warning"), "\(outcome.text.prefix(500))")
        }
    }
}
