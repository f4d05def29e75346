import FormatKit
import Foundation
import JPEGFormat
import TestSupport
import Testing

/// Files of other people, against what other people's programs make of them.
@Suite struct JPEGCorpusTests {
    static let djpeg = ForeignTool("djpeg")
    static let cjpeg = ForeignTool("cjpeg")
    static let imageMagick = ForeignTool("convert-im6")
    static let orientations = SharedFiles.files(
        in: "corpora/exif-orientation", withExtension: "jpg")

    /// The samples of a PPM or PGM file.
    private func samples(_ outcome: ForeignTool.Outcome, count: Int) -> [UInt8] {
        Array(outcome.output.suffix(count))
    }

    @Test(.enabled(if: djpeg.isInstalled), arguments: orientations)
    func `reads the pixels that djpeg reads, and the orientation`(_ url: URL) throws {
        let bytes = try url.readBytes()
        let image = try Image(decoding: bytes, as: JPEGPlugin())
        let outcome = try Self.djpeg.run(["-dct", "int", "%"], on: bytes, pathExtension: "jpg")
        #expect(samples(outcome, count: image.bytes.count) == image.bytes)
        let number = url.deletingPathExtension().lastPathComponent.suffix(1)
        let expected = Int(number).flatMap(Orientation.init) ?? .up
        #expect(image.header.metadata.orientation == expected)
    }

    /// Options of cjpeg, and what they make of the file.
    @Test(
        .enabled(if: cjpeg.isInstalled && djpeg.isInstalled),
        arguments: [
            [], ["-progressive"], ["-arithmetic"], ["-arithmetic", "-progressive"],
            ["-grayscale"], ["-rgb"], ["-sample", "2x1"], ["-sample", "1x2"], ["-sample", "4x1"],
            ["-sample", "1x1"], ["-restart", "1"], ["-restart", "3B"], ["-quality", "5"],
            ["-smooth", "50", "-optimize"], ["-dct", "fast"],
        ])
    func `reads every kind of file that cjpeg writes`(options: [String]) throws {
        let picture = TestImages.picture(width: 77, height: 53)
        let ppm = Array("P6 77 53 255\n".utf8) + picture.bytes
        let written = try Self.cjpeg.run(options + ["%"], on: ppm, pathExtension: "ppm")
        try #require(written.status == 0, "\(written.diagnostics)")
        let image = try Image(decoding: written.output, as: JPEGPlugin())
        let outcome = try Self.djpeg.run(
            ["-dct", "int", "%"], on: written.output, pathExtension: "jpg")
        #expect(samples(outcome, count: image.bytes.count) == image.bytes)
    }

    @Test(.enabled(if: imageMagick.isInstalled), arguments: ["", "-interlace JPEG"])
    func `reads CMYK that ImageMagick writes`(options: String) throws {
        let picture = JPEGRoundTripTests.smooth(40, 30, PixelLayout(.cmyk, .uint8))
        let words = options.split(separator: " ").map(String.init)
        let written = try Self.imageMagick.run(
            ["-size", "40x30", "-depth", "8", "cmyk:%", "-quality", "100"] + words + ["jpeg:-"],
            on: picture.bytes, pathExtension: "cmyk")
        let image = try Image(decoding: written.output, as: JPEGPlugin())
        #expect(image.header.layout == picture.header.layout)
        let difference = zip(image.bytes, picture.bytes).map { abs(Int($0) - Int($1)) }.max()
        #expect((difference ?? 255) <= 3)
    }
}
