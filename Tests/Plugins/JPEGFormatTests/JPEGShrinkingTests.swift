import FormatKit
import JPEGFormat
import TestSupport
import Testing

/// Pictures that the codec makes smaller before a filter does the rest.
@Suite struct JPEGShrinkingTests {
    private func reader(_ bytes: [UInt8]) throws -> any ShrinkingReader {
        let reader = try JPEGPlugin().makeReader(
            source: MemorySource(bytes), context: CodecContext())
        return try #require(reader as? any ShrinkingReader)
    }

    private static func smooth(_ width: Int, _ height: Int, _ model: ColorModel) -> Image {
        Image(ImageSize(width: width, height: height), PixelLayout(model, .uint8)) {
            x, y, channel in
            let (x, y) = (Double(x) / Double(width), Double(y) / Double(height))
            return [x, y, (1 - x) * y + x * (1 - y), x * y][channel]
        }
    }

    private static let models: [(ColorModel, Bool)] = [
        (.gray, false), (.rgb, false), (.rgb, true), (.cmyk, false),
    ]

    private func encoded(_ image: Image, isProgressive: Bool) throws -> [UInt8] {
        let options = try OptionValues(
            parsing: isProgressive ? ["progressive": "true"] : [:], for: JPEGPlugin().descriptor)
        return try image.encoded(
            by: JPEGPlugin(), settings: WriteSettings(quality: 95, options: options))
    }

    @Test(arguments: models, [2, 4, 8])
    func `a sample is the mean of those that it stands for`(
        model: (ColorModel, Bool), factor: Int
    ) throws {
        let image = Self.smooth(101, 67, model.0)
        let bytes = try encoded(image, isProgressive: model.1)
        let reader = try reader(bytes)
        #expect(reader.shrinkFactors.contains(factor))
        try reader.shrink(by: factor)
        let size = ImageSize(
            width: (101 + factor - 1) / factor, height: (67 + factor - 1) / factor)
        #expect(reader.header.size == size)
        let small = try Image(reading: reader).samples
        let channels = model.0.channelCount
        let whole = try Image(decoding: bytes, as: JPEGPlugin()).samples
        for (y, x) in [(0, 0), (3, 2), (size.height - 2, size.width - 2)] {
            for channel in 0..<channels {
                var sum = 0.0
                for place in 0..<factor * factor {
                    let (row, column) = (y * factor + place / factor, x * factor + place % factor)
                    sum += whole[(row * 101 + column) * channels + channel]
                }
                let mean = sum / Double(factor * factor)
                let found = small[(y * size.width + x) * channels + channel]
                #expect(abs(found - mean) <= 2, "\(x), \(y), \(channel)")
            }
        }
    }

    /// Old sizes, none of which is a multiple of blocks.
    @Test(arguments: models, [(203, 151, 48), (203, 151, 25), (307, 203, 17), (57, 403, 30)])
    func `nothing moves`(model: (ColorModel, Bool), size: (Int, Int, Int)) throws {
        let image = Self.smooth(size.0, size.1, model.0)
        let bytes = try encoded(image, isProgressive: model.1)
        let fit = Selection.Fit(ImageSize(width: size.2, height: size.2))
        let new = fit.size(for: image.header.size)
        let sink = MemorySink()
        let target = CopyingFormat()
        _ = try Converter(
            registry: try FormatRegistry([JPEGPlugin(), target]), context: CodecContext()
        ).convert(
            MemorySource(bytes), selection: Selection(fit: fit), to: target,
            settings: WriteSettings()
        ) { sink }
        let whole = try Image(decoding: bytes, as: JPEGPlugin())
        let expected = PlainResampling.resized(whole, to: new, .lanczos3)
        #expect(sink.bytes.count == expected.count)
        let worst = zip(sink.bytes, expected).map { abs(Double($0) - min(max($1, 0), 255)) }.max()
        #expect(worst ?? 255 <= 2)
    }

    @Test func `what is cut away has no part`() throws {
        let region = PixelRegion(columns: 37..<153, rows: 21..<90)
        // Black or white up to the last pixel that is cut away, which lies within a block.
        func picture(around value: Double) -> Image {
            Image(ImageSize(width: 200, height: 120), PixelLayout(.gray, .uint8)) { x, y, _ in
                let isLeft = region.columns.contains(x) && region.rows.contains(y)
                return isLeft ? Double(x + y) / 320 : value
            }
        }
        let fit = Selection.Fit(ImageSize(width: 14, height: 14))
        let target = CopyingFormat()
        let results = try [0.0, 1].map { value in
            let sink = MemorySink()
            let file = try picture(around: value).encoded(
                by: JPEGPlugin(), settings: WriteSettings(quality: 100))
            _ = try Converter(
                registry: try FormatRegistry([JPEGPlugin(), target]), context: CodecContext()
            ).convert(
                MemorySource(file), selection: Selection(region: region, fit: fit), to: target,
                settings: WriteSettings()
            ) { sink }
            return sink.bytes
        }
        #expect(results[0].count == 14 * 8 && results[1].count == 14 * 8)
        let worst = zip(results[0], results[1]).map { abs(Int($0) - Int($1)) }.max()
        #expect(worst ?? 255 <= 3)
    }

    /// A format that is only written: samples one after the other.
    private struct CopyingFormat: FormatPlugin {
        let descriptor = FormatDescriptor(
            id: FormatID("copying"), name: "Copying", fileExtensions: ["copying"], mediaTypes: [],
            signatures: [], read: nil,
            write: WriteCapabilities(
                layouts: Set(ColorModel.allCases.map { PixelLayout($0, .uint8) }),
                maximumDimension: 65_535, metadata: [], losslessness: .always, streaming: .rows))

        func makeReader(
            source: any ImageSource, context: CodecContext
        ) throws(ImageError) -> any ImageReader {
            throw .unsupported(descriptor.id, "reading")
        }

        func makeWriter(
            sink: any ImageSink, header: ImageHeader, settings: WriteSettings,
            context: CodecContext
        ) throws(ImageError) -> any ImageWriter {
            Writer(sink: sink)
        }

        private final class Writer: ImageWriter {
            private let sink: any ImageSink

            init(sink: any ImageSink) { self.sink = sink }

            func writeRows(_ band: PixelBand) throws(ImageError) {
                try sink.append(Array(band.filledBytes))
            }

            func finish() {}
        }
    }
}
