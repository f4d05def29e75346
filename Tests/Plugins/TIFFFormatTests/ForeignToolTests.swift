import FormatKit
import MetadataBlocks
import Foundation
import Testing

@testable import TIFFFormat

/// Other people's programs read what is written.
@Suite struct ForeignToolTests {
    static let ways: [[String: String]] = [
        ["compression": "none"], ["compression": "lzw"], ["compression": "deflate"],
        ["compression": "packbits"], ["tile": "32"], ["bigtiff": "on", "tile": "16"],
        ["compression": "zstd"],
    ]

    @Test(.enabled(if: ForeignTool.path("tiffinfo") != nil), arguments: storedLayouts, ways)
    func `tiffinfo has nothing to complain of`(
        layout: PixelLayout, options: [String: String]
    ) throws {
        guard let tool = ForeignTool.path("tiffinfo") else { return }
        let metadata = ImageMetadata(
            icc: [UInt8](repeating: 7, count: 128), exif: exifBlock(.big),
            xmp: Array("<x/>".utf8), orientation: .down)
        let bytes = try encode(testImage(layout, metadata: metadata), options)
        try ForeignTool.withFile(bytes) {
            // -D: decode the data.
            let result = try ForeignTool.run(tool, ["-D", $0])
            #expect(result.status == 0)
            let complaints = result.errors.split(separator: "\n")
                .filter { !$0.contains("contains null byte in value") && !$0.contains("tag 40965") }
            #expect(complaints.isEmpty, "\(complaints)")
        }
    }

    @Test(
        .enabled(if: ForeignTool.path("convert-im6.q16", "magick") != nil),
        arguments: storedLayouts.filter {
            // It shows neither associated alpha, inks nor floats as they are.
            $0.alpha != .premultiplied && $0.model != .cmyk && $0.sample != .float32
        }, ways)
    func `ImageMagick reads the same pixels`(
        layout: PixelLayout, options: [String: String]
    ) throws {
        guard let tool = ForeignTool.path("convert-im6.q16", "magick") else { return }
        let image = testImage(layout)
        let wide = try #require(
            image.converted(to: PixelLayout(.rgb, layout.sample, alpha: .straight)))
        try ForeignTool.withFile(try encode(image, options)) {
            let result = try ForeignTool.run(
                tool,
                [$0, "-endian", "LSB", "-depth", "\(layout.sample.bitCount)", "RGBA:-"])
            #expect(result.output == wide.bytes)
        }
    }

    @Test(.enabled(if: ForeignTool.path("exiftool") != nil), arguments: ["on", "off"])
    func `exiftool reads the Exif entries`(big: String) throws {
        guard let tool = ForeignTool.path("exiftool") else { return }
        let metadata = ImageMetadata(
            exif: exifBlock(.big), xmp: nil,
            resolution: Resolution(horizontal: 240, vertical: 240, unit: .inch),
            orientation: .right)
        let bytes = try encode(
            testImage(PixelLayout(.rgb, .uint8), metadata: metadata), ["bigtiff": big])
        try ForeignTool.withFile(bytes) {
            let result = try ForeignTool.run(
                tool,
                [
                    "-s", "-n", "-warning", "-Make", "-Copyright", "-ExposureTime",
                    "-ISO", "-InteropIndex", "-GPSLatitudeRef", "-Orientation", "-XResolution", $0,
                ])
            let lines = String(decoding: result.output, as: UTF8.self)
                .split(separator: "\n").map { $0.split(separator: ":").map { $0.trimmed } }
            let values = Dictionary(
                lines.compactMap { $0.count == 2 ? ($0[0], $0[1]) : nil },
                uniquingKeysWith: { first, _ in first })
            #expect(values["Make"] == "Maker")
            #expect(values["ExposureTime"] == "0.008")
            #expect(values["ISO"] == "400")
            // exiftool 12 names the tags of every directory of a BigTIFF as if it were the first.
            if big == "off" {
                #expect(values["InteropIndex"] == "R98")
                #expect(values["GPSLatitudeRef"] == "N")
            }
            #expect(values["Orientation"] == "6")
            #expect(values["XResolution"] == "240")
            let warning = values["Warning"] ?? "Unrecognized MakerNotes"
            #expect(warning.contains("Unrecognized MakerNote"), "\(values)")
        }
    }
}

extension Substring {
    /// Without spaces at both ends.
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
