import FormatKit
import TestSupport
import Testing

@testable import PDFFormat

/// How pictures are compressed.
@Suite struct PDFOptionTests {
    private static let jpeg = PDFPlugin(
        jpeg: WriteOnlyFormat("jpeg") { _, _ in preconditionFailure("nothing is encoded") })

    private func coding(
        _ header: ImageHeader, _ compression: String? = nil, quality: Double? = nil,
        isLossless: Bool = false, plugin: PDFPlugin = jpeg
    ) throws -> PDFOptions.Coding {
        let settings = try WriteSettings(
            for: plugin, quality: quality, isLossless: isLossless,
            options: compression.map { ["compression": $0] } ?? [:])
        return try PDFOptions(
            settings,
            hasJPEG: plugin.descriptor.options.contains {
                if case .choice(let words) = $0.kind { words.contains("jpeg") } else { false }
            }
        ).coding(of: header)
    }

    private static func header(
        _ layout: PixelLayout, _ storage: SampleStorage? = nil
    ) -> ImageHeader {
        ImageHeader(size: ImageSize(width: 2, height: 2), layout: layout, storage: storage)
    }

    private let photo = header(PixelLayout(.rgb, .uint8))
    private let deep = header(PixelLayout(.rgb, .uint16))
    private let scan = header(PixelLayout(.gray, .uint8), .packedGray(bitCount: 1))

    @Test func `what fits is chosen`() throws {
        #expect(try coding(photo) == .flate && coding(deep) == .flate)
        #expect(try coding(scan) == .group4 && coding(scan, quality: 50) == .group4)
        #expect(try coding(photo, quality: 50) == .jpeg)
        #expect(try coding(deep, quality: 50) == .flate)
        #expect(try coding(photo, quality: 50, isLossless: true) == .flate)
        #expect(try coding(photo, quality: 50, plugin: PDFPlugin()) == .flate)
        #expect(try coding(scan, "flate") == .flate && coding(photo, "flate", quality: 5) == .flate)
        #expect(try coding(photo, "jpeg") == .jpeg && coding(scan, "jpeg") == .jpeg)
    }

    @Test func `what does not fit is refused`() throws {
        func reason(_ reason: String) -> ImageError {
            .invalidOption(name: "pdf.compression", reason: reason)
        }
        #expect(throws: reason("ccitt stores only black and white, not rgb uint8")) {
            try coding(photo, "ccitt")
        }
        #expect(throws: reason("jpeg stores only 8-bit samples, not rgb uint16")) {
            try coding(deep, "jpeg")
        }
        #expect(throws: reason("jpeg is always lossy")) {
            try coding(photo, "jpeg", isLossless: true)
        }
        #expect(throws: reason("\"jpeg\" is not one of auto, flate, ccitt")) {
            try coding(photo, "jpeg", plugin: PDFPlugin())
        }
        #expect(throws: ImageError.unsupported(.pdf, "reading")) {
            try Self.jpeg.makeReader(source: MemorySource([]), context: CodecContext())
        }
    }

    @Test func `only JPEG loses`() throws {
        for (quality, isExact) in [(nil, true), (50, false)] as [(Double?, Bool)] {
            let treatment = try Self.jpeg.treatment(
                of: photo, with: WriteSettings(quality: quality))
            #expect(treatment.isExact == isExact)
        }
    }
}
