// Nothing where JPEG 2000 is not built in.
#if JPEG2000
    import FormatKit
    import TestSupport
    import Testing

    @testable import JPEG2000Format

    @Suite(.enabled(if: JP2Plugin.libraryVersion != nil, "OpenJPEG is not there"))
    struct JP2RoundTripTests {
        private func encoded(
            _ image: Image, _ options: [String: String] = [:], isLossless: Bool = true,
            quality: Double? = nil, threadCount: Int = 1, as plugin: JP2Plugin = .file
        ) throws -> [UInt8] {
            try image.encoded(
                by: plugin,
                settings: WriteSettings(
                    for: plugin, quality: quality, isLossless: isLossless, options: options),
                context: CodecContext(threadCount: threadCount))
        }

        static let layouts = JP2Plugin.layouts.sorted { $0.description < $1.description }

        @Test(arguments: layouts, [[:], ["tile": "16"], ["profile": "archive"]])
        func `keeps every sample`(layout: PixelLayout, options: [String: String]) throws {
            let image = Image.noise(37, 29, layout)
            let found = try Image(
                decoding: try encoded(image, options), as: JP2Plugin.file)
            #expect(found.header.layout == layout && found.bytes == image.bytes)
            #expect(found.header.significantBits == layout.sample.bitCount)
            #expect(found.header.losses.isEmpty && found.header.form == [])
        }

        @Test(arguments: [(PixelLayout(.gray, .uint8), 37, 29), (PixelLayout(.rgb, .uint16), 1, 1)])
        func `keeps every sample in a bare codestream`(
            layout: PixelLayout, width: Int, height: Int
        ) throws {
            let image = Image.noise(width, height, layout)
            let bytes = try encoded(image, as: .codestream)
            #expect(bytes.starts(with: [0xFF, 0x4F, 0xFF, 0x51]))
            let found = try Image(decoding: bytes, as: JP2Plugin.codestream)
            #expect(found.header.layout == layout && found.bytes == image.bytes)
        }

        @Test(arguments: [(1, 1), (1, 300), (300, 1), (2, 3), (64, 64), (65, 63)], [0, 7, 64])
        func `keeps pictures of any size in tiles of any size`(size: (Int, Int), tile: Int) throws {
            let image = Image.noise(size.0, size.1, PixelLayout(.rgb, .uint8))
            let bytes = try encoded(image, ["tile": "\(tile)"])
            #expect(try Image(decoding: bytes, as: JP2Plugin.file).bytes == image.bytes)
        }

        @Test(arguments: Array(1...16), [0, 16])
        func `keeps the number of bits where no sample has more`(bits: Int, tile: Int) throws {
            let layout = PixelLayout(.gray, bits > 8 ? .uint16 : .uint8)
            var image = JP2File.image(21, 40, layout, bits: bits)
            if [1, 2, 4].contains(bits) { image.header.storage = .packedGray(bitCount: bits) }
            let found = try Image(
                decoding: try encoded(image, ["tile": "\(tile)"]), as: JP2Plugin.file)
            #expect(found.bytes == image.bytes)
            // With several tiles nobody knows what samples will come.
            let isKnown = tile == 0 || image.header.storage != nil
            #expect(found.header.significantBits == (isKnown ? bits : layout.sample.bitCount))
            #expect(found.header.storage == image.header.storage)
            let asked = try encoded(image, ["tile": "\(tile)", "depth": "\(bits)"])
            let again = try Image(decoding: asked, as: JP2Plugin.file)
            #expect(again.bytes == image.bytes && again.header.significantBits == bits)
        }

        @Test func `takes more bits where samples have more than they say`() throws {
            var image = Image.noise(20, 20, PixelLayout(.rgb, .uint16))
            image.header.significantBits = 12
            let found = try Image(decoding: try encoded(image), as: JP2Plugin.file)
            #expect(found.bytes == image.bytes && found.header.significantBits == 16)
        }

        @Test func `does not depend on the number of threads`() throws {
            let image = TestImages.picture(width: 300, height: 200)
            for isLossless in [true, false] {
                let one = try encoded(image, isLossless: isLossless)
                #expect(try encoded(image, isLossless: isLossless, threadCount: 4) == one)
                let context = CodecContext(threadCount: 4)
                let (a, b) = (
                    try Image(decoding: one, as: JP2Plugin.file),
                    try Image(decoding: one, as: JP2Plugin.file, context: context)
                )
                #expect(a == b)
            }
        }

        @Test(arguments: [(0.0, 24.0), (50, 34), (75, 39), (80, 40), (90, 45)])
        func `a quality is a signal-to-noise ratio`(quality: Double, ratio: Double) throws {
            let image = TestImages.picture(width: 160, height: 120)
            let bytes = try encoded(image, isLossless: false, quality: quality)
            let found = try Image(decoding: bytes, as: JP2Plugin.file)
            let squares = zip(found.numbers, image.numbers).map { Double(($0 - $1) * ($0 - $1)) }
            let mean = squares.reduce(0, +) / Double(squares.count)
            let decibels = -10 * log10Of(mean / (255 * 255))
            #expect(abs(decibels - ratio) < 2, "\(decibels)")
        }

        private func log10Of(_ value: Double) -> Double {
            var (mantissa, exponent) = (value, 0.0)
            while mantissa < 1 { (mantissa, exponent) = (mantissa * 1.01, exponent + 1) }
            return -exponent * 0.004_321_373_782_642_57
        }

        @Test(arguments: [0.5, 1, 4])
        func `a rate is hit nearly`(rate: Double) throws {
            let image = TestImages.picture(width: 400, height: 300)
            let bytes = try encoded(image, ["rate": "\(rate)"], isLossless: false)
            let found = Double(bytes.count * 8) / Double(400 * 300)
            #expect(found < rate * 1.02 && found > rate * 0.85, "\(found)")
        }

        @Test func `layers rise`() throws {
            let image = TestImages.picture(width: 200, height: 100)
            for options in [["layers": "5"], ["layers": "5", "rate": "3"]] {
                let bytes = try encoded(image, options, isLossless: false)
                let header = try JP2Plugin.file.makeReader(
                    source: MemorySource(bytes), context: CodecContext()
                ).header
                #expect(header.details.contains(ImageDetail("layers", .integer(5))))
            }
        }

        @Test func `the archive profile is what archives ask for`() throws {
            let image = TestImages.picture(
                width: 1100, height: 1030, layout: PixelLayout(.gray, .uint8))
            let bytes = try encoded(image, ["profile": "archive"], isLossless: false)
            let found = try Image(decoding: bytes, as: JP2Plugin.file)
            #expect(found.bytes == image.bytes)
            let details = Dictionary(
                uniqueKeysWithValues: found.header.details.map { ($0.name, $0.value) })
            #expect(details["levels"] == .integer(6) && details["layers"] == .integer(12))
            #expect(details["progression"] == .text("RPCL") && details["tiles"] == .integer(4))
            #expect(details["wavelet"] == .text("5/3"))
            let stream = JP2File.codestream(of: bytes)
            // TLM in the main header, PLT in a tile-part's, SOP and EPH around packet headers.
            for marker: [UInt8] in [
                [0xFF, 0x55], [0xFF, 0x58], [0xFF, 0x91, 0, 4], [0xFF, 0x92],
            ] {
                #expect(stream.indices.contains { stream[$0...].starts(with: marker) }, "\(marker)")
            }
            let style = try Codestream(
                of: MemorySource(stream), in: 0..<stream.count, .j2k, takesCut: false,
                limits: .default
            ).styles[0]
            let sides = style.precinctExponents.map(\.width)
            #expect(sides == [7, 7, 7, 7, 7, 8, 8])
            let lossy = try encoded(
                image, ["profile": "archive"], isLossless: false, quality: 60)
            #expect(lossy.count < bytes.count / 2)
        }

        static let refused: [([String: String], Bool, Double?, String)] = [
            (["rate": "1"], true, nil, "jp2.rate"), (["rate": "1"], false, 50, "jp2.rate"),
            (["depth": "7"], true, nil, "jp2.depth"), (["depth": "9"], false, nil, "jp2.depth"),
        ]

        @Test(arguments: refused)
        func `refuses settings that contradict`(
            options: [String: String], isLossless: Bool, quality: Double?, name: String
        ) throws {
            let image = Image.noise(8, 8, PixelLayout(.gray, .uint8))
            do {
                _ = try encoded(image, options, isLossless: isLossless, quality: quality)
                Issue.record("not refused")
            } catch ImageError.invalidOption(let found, _) {
                #expect(found == name)
            }
        }

        @Test func `metadata survive`() throws {
            var metadata = ImageMetadata(
                exif: SampleExif.turned, xmp: Array("<x:xmpmeta/>".utf8),
                resolution: Resolution(horizontal: 300, vertical: 150, unit: .inch),
                orientation: .right, texts: [TextEntry("Comment", "Größe")])
            metadata.iptc = [0x1C, 2, 5, 0, 1, 0x61]
            metadata.photoshop = ChangingBlocks.photoshop
            metadata.geotiff = ChangingBlocks.geotiff
            let image = Image.noise(9, 7, PixelLayout(.rgb, .uint8), metadata: metadata)
            let found = try Image(decoding: try encoded(image), as: JP2Plugin.file).header.metadata
            for kind in metadata.kinds where kind != .geotiff {
                #expect(found.keeping([kind]) == metadata.keeping([kind]), "\(kind)")
            }
            // As a file of its own, with other tags in it.
            let tags = try #require(found.geotiff.flatMap(GeoTIFFBlock.tags))
            let file = try #require(GeoTIFFBlock.file(of: tags))
            #expect(GeoTIFFBlock.tags(of: file) != nil)
        }

        static let densities: [Resolution] = [
            Resolution(horizontal: 72, vertical: 72, unit: .inch),
            Resolution(horizontal: 6000, vertical: 1, unit: .inch),
            Resolution(horizontal: 118.11, vertical: 59, unit: .centimeter),
            Resolution(horizontal: 0.001, vertical: 123_456, unit: .centimeter),
            Resolution(horizontal: 96.5, vertical: 300.25, unit: .inch),
        ]

        @Test(arguments: densities)
        func `densities survive`(resolution: Resolution) throws {
            let content = try #require(JP2Resolution.content(resolution))
            let found = try #require(JP2Resolution.resolution(content))
            #expect(found.isClose(to: resolution))
            if resolution.horizontal == 72 { #expect(found == resolution) }
        }
    }
#endif
