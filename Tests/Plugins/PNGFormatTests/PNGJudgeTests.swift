import FormatKit
import PNGFormat
import TestSupport
import Testing

/// What other people's programs think of the files that we write.
@Suite struct PNGJudgeTests {
    static let pngcheck = ForeignTool("pngcheck")
    static let identify = ForeignTool("identify")
    static let convert = ForeignTool("convert-im6")
    static let vipsheader = ForeignTool("vipsheader")
    static let exiftool = ForeignTool("exiftool")

    static func files() throws -> [(image: Image, bytes: [UInt8])] {
        try PNGRoundTripTests.layouts.flatMap { layout in
            try ["false", "true"].map { isInterlaced in
                let metadata = ImageMetadata(
                    icc: SampleMetadata.icc(layout.model == .rgb ? "RGB " : "GRAY"),
                    exif: SampleMetadata.exif, xmp: SampleMetadata.xmp,
                    resolution: Resolution(horizontal: 100, vertical: 100, unit: .inch),
                    orientation: .right)
                let image = Image.noise(23, 11, layout, metadata: metadata)
                let settings = try WriteSettings(
                    for: PNGPlugin(), options: ["interlaced": isInterlaced])
                return (image, try image.encoded(by: PNGPlugin(), settings: settings))
            }
        }
    }

    @Test(.enabled(if: pngcheck.isInstalled)) func `pngcheck accepts our files`() throws {
        for (image, bytes) in try Self.files() {
            let outcome = try Self.pngcheck.run(["-q", "%"], on: bytes, pathExtension: "png")
            // The version of Debian 12 does not know eXIf and says so with status 0.
            #expect(outcome.status == 0, "\(image.header.layout): \(outcome.text)")
        }
    }

    @Test(.enabled(if: identify.isInstalled)) func `ImageMagick reads the same pixels`() throws {
        for (image, bytes) in try Self.files() {
            let layout = image.header.layout
            let channels = (layout.model == .gray ? "gray" : "rgb") + (layout.hasAlpha ? "a" : "")
            let outcome = try Self.convert.run(
                ["%", "-depth", "\(layout.sample.bitCount)", "-endian", "LSB", "\(channels):-"],
                on: bytes, pathExtension: "png")
            #expect(outcome.status == 0, "\(outcome.diagnostics)")
            #expect(outcome.output == image.bytes, "\(layout)")
        }
    }

    @Test(.enabled(if: vipsheader.isInstalled)) func `libvips accepts our files`() throws {
        for (_, bytes) in try Self.files() {
            let outcome = try Self.vipsheader.run(["%"], on: bytes, pathExtension: "png")
            #expect(outcome.status == 0 && outcome.diagnostics.isEmpty, "\(outcome.diagnostics)")
        }
    }

    @Test(.enabled(if: exiftool.isInstalled)) func `ExifTool finds our metadata`() throws {
        for (_, bytes) in try Self.files() {
            let outcome = try Self.exiftool.run(
                [
                    "-s", "-n", "-G1", "-warning", "-Orientation", "-PixelsPerUnitX",
                    "-ICC_Profile:all", "-XMP:all", "%",
                ],
                on: bytes, pathExtension: "png")
            #expect(outcome.text.contains("Orientation                     : 6"))
            #expect(outcome.text.contains("3937"))
            #expect(!outcome.text.contains("Warning"), "\(outcome.text)")
        }
    }
}
