#if AVIF
    import FormatKit
    import TestSupport
    import Testing

    @testable import AVIFFormat

    @Suite struct AVIFRoundTripTests {
        static let layouts = AVIFPlugin.layouts.sorted { $0.description < $1.description }
        static let lossless = WriteSettings(isLossless: true, effort: 1)

        /// A picture whose samples have no more bits than AVIF holds.
        static func picture(
            _ width: Int, _ height: Int, _ layout: PixelLayout, bits: Int = 12
        ) -> Image {
            var image = TestImages.picture(width: width, height: height, layout: layout)
            guard layout.sample == .uint16 else { return image }
            image.header.significantBits = bits
            let full = 1 << bits - 1
            for start in stride(from: 0, to: image.bytes.count, by: 2) {
                let value =
                    (Int(image.bytes[start]) << 8 | Int(image.bytes[start + 1])) % (full + 1)
                let sample = (value * 65_535 + full / 2) / full
                image.bytes[start] = UInt8(sample & 0xFF)
                image.bytes[start + 1] = UInt8(sample >> 8)
            }
            return image
        }

        @Test(arguments: layouts)
        func `keeps every sample if lossless`(_ layout: PixelLayout) throws {
            for (width, height) in [(1, 1), (17, 9), (64, 33)] {
                let image = Self.picture(width, height, layout)
                let bytes = try image.encoded(by: AVIFPlugin(), settings: Self.lossless)
                let decoded = try Image(decoding: bytes, as: AVIFPlugin())
                #expect(decoded.header.layout == layout)
                #expect(decoded.header.significantBits == (layout.sample == .uint8 ? 8 : 12))
                #expect(decoded.bytes == image.bytes, "\(width)x\(height)")
            }
        }

        @Test func `stores 10 bits where no more are significant`() throws {
            let image = Self.picture(20, 12, PixelLayout(.rgb, .uint16), bits: 10)
            let bytes = try image.encoded(by: AVIFPlugin(), settings: Self.lossless)
            let decoded = try Image(decoding: bytes, as: AVIFPlugin())
            #expect(decoded.header.significantBits == 10 && decoded.bytes == image.bytes)
        }

        @Test func `does not pass 16 bits off as lossless`() throws {
            let image = TestImages.picture(
                width: 9, height: 9, layout: PixelLayout(.rgb, .uint16))
            let error = ImageError.unstorable(
                .avif, "16-bit samples; at most 12 bits are lossless")
            #expect(throws: error) {
                try image.encoded(by: AVIFPlugin(), settings: Self.lossless)
            }
        }

        @Test(
            arguments: [
                (16, nil, 12), (12, nil, nil), (11, nil, nil), (10, nil, nil), (16, "10", 10),
                (16, "8", 8), (12, "10", 10), (10, "10", nil),
            ] as [(Int, String?, Int?)])
        func `tells what bits are lost`(bits: Int, option: String?, depth: Int?) throws {
            let header = ImageHeader(
                size: ImageSize(width: 1, height: 1), layout: PixelLayout(.rgb, .uint16),
                significantBits: bits)
            let settings = try WriteSettings(
                for: AVIFPlugin(), options: option.map { ["depth": $0] } ?? [:])
            let losses = AVIFPlugin().losses(of: header, with: settings)
            #expect(losses == (depth.map { [.bitDepth(from: bits, to: $0)] } ?? []))
        }

        @Test(arguments: ["444", "422", "420"], ["8", "10", "12"])
        func `stores chroma and bits as asked`(subsampling: String, depth: String) throws {
            let image = Self.picture(61, 47, PixelLayout(.rgb, .uint8, alpha: .straight))
            let settings = try WriteSettings(
                for: AVIFPlugin(), quality: 90, effort: 1,
                options: ["subsampling": subsampling, "depth": depth])
            let bytes = try image.encoded(by: AVIFPlugin(), settings: settings)
            let decoded = try Image(decoding: bytes, as: AVIFPlugin())
            #expect(decoded.header.significantBits == Int(depth))
            #expect(
                "\(decoded.header.details)".contains(
                    subsampling.map(String.init).joined(separator: ":")))
            let eight = try #require(decoded.converted(to: image.header.layout))
            // Transparency is kept exactly.
            for index in stride(from: 3, to: image.bytes.count, by: 4) {
                #expect(eight.bytes[index] == image.bytes[index])
            }
        }

        @Test func `reads rows in bands of any height`() throws {
            let image = Self.picture(40, 37, PixelLayout(.rgb, .uint8))
            let bytes = try image.encoded(
                by: AVIFPlugin(), settings: WriteSettings(quality: 50, effort: 1))
            let whole = try Image(decoding: bytes, as: AVIFPlugin())
            for rowCapacity in [1, 2, 5, 37, 64] {
                let reader = try AVIFPlugin().makeReader(
                    source: MemorySource(bytes), context: CodecContext())
                var band = PixelBand(
                    width: 40, layout: image.header.layout, rowCapacity: rowCapacity)
                var rows: [UInt8] = []
                repeat {
                    try reader.readRows(into: &band)
                    rows += band.filledBytes
                } while band.rowCount > 0
                #expect(rows == whole.bytes, "\(rowCapacity)")
            }
        }

        @Test func `keeps metadata to the byte`() throws {
            var image = Self.picture(8, 6, PixelLayout(.rgb, .uint8))
            image.header.metadata = ImageMetadata(
                icc: [UInt8](0..<200), exif: SampleExif.turned, xmp: Array("<x/>".utf8),
                orientation: .right)
            let decoded = try Image(
                decoding: image.encoded(by: AVIFPlugin(), settings: Self.lossless),
                as: AVIFPlugin())
            #expect(decoded.header.metadata == image.header.metadata)
            // A profile counts before code points.
            image.header.metadata.icc = nil
            image.header.metadata.codePoints = ColorCodePoints(primaries: 9, transfer: 16)
            let coded = try Image(
                decoding: image.encoded(by: AVIFPlugin(), settings: Self.lossless),
                as: AVIFPlugin())
            #expect(coded.header.metadata == image.header.metadata)
            image.header.metadata = ImageMetadata(icc: [UInt8](0..<200))
            let plain = try Image(
                decoding: image.encoded(by: AVIFPlugin(), settings: Self.lossless),
                as: AVIFPlugin())
            #expect(plain.header.metadata == image.header.metadata)
        }

        @Test(arguments: Orientation.allCases)
        func `keeps every orientation`(_ orientation: Orientation) throws {
            var image = Self.picture(8, 6, PixelLayout(.gray, .uint8))
            for exif in [nil, SampleExif.turned] {
                image.header.metadata = ImageMetadata(exif: exif, orientation: orientation)
                let decoded = try Image(
                    decoding: image.encoded(by: AVIFPlugin(), settings: Self.lossless),
                    as: AVIFPlugin())
                #expect(decoded.header.metadata.orientation == orientation)
                let stated = decoded.header.metadata.exif.flatMap(ExifOrientation.read)
                #expect(stated == (exif == nil ? nil : orientation))
            }
        }

        @Test func `writes the same bytes with any number of threads`() throws {
            let image = Self.picture(300, 200, PixelLayout(.rgb, .uint8))
            for settings in [Self.lossless, WriteSettings(quality: 60, effort: 4)] {
                let files = try [1, 1, 2, 4].map { threadCount in
                    try image.encoded(
                        by: AVIFPlugin(), settings: settings,
                        context: CodecContext(threadCount: threadCount))
                }
                #expect(files.allSatisfy { $0 == files[0] })
            }
        }

        @Test func `refuses what it cannot write`() throws {
            let image = Self.picture(4, 4, PixelLayout(.rgb, .uint8))
            for (settings, options) in [
                (WriteSettings(effort: 10), [:]), (WriteSettings(quality: 101), [:]),
                (Self.lossless, ["subsampling": "420"]), (Self.lossless, ["depth": "10"]),
                (Self.lossless, ["alpha-quality": "50"]),
            ] as [(WriteSettings, [String: String])] {
                var settings = settings
                settings.options = try OptionValues(
                    parsing: options, for: AVIFPlugin().descriptor)
                let error = #expect(throws: ImageError.self) {
                    try image.encoded(by: AVIFPlugin(), settings: settings)
                }
                guard case .invalidOption = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
        }
    }
#endif
