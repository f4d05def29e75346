import FormatKit
import Foundation
import PNGFormat
import TestSupport
import Testing

/// Files from other people's collections, against what ImageMagick makes of them.
@Suite struct PNGCorpusTests {
    static let imageMagick = ForeignTool("convert-im6")
    static let valid = ["corpora/libpng", "corpora/png-cicp", "corpora/libpng/png-3", "kodak"]
        .flatMap { SharedFiles.files(in: $0, withExtension: "png") }
    static let hostile = ["corpora/libpng/crashers", "corpora/libpng/badpal"]
        .flatMap { SharedFiles.files(in: $0, withExtension: "png") }

    @Test(.enabled(if: imageMagick.isInstalled), arguments: valid)
    func `reads the pixels that ImageMagick reads`(_ url: URL) throws {
        let bytes = try url.readBytes()
        let image = try Image(decoding: bytes, as: PNGPlugin())
        let layout = PixelLayout(.rgb, image.header.layout.sample, alpha: .straight)
        let outcome = try Self.imageMagick.run(
            [
                "%", "-set", "colorspace", "sRGB", "-depth", "\(layout.sample.bitCount)",
                "-endian", "LSB", "rgba:-",
            ], on: bytes, pathExtension: "png")
        #expect(outcome.output == image.converted(to: layout)?.bytes)
    }

    @Test(arguments: hostile)
    func `does not fail worse than with a typed error`(_ url: URL) throws {
        do {
            _ = try Image(decoding: url.readBytes(), as: PNGPlugin())
        } catch let error as ImageError {
            switch error {
            case .malformed(_, _, let offset), .truncated(_, _, let offset):
                #expect(offset != nil)
            default: Issue.record("\(error)")
            }
        }
    }
}
