// Nothing where JPEG 2000 is not built in.
#if JPEG2000
    import FormatKit
    import TestSupport
    import Testing

    @testable import JPEG2000Format

    /// Pictures of which only a smaller resolution is decoded before a filter does the rest.
    @Suite(.enabled(if: JP2Plugin.libraryVersion != nil, "OpenJPEG is not there"))
    struct JP2ShrinkingTests {
        private static func smooth(_ width: Int, _ height: Int, _ model: ColorModel) -> Image {
            Image(ImageSize(width: width, height: height), PixelLayout(model, .uint8)) {
                x, y, channel in
                let (x, y) = (Double(x) / Double(width), Double(y) / Double(height))
                return [x, y, (1 - x) * y + x * (1 - y), x * y][channel]
            }
        }

        private static let options: [[String: String]] = [
            [:], ["tile": "64"], ["tile": "32", "levels": "3"],
        ]

        private func encoded(_ image: Image, _ options: [String: String]) throws -> [UInt8] {
            try image.encoded(
                by: JP2Plugin.file,
                settings: WriteSettings(for: JP2Plugin.file, isLossless: true, options: options))
        }

        @Test(arguments: options, [2, 4, 8])
        func `a sample lies where the first of its pixels did`(
            options: [String: String], factor: Int
        ) throws {
            let image = Self.smooth(101, 67, .rgb)
            let opened = try JP2Plugin.file.makeReader(
                source: MemorySource(try encoded(image, options)), context: CodecContext())
            let reader = try #require(opened as? any ShrinkingReader)
            #expect(reader.shrinkFactors.contains(factor) && reader.isShrunkCosited)
            try reader.shrink(by: factor)
            let size = ImageSize(
                width: (101 + factor - 1) / factor, height: (67 + factor - 1) / factor)
            #expect(reader.header.size == size)
            let small = try Image(reading: reader).numbers
            let errors = small.indices.map { index -> Double in
                let (pixel, channel) = index.quotientAndRemainder(dividingBy: 3)
                let (y, x) = pixel.quotientAndRemainder(dividingBy: size.width)
                let expected = image.numbers[(y * factor * 101 + x * factor) * 3 + channel]
                return abs(Double(small[index] - expected))
            }
            // Wavelets mirror tiles at their sides, so that slopes end there, and reversible ones round
            // up a little at each level. In the middle of its pixels a sample would be 8 levels off.
            #expect(errors.max() ?? 255 <= 10)
            #expect(errors.reduce(0, +) / Double(errors.count) < 2.5)
        }

        /// Old sizes, none of which is a multiple of tiles.
        @Test(arguments: options, [(203, 151, 48), (203, 151, 25), (307, 203, 17), (57, 403, 30)])
        func `nothing moves`(options: [String: String], size: (Int, Int, Int)) throws {
            let image = Self.smooth(size.0, size.1, .rgb)
            let fit = Selection.Fit(ImageSize(width: size.2, height: size.2))
            let new = fit.size(for: image.header.size)
            let sink = MemorySink()
            let target = WriteOnlyFormat("copying") { sink, _ in CopyingWriter(sink) }
            _ = try Converter(
                registry: try FormatRegistry([JP2Plugin.file, target]), context: CodecContext()
            ).convert(
                MemorySource(try encoded(image, options)), selection: Selection(fit: fit),
                to: target, settings: WriteSettings()
            ) { sink }
            let expected = PlainResampling.resized(image, to: new, .lanczos3)
            #expect(sink.bytes.count == expected.count)
            let errors = zip(sink.bytes, expected).map { abs(Double($0) - min(max($1, 0), 255)) }
            #expect(errors.max() ?? 255 <= 4)
            // A shift by half of a decoded sample would be three times that, and more.
            #expect(errors.reduce(0, +) / Double(errors.count) < 1.5)
        }

        /// Samples one after the other.
        private final class CopyingWriter: ImageWriter {
            private let sink: any ImageSink

            init(_ sink: any ImageSink) { self.sink = sink }

            func writeRows(_ band: PixelBand) throws(ImageError) {
                try sink.append(Array(band.filledBytes))
            }

            func finish() {}
        }
    }
#endif
