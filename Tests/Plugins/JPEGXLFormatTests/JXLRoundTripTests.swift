#if JPEGXL
    import FormatKit
    import TestSupport
    import Testing

    @testable import JPEGXLFormat

    @Suite struct JXLRoundTripTests {
        static let layouts = JXLPlugin.layouts.sorted { $0.description < $1.description }
        static let lossless = WriteSettings(isLossless: true, effort: 2)

        @Test(arguments: layouts)
        func `keeps every sample if lossless`(_ layout: PixelLayout) throws {
            for (width, height) in [(1, 1), (17, 9), (64, 33)] {
                let image = Image.noise(width, height, layout)
                let bytes = try image.encoded(by: JXLPlugin(), settings: Self.lossless)
                let decoded = try Image(decoding: bytes, as: JXLPlugin())
                #expect(decoded.header.layout == layout)
                #expect(decoded.header.significantBits == layout.sample.bitCount)
                #expect(decoded.bytes == image.bytes, "\(width)x\(height)")
            }
        }

        @Test(arguments: layouts)
        func `keeps samples nearly at a small distance`(_ layout: PixelLayout) throws {
            let image = TestImages.picture(width: 64, height: 48, layout: layout)
            let settings = try WriteSettings(
                for: JXLPlugin(), effort: 3, options: ["distance": "0.1"])
            let decoded = try Image(
                decoding: image.encoded(by: JXLPlugin(), settings: settings), as: JXLPlugin())
            #expect(decoded.header.layout == layout)
            let eight = PixelLayout(layout.model, .uint8, alpha: layout.alpha)
            let (a, b) = try (
                #require(image.converted(to: eight)), #require(decoded.converted(to: eight))
            )
            let sum = zip(a.bytes, b.bytes).map { abs(Int($0) - Int($1)) }.reduce(0, +)
            #expect(sum <= 3 * a.bytes.count)
        }

        @Test func `writes fewer bytes where quality is less`() throws {
            let image = TestImages.picture(width: 96, height: 64)
            let counts = try [5.0, 30, 75, 95, 100].map {
                try image.encoded(
                    by: JXLPlugin(), settings: WriteSettings(quality: $0, effort: 3)
                ).count
            }
            #expect(counts == counts.sorted() && Set(counts).count == counts.count, "\(counts)")
        }

        @Test func `keeps metadata to the byte`() throws {
            var image = Image.noise(8, 6, PixelLayout(.rgb, .uint8))
            image.header.metadata = ImageMetadata(
                exif: SampleExif.turned, xmp: Array("<x/>".utf8), orientation: .right)
            let plain = try Image(
                decoding: image.encoded(by: JXLPlugin(), settings: Self.lossless),
                as: JXLPlugin())
            #expect(plain.header.metadata == image.header.metadata)
            for codes in [ColorCodePoints(primaries: 9, transfer: 16), .displayP3] {
                image.header.metadata.codePoints = codes
                let decoded = try Image(
                    decoding: image.encoded(by: JXLPlugin(), settings: Self.lossless),
                    as: JXLPlugin())
                #expect(decoded.header.metadata == image.header.metadata)
            }
        }

        @Test(arguments: Orientation.allCases)
        func `keeps every orientation`(_ orientation: Orientation) throws {
            var image = Image.noise(8, 6, PixelLayout(.gray, .uint8))
            for exif in [nil, SampleExif.turned] {
                image.header.metadata = ImageMetadata(exif: exif, orientation: orientation)
                let decoded = try Image(
                    decoding: image.encoded(by: JXLPlugin(), settings: Self.lossless),
                    as: JXLPlugin())
                #expect(decoded.header.size == image.header.size)
                #expect(decoded.bytes == image.bytes)
                #expect(decoded.header.metadata.orientation == orientation)
                let stated = decoded.header.metadata.exif.flatMap(ExifOrientation.read)
                #expect(stated == (exif == nil ? nil : orientation))
            }
        }

        @Test func `writes the same bytes with any number of threads`() throws {
            let image = TestImages.picture(width: 600, height: 300)
            for settings in [Self.lossless, WriteSettings(effort: 4)] {
                let files = try [1, 1, 2, 4].map { threadCount in
                    try image.encoded(
                        by: JXLPlugin(), settings: settings,
                        context: CodecContext(threadCount: threadCount))
                }
                #expect(files.allSatisfy { $0 == files[0] })
                let pictures = try [1, 3].map { threadCount in
                    try Image(
                        decoding: files[0], as: JXLPlugin(),
                        context: CodecContext(threadCount: threadCount))
                }
                #expect(pictures[0] == pictures[1])
            }
        }

        @Test func `refuses what it cannot write`() throws {
            let image = Image.noise(4, 4, PixelLayout(.rgb, .uint8))
            for settings in [
                WriteSettings(effort: 10), WriteSettings(quality: 101),
                try WriteSettings(
                    for: JXLPlugin(), isLossless: true, options: ["distance": "1"]),
            ] {
                let error = #expect(throws: ImageError.self) {
                    try image.encoded(by: JXLPlugin(), settings: settings)
                }
                guard case .invalidOption = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
        }
    }
#endif
