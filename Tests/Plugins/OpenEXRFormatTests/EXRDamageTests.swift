// Nothing where OpenEXR is not built in.
#if OpenEXR
    import FormatKit
    import TestSupport
    import Testing

    @testable import OpenEXRFormat

    @Suite(.enabled(if: EXRPlugin.libraryVersion != nil, "OpenEXR is not there"))
    struct EXRDamageTests {
        typealias Part = EXRHandmade.Part
        typealias Channel = EXRHandmade.Channel

        private let plugin = EXRPlugin()

        private static func part(_ change: (inout Part) -> Void) -> EXRHandmade {
            var part = Part()
            change(&part)
            return EXRHandmade(part)
        }

        private static func attribute(
            _ name: String, _ type: String, _ content: [UInt8]
        ) -> EXRHandmade {
            part { $0.attributes = [(name, type, content)] }
        }

        /// What is said, whatever the place.
        static let refused: [(file: EXRHandmade, words: String)] = [
            (
                attribute("dataWindow", "box2i", [5, 0, -5, 0].flatMap(EXRHandmade.word)),
                "the attribute dataWindow is empty or lies too far away: (5, 0) to (-5, 0)"
            ),
            (
                attribute("dataWindow", "box2i", [0, 3, 1, -9].flatMap(EXRHandmade.word)),
                "is empty or lies too far away: (0, 3) to (1, -9)"
            ),
            (
                attribute(
                    "dataWindow", "box2i",
                    [-2_147_483_648, -2_147_483_648, 2_147_483_647, 2_147_483_647]
                        .flatMap(EXRHandmade.word)),
                "lies too far away: (-2147483648, -2147483648) to (2147483647, 2147483647)"
            ),
            (
                part { $0.display = [1, 1, 0, 0] },
                "the attribute displayWindow is empty or lies too far away"
            ),
            (
                attribute("dataWindow", "v2i", [1, 2, 3, 4, 5, 6, 7, 8]),
                "the attribute dataWindow is of the type v2i, expected box2i"
            ),
            (
                attribute("dataWindow", "box2i", [UInt8](repeating: 0, count: 15)),
                "the attribute dataWindow has 15 bytes, expected 16"
            ),
            (part { $0.missing = ["dataWindow"] }, "part 1 has no attribute dataWindow"),
            (part { $0.missing = ["channels"] }, "part 1 has no attribute channels"),
            (part { $0.missing = ["compression"] }, "part 1 has no attribute compression"),
            (part { $0.compression = 77 }, "compression of the kind 77"),
            (attribute("channels", "chlist", [0]), "there are no channels"),
            (attribute("channels", "chlist", [0x52, 0, 1, 0]), "the list of channels ends early"),
            (
                part { $0.channels = [Channel("Y", columnStep: 0)] },
                "the channel Y has the type 1 and a sample for 0x1 pixels"
            ),
            (
                part { $0.channels = [Channel("Y", columnStep: 2)] },
                "a sample of the channel Y for 2x1 pixels"
            ),
            (
                part { $0.channels = [Channel("R"), Channel("Z", columnStep: 3)] },
                "a sample of the channel Z for 3x1 pixels"
            ),
            (
                part {
                    $0.window = [0, 0, 2, 0]
                    $0.channels = [Channel("R"), Channel("Z", columnStep: 2)]
                }, "by which they are not divided"
            ),
            (
                attribute("pixelAspectRatio", "float", EXRHandmade.real(0)),
                "the attribute pixelAspectRatio is 0.0"
            ),
            (
                attribute("pixelAspectRatio", "float", EXRHandmade.real(.nan)),
                "the attribute pixelAspectRatio is nan"
            ),
            (
                part {
                    $0.attributes = [("a", "string", [65]), ("a", "string", [66])]
                }, "the attribute a is there twice"
            ),
            (
                part {
                    $0.tiles = [4, 4, 0]
                    $0.attributes = [
                        ("tiles", "tiledesc", EXRHandmade.word(0) + EXRHandmade.word(4) + [0])
                    ]
                }, "the attribute tiles makes no sense"
            ),
            (
                attribute("chunkCount", "int", EXRHandmade.word(7)),
                "part 1 says that it has 7 chunks, expected 1"
            ),
            (EXRHandmade(Part(), flags: 0x800), "deep data"),
            (EXRHandmade(Part(), flags: 0x4000), "version 2 of the format with the flags 64"),
            (EXRHandmade(Part(), flags: 0x1000), "a part of the type"),
            (EXRHandmade(Part(), flags: 0x200), "part 1 has no attribute tiles"),
        ]

        @Test(arguments: refused.indices)
        func `says what is wrong`(index: Int) {
            let (file, words) = Self.refused[index]
            let error = #expect(throws: ImageError.self) { try file.decoded() }
            #expect(error.map { "\($0)".contains(words) } == true, "\(error.map { "\($0)" } ?? "")")
        }

        @Test func `deep parts are refused by name`() throws {
            var (flat, deep) = (Part(), Part())
            flat.add("type", "scanlineimage")
            deep.add("type", "deepscanline")
            let pages = try EXRPlugin().openPages(EXRHandmade(flat, deep).bytes)
            #expect(
                throws: ImageError.unsupported(.exr, "deep data: several samples of a pixel")
            ) { try pages.selectPage(1) }
            try pages.selectPage(0)
            #expect(try Image(reading: pages).header.size == ImageSize(width: 2, height: 1))
        }

        @Test func `chunks that are elsewhere or others are refused`() throws {
            var file = EXRHandmade()
            file.parts[0].window = [0, 0, 1, 3]
            let end = file.bytes.count
            for (place, error) in [
                (0, "chunk 3 is said to lie at 0"), (20, "chunk 3 is said to lie at 20"),
                (end, "chunk 3 is missing"), (end - 4, "chunk 3 is missing"),
                (1 << 62, "chunk 3 is missing"), (-1, "chunk 3 is said to lie at"),
            ] {
                file.entries = [2: place]
                let found = #expect(throws: ImageError.self) { try file.decoded() }
                #expect(found.map { "\($0)".contains(error) } == true, "\(place)")
            }
            file.entries = [2: end - 20, 3: end - 20]
            let found = #expect(throws: ImageError.self) { try file.decoded() }
            #expect(found.map { "\($0)".contains("chunk 3 says that it is [3]") } == true)
        }

        @Test func `checks limits before it takes memory`() throws {
            // As many rows as a table of this size tells of.
            var part = Part()
            part.window = [-500_000_000, 0, 500_000_000, 0]
            part.sample = { _, _, _ in 0 }
            part.channels = []
            let channel = EXRHandmade.text("Y") + EXRHandmade.word(1) + EXRHandmade.word(0)
            part.add(
                "channels", "chlist",
                channel + EXRHandmade.word(1) + EXRHandmade.word(1) + [0])
            #expect(
                throws: ImageError.limitExceeded(
                    .pixels, requested: 1_000_000_001, allowed: 1 << 28)
            ) { try EXRHandmade(part).decoded() }
            part.window = [0, 0, 99_999_999, 0]
            #expect(throws: ImageError.self) {
                try EXRHandmade(part).decoded(
                    CodecContext(limits: Limits(memoryByteCount: 1 << 20)))
            }
            let file = Self.attribute("comments", "string", [UInt8](repeating: 65, count: 5000))
            #expect(throws: ImageError.self) {
                try file.decoded(CodecContext(limits: Limits(metadataByteCount: 4000)))
            }
            #expect(throws: ImageError.limitExceeded(.frames, requested: 2, allowed: 1)) {
                try EXRHandmade(Part(), Part()).decoded(
                    CodecContext(limits: Limits(frameCount: 1)))
            }
        }

        /// Files of every kind of chunk.
        private static func files() throws -> [[UInt8]] {
            var tiled = part {
                $0.window = [-3, -2, 5, 4]
                $0.tiles = [4, 4, 1]
                $0.channels = [Channel("A", .float), Channel("Y"), Channel("Z", .uint)]
            }
            tiled.order = nil
            let chroma = part {
                $0.window = [0, 0, 3, 3]
                $0.channels = [
                    Channel("BY", columnStep: 2, rowStep: 2),
                    Channel("RY", columnStep: 2, rowStep: 2), Channel("Y"),
                ]
            }
            let written = try ["rle", "zips", "zip", "piz"].map { name in
                try Image.light(20, 20).encoded(
                    by: EXRPlugin(),
                    settings: WriteSettings(for: EXRPlugin(), options: ["compression": name]))
            }
            return [tiled.bytes, chroma.bytes] + written
        }

        @Test func `refuses every prefix`() throws {
            for bytes in try Self.files() {
                // Behind the largest picture there are smaller ones, which are not read.
                let misjudged = EXRPlugin().misjudgedPrefixes(of: bytes)
                    .filter { $0.error != nil }
                #expect(misjudged.isEmpty, "\(misjudged.prefix(3))")
            }
            for bytes in try Self.files().dropFirst() {
                #expect(EXRPlugin().misjudgedPrefixes(of: bytes).isEmpty)
            }
        }

        @Test(arguments: [1, 2, 3] as [UInt64])
        func `survives damage to any byte`(seed: UInt64) throws {
            for bytes in try Self.files() { EXRPlugin().readDamaged(bytes, seed: seed) }
        }

        @Test func `good chunks of a damaged file are had`() throws {
            let image = Image.light(30, 80)
            var bytes = try image.encoded(by: plugin)
            let file = try EXRFile(of: MemorySource(bytes), .default)
            var chunks = EXRChunks(file.pages[0], in: MemorySource(bytes), file)
            let damaged = try chunks.find(strip: 1, column: 0) + 8
            for place in damaged..<damaged + 40 { bytes[place] = 0xFF }
            #expect(throws: ImageError.self) { try Image(decoding: bytes, as: plugin) }
            let log = WarningLog()
            var context = log.context()
            context.isSalvaging = true
            let found = try Image(decoding: bytes, as: plugin, context: context)
            let row = 30 * 12
            #expect(found.bytes[..<(16 * row)] == image.bytes[..<(16 * row)])
            #expect(found.bytes[(16 * row)..<(32 * row)].allSatisfy { $0 == 0 })
            #expect(found.bytes[(32 * row)...] == image.bytes[(32 * row)...])
            #expect(log.warnings.contains { $0.hasPrefix("16 rows") }, "\(log.warnings)")
        }

        @Test func `a picture without a good chunk is an error`() throws {
            var bytes = try Image.light(30, 10).encoded(by: EXRPlugin())
            for place in bytes.count - 60..<bytes.count { bytes[place] = 0xFF }
            var context = CodecContext()
            context.isSalvaging = true
            #expect(throws: ImageError.self) {
                try Image(decoding: bytes, as: EXRPlugin(), context: context)
            }
        }

        @Test func `faulty files are refused`() throws {
            for name in [
                "cut", "deep", "depth-only", "dwaa", "empty-window", "far-window", "huge-tiles",
                "huge-window", "unwritten-chunk",
            ] {
                let bytes = try FaultyFiles.bytes("exr-damage/\(name).exr")
                #expect(throws: ImageError.self, "\(name)") {
                    try Image(decoding: bytes, as: plugin)
                }
            }
        }

        @Test func `stops where it is told to`() throws {
            let context = CodecContext(isCancelled: { true })
            #expect(throws: ImageError.cancelled) {
                try Image(decoding: EXRHandmade().bytes, as: EXRPlugin(), context: context)
            }
        }
    }
#endif
