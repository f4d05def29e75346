// Nothing where OpenEXR is not built in.
#if OpenEXR
    import FormatKit
    import TestSupport
    import Testing

    @testable import OpenEXRFormat

    @Suite(.enabled(if: EXRPlugin.libraryVersion != nil, "OpenEXR is not there"))
    struct EXRRoundTripTests {
        private let plugin = EXRPlugin()

        static let layouts = EXRPlugin.layouts.filter { $0.alpha != .straight }
            .sorted { "\($0)" < "\($1)" }

        @Test(arguments: ["none", "rle", "zips", "zip", "piz"], layouts)
        func `samples are kept`(compression: String, layout: PixelLayout) throws {
            for (width, height) in [(1, 1), (37, 5), (20, 70), (300, 33)] {
                for bits in [16, 32] {
                    let image = Image.light(width, height, layout, bits: bits)
                    let settings = try WriteSettings(
                        for: plugin, options: ["compression": compression])
                    let bytes = try image.encoded(by: plugin, settings: settings)
                    let found = try Image(decoding: bytes, as: plugin)
                    #expect(found.bytes == image.bytes && found.header.size == image.header.size)
                    #expect(found.header.layout == layout)
                    #expect(found.header.significantBits == bits)
                    #expect(
                        found.header.details.contains(
                            ImageDetail("compression", .text(compression))))
                    // The same whatever the bands, and the time.
                    let again = try image.encoded(by: plugin, settings: settings, rowsPerBand: 50)
                    #expect(again == bytes)
                }
            }
        }

        /// Compressed, some have as many bytes as before, which would be taken for not compressed.
        @Test(arguments: ["rle", "zips", "zip", "piz"])
        func `small chunks are what they are`(compression: String) throws {
            let settings = try WriteSettings(for: plugin, options: ["compression": compression])
            for width in 1...40 {
                for seed in 1...10 as ClosedRange<UInt64> {
                    let image = Image.light(
                        width, 2, PixelLayout(.gray, .float32), bits: 16, seed: seed)
                    let bytes = try image.encoded(by: plugin, settings: settings)
                    #expect(
                        try Image(decoding: bytes, as: plugin).bytes == image.bytes,
                        "\(width), seed \(seed)")
                }
            }
        }

        @Test func `grain does not outgrow a chunk`() throws {
            var random = SplitMix64(seed: 3)
            let samples = (0..<200 * 64 * 3).map { _ in
                Float(Float16(bitPattern: UInt16.random(in: 0..<0x7C00, using: &random)))
            }
            let image = Image(200, 64, samples, bits: 16)
            for compression in ["rle", "zip", "piz"] {
                let bytes = try image.encoded(
                    by: plugin,
                    settings: WriteSettings(for: plugin, options: ["compression": compression]))
                #expect(try Image(decoding: bytes, as: plugin).bytes == image.bytes)
                #expect(bytes.count < image.bytes.count / 2 + 4000)
            }
        }

        @Test(
            arguments: [
                (1, 1), (0.1, 0.0999755859375), (65_504, 65_504), (65_519.99, 65_504),
                (-0.0, -0.0), (5.960464e-8, 5.9604645e-8), (2.98e-8, 0),
                (2.9802326e-8, 5.9604645e-8),
                (6.1e-5, 0x1.ff8p-15), (1.00048828125, 1), (1.0014649, 1.0019531),
                (.infinity, .infinity), (-.infinity, -.infinity), (100_000, 65_504),
                (-1e30, -65_504),
            ] as [(Float, Float)])
        func `halves are the nearest`(sample: Float, expected: Float) throws {
            let log = WarningLog()
            let bytes = try Image(1, 1, [sample, 0, 1], bits: 16).encoded(
                by: plugin, context: log.context())
            let found = try Image(decoding: bytes, as: plugin).samples
            #expect(found[0] == expected && found[0].sign == expected.sign)
            let isBeyond = sample.isFinite && abs(sample) >= 65_520
            #expect(
                log.warnings
                    == (isBeyond
                        ? ["1 sample that is too large for a real of 16 bits becomes the largest"]
                        : []))
        }

        @Test func `halves agree with the processor's`() throws {
            var random = SplitMix64(seed: 11)
            let samples = (0..<3000).map { _ -> Float in
                let real = Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &random))
                return abs(real) < 65_500 ? real : Float.random(in: -2...2, using: &random)
            }
            let bytes = try Image(1000, 1, samples, bits: 16).encoded(by: plugin)
            let found = try Image(decoding: bytes, as: plugin).samples
            #expect(found == samples.map { Float(Float16($0)) })
        }

        @Test func `what is no number stays none`() throws {
            let samples: [Float] = [.nan, -.nan, .signalingNaN]
            for bits in [16, 32] {
                let image = Image(1, 1, samples, bits: bits)
                let found = try Image(decoding: image.encoded(by: plugin), as: plugin)
                #expect(found.samples.filter(\.isNaN).count == 3)
                if bits == 32 { #expect(found.bytes == image.bytes) }
            }
        }

        @Test func `color is multiplied by alpha`() throws {
            let layout = PixelLayout(.rgb, .float32, alpha: .straight)
            let samples: [Float] = [
                1, 0.5, 0.25, 0.5, 1, 1, 1, 1, 3, 2, 1, 0, 0, 0, 0, 0, .infinity, .nan, 1, 0,
            ]
            let log = WarningLog()
            let bytes = try Image(5, 1, samples, layout).encoded(
                by: plugin, context: log.context())
            let found = try Image(decoding: bytes, as: plugin)
            #expect(found.header.layout.alpha == .premultiplied)
            #expect(
                found.samples == [0.5, 0.25, 0.125, 0.5, 1, 1, 1, 1]
                    + [Float](repeating: 0, count: 12))
            #expect(log.warnings == ["the colors of 2 pixels that are transparent are left out"])
        }

        @Test func `keeps what a header says`() throws {
            var metadata = ImageMetadata(
                xmp: Array("<x:xmpmeta/>".utf8),
                resolution: Resolution(horizontal: 300, vertical: 150, unit: .inch),
                texts: [
                    TextEntry("Comment", "größer\nzwei"), TextEntry("Copyright", "me"),
                    TextEntry("Creation Time", "2026:12:01 20:00:00"), TextEntry("Title", ""),
                ])
            metadata.gamma = 1
            metadata.chromaticities = Chromaticities(
                white: Chromaticity(0.3127, 0.329), red: Chromaticity(0.708, 0.292),
                green: Chromaticity(0.17, 0.797), blue: Chromaticity(0.131, 0.046))
            metadata.blocks = [
                FormatBlock(
                    .exr, "windows",
                    [-4, 2, -3, 2, 0, 0, 9, 9].flatMap(EXRHandmade.word),
                    size: ImageSize(width: 2, height: 1)),
                FormatBlock(
                    .exr, "whiteLuminance", EXRHandmade.real(203), dependsOnSamples: true),
            ]
            let image = Image(2, 1, [1, 0.5, 0.25, 0, 0, 0], metadata: metadata)
            let found = try Image(decoding: image.encoded(by: plugin), as: plugin)
            #expect(found.header.metadata == metadata && found.header.losses.isEmpty)
            #expect(EXRDescription.losses(metadata).isEmpty)
        }

        @Test func `what has no place is named`() {
            var metadata = ImageMetadata(
                xmp: [0x3C, 0],
                resolution: Resolution(horizontal: 1e11, vertical: 1, unit: .inch),
                texts: [
                    TextEntry("Comment", "a"), TextEntry("Comment", "b"),
                    TextEntry("Title", "a", language: "de"), TextEntry("channels", "a"),
                    TextEntry(String(repeating: "a", count: 40), "b"), TextEntry("Author", "a\0b"),
                    TextEntry("Creation Time", "yesterday"),
                ])
            metadata.gamma = 0.5
            let losses = EXRDescription.losses(metadata)
            #expect(losses.map(\.name) == ["text", "xmp", "resolution", "gamma"])
            #expect(
                EXRDescription.texts(metadata).stored.map(\.name) == ["comments", "Creation Time"])
        }

        @Test func `32 bits are floats unless halves are asked for`() throws {
            let image = Image.light(5, 5, bits: 32)
            func plan(_ options: [String: String], isLossless: Bool = false) throws
                -> ConversionPlan
            {
                try ConversionPlan(
                    converting: image.header, to: plugin,
                    settings: WriteSettings(for: plugin, isLossless: isLossless, options: options))
            }
            #expect(try plan([:]).losses.isEmpty)
            #expect(try plan(["type": "half"]).losses == [.bitDepth(from: 32, to: 16)])
            let halves = try WriteSettings(for: plugin, options: ["type": "half"])
            #expect(try plugin.treatment(of: image.header, with: halves).bitsPerSample == 16)
            #expect(try plugin.treatment(of: image.header, with: WriteSettings()).isExact)
            let floats = try WriteSettings(for: plugin, options: ["type": "float"])
            let small = try Image.light(5, 5).encoded(by: plugin, settings: floats)
            #expect(try Image(decoding: small, as: plugin).header.significantBits == 32)
        }

        @Test func `refuses what it cannot write`() throws {
            #expect(throws: ImageError.unstorable(.exr, "pixels are rgb uint8")) {
                try Image.noise(2, 2, PixelLayout(.rgb, .uint8)).encoded(by: plugin)
            }
            let image = Image.light(2, 2)
            #expect(
                throws: ImageError.invalidOption(
                    name: "exr.type", reason: "half does not keep these samples exactly")
            ) {
                try image.encoded(
                    by: plugin,
                    settings: WriteSettings(
                        for: plugin, isLossless: true, options: ["type": "half"]))
            }
            let straight = PixelLayout(.gray, .float32, alpha: .straight)
            #expect(throws: ImageError.self) {
                try Image.light(2, 2, straight).encoded(
                    by: plugin, settings: WriteSettings(isLossless: true))
            }
            let writer = try plugin.makeWriter(
                sink: MemorySink(), header: image.header, settings: WriteSettings(),
                context: CodecContext())
            #expect(throws: ImageError.codecFailure(.exr, "0 rows written, expected 2")) {
                try writer.finish()
            }
        }

        @Test func `memory is that of a few rows`() throws {
            let tall = ImageSize(width: 100, height: 1 << 20)
            var header = Image.light(1, 1).header
            header.size = tall
            let held = try plugin.treatment(of: header, with: WriteSettings()).heldByteCount
            #expect(try #require(held) < 10 << 20)
            let bytes = try Image.light(64, 1000).encoded(by: plugin)
            let reader = try plugin.makeReader(
                source: MemorySource(bytes), context: CodecContext())
            #expect(try #require(reader.heldByteCount) < 200_000)
        }

        @Test func `effort is zlib's`() throws {
            let image = Image.light(200, 100)
            func size(_ effort: Int) throws -> Int {
                try image.encoded(by: plugin, settings: WriteSettings(effort: effort)).count
            }
            #expect(try size(9) <= size(1))
        }
    }
#endif
