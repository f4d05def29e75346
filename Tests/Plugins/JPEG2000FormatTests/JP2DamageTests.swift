// Nothing where JPEG 2000 is not built in.
#if JPEG2000
    import FormatKit
    import TestSupport
    import Testing

    @testable import JPEG2000Format

    @Suite(.enabled(if: JP2Plugin.libraryVersion != nil, "OpenJPEG is not there"))
    struct JP2DamageTests {
        private static func files() throws -> [(JP2Plugin, [UInt8])] {
            let rgb = PixelLayout(.rgb, .uint8)
            var metadata = ImageMetadata(xmp: Array("<x:xmpmeta/>".utf8))
            metadata.resolution = Resolution(horizontal: 300, vertical: 300, unit: .inch)
            func encoded(
                _ plugin: JP2Plugin, _ image: Image, _ options: [String: String] = [:]
            ) throws -> [UInt8] {
                try image.encoded(
                    by: plugin,
                    settings: WriteSettings(for: plugin, isLossless: true, options: options))
            }
            let gray = Image.noise(20, 9, PixelLayout(.gray, .uint16, alpha: .straight))
            return [
                (.file, try encoded(.file, Image.noise(12, 7, rgb, metadata: metadata))),
                (.file, try encoded(.file, gray, ["tile": "8", "layers": "3"])),
                (.file, try encoded(.file, Image.noise(9, 7, rgb), ["profile": "archive"])),
                (.codestream, try encoded(.codestream, Image.noise(16, 9, rgb), ["tile": "8"])),
            ]
        }

        @Test func `refuses every prefix of a file`() throws {
            for (plugin, bytes) in try Self.files() {
                // Without the marker of the end all pixels are there.
                let misjudged = plugin.misjudgedPrefixes(of: bytes).filter {
                    $0.count != bytes.count - 2 || $0.error != nil
                }
                #expect(misjudged.isEmpty, "\(misjudged)")
            }
        }

        @Test(arguments: [1, 2] as [UInt64])
        func `survives damage to any byte`(seed: UInt64) throws {
            for (plugin, bytes) in try Self.files() { plugin.readDamaged(bytes, seed: seed) }
        }

        /// A codestream without pixels, whose header is as given.
        static func head(
            _ width: Int, _ height: Int, tile: (Int, Int)? = nil, components: Int = 1,
            bits: Int = 8, layers: Int = 1, levels: Int = 0, precincts: [UInt8] = []
        ) -> [UInt8] {
            func half(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
            let tile = tile ?? (width, height)
            let sizes = [width, height, 0, 0, tile.0, tile.1, 0, 0]
            let size =
                [0, 0] + sizes.flatMap(JP2File.word) + half(components)
                + (0..<components).flatMap { _ in [UInt8(bits - 1), 1, 1] }
            let style =
                [precincts.isEmpty ? 0 : 1, 0] + half(layers)
                + [0, UInt8(levels), 4, 4, 0, 1] + precincts
            let quantization: [UInt8] = [0x40] + [UInt8](repeating: 0x40, count: 3 * levels + 1)
            func marker(_ code: UInt8, _ content: [UInt8]) -> [UInt8] {
                [0xFF, code] + half(content.count + 2) + content
            }
            return [0xFF, 0x4F] + marker(0x51, size) + marker(0x52, style)
                + marker(0x5C, quantization)
        }

        /// The head with a tile of no data.
        static func file(_ head: [UInt8]) -> [UInt8] {
            head + [0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 14, 0, 1, 0xFF, 0x93, 0xFF, 0xD9]
        }

        static let refused: [([UInt8], ImageError)] = [
            (
                file(head(1 << 24, 1 << 7, tile: (1, 1))),
                .malformed(.j2k, "16777216x128 tiles, expected at most 65535", offset: 2)
            ),
            (file(head(0, 5)), .malformed(.j2k, "a picture of no size", offset: 2)),
            (
                file(head(0x8000_0000, 5)),
                .unsupported(.j2k, "a reference grid of 2147483648x5")
            ),
            (
                file(head(65_535, 65_535)),
                .limitExceeded(.pixels, requested: 65_535 * 65_535, allowed: 1 << 28)
            ),
            (file(head(9, 9, bits: 17)), .unsupported(.j2k, "17 bits a sample")),
            (file(head(9, 9, components: 65)), .unsupported(.j2k, "65 components")),
            (
                file(head(9, 9, components: 5)),
                .unsupported(.j2k, "5 components without a color space")
            ),
            (
                file(head(9, 9, layers: 65_535)),
                .malformed(.j2k, "65535 packets in 81 bytes")
            ),
            // A precinct for each pixel.
            (
                file(head(4096, 4096, precincts: [0x00])),
                .malformed(.j2k, "16777216 packets in 82 bytes")
            ),
            (
                head(9, 9) + [0xFF, 0x90, 0, 10, 0, 7, 0, 0, 0, 14, 0, 1, 0xFF, 0x93, 0xFF, 0xD9],
                .malformed(.j2k, "tile 7 of 1", offset: 65)
            ),
            (
                head(9, 9) + [0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 13, 0, 1, 0xFF, 0x93, 0xFF, 0xD9],
                .malformed(.j2k, "a tile-part of 13 bytes", offset: 65)
            ),
            (
                [0xFF, 0x4F, 0xFF, 0x51, 0, 4, 1, 2],
                .malformed(.j2k, "a SIZ marker of 2 bytes", offset: 2)
            ),
        ]

        @Test(arguments: refused)
        func `says what is wrong, before memory is taken`(file: [UInt8], error: ImageError) {
            #expect(throws: error) { try Image(decoding: file, as: JP2Plugin.codestream) }
        }

        @Test func `memory is bounded by what the header says`() throws {
            let image = Image.noise(300, 200, PixelLayout(.rgb, .uint8))
            let bytes = try image.encoded(
                by: JP2Plugin.file, settings: WriteSettings(isLossless: true))
            func read(_ limit: Int) throws {
                _ = try Image(
                    decoding: bytes, as: JP2Plugin.file,
                    context: CodecContext(limits: Limits(memoryByteCount: limit)))
            }
            // 4 bytes a sample, the file, and what the image of the test takes.
            try read(300 * 200 * 12 + bytes.count + 300 * 200 * 3 + 200_000)
            #expect(throws: ImageError.self) { try read(300 * 200 * 12) }
        }

        @Test func `tiles take less memory than the picture`() throws {
            let image = Image.noise(512, 512, PixelLayout(.rgb, .uint8))
            let byteCounts = try ["0", "64"].map { tile in
                let bytes = try image.encoded(
                    by: JP2Plugin.file,
                    settings: WriteSettings(
                        for: JP2Plugin.file, isLossless: true, options: ["tile": tile]))
                return try JP2Plugin.file.makeReader(
                    source: MemorySource(bytes), context: CodecContext()
                ).heldByteCount ?? 0
            }
            #expect(byteCounts[1] * 4 < byteCounts[0], "\(byteCounts)")
        }

        @Test func `does not begin to decode when asked to stop`() throws {
            let (_, bytes) = try Self.files()[0]
            #expect(throws: ImageError.cancelled) {
                _ = try Image(
                    decoding: bytes, as: JP2Plugin.file,
                    context: CodecContext(isCancelled: { true }))
            }
        }

        @Test func `a reader that has failed stays so`() throws {
            let (_, bytes) = try Self.files()[3]
            var damaged = bytes
            // The data of a tile in the middle are not what its header says.
            let parts = bytes.indices.filter { bytes[$0...].starts(with: [0xFF, 0x90, 0, 10]) }
            for offset in parts[1] + 14..<parts[2] { damaged[offset] = 0xFF }
            let reader = try JP2Plugin.codestream.makeReader(
                source: MemorySource(damaged), context: CodecContext())
            var band = PixelBand(width: 16, layout: reader.header.layout, rowCapacity: 9)
            do {
                try reader.readRows(into: &band)
            } catch {
                #expect(throws: error) { try reader.readRows(into: &band) }
            }
        }

        @Test func `what follows the picture is told`() throws {
            let (_, bytes) = try Self.files()[3]
            let found = try Image(
                decoding: bytes + Array("secret".utf8), as: JP2Plugin.codestream)
            #expect(
                found.header.losses == [
                    .part(
                        of: .formatBlocks, "6 bytes after the end of the image are ignored")
                ])
            // Behind boxes, too, with what boxes lie there.
            let (stream, picture) = try JP2File.lossless(7, 5, PixelLayout(.rgb, .uint8))
            var file = JP2File(stream, [JP2File.color(16)])
            for after in [[], [("xml ", Array("<a/>".utf8))]] as [[JP2File.Box]] {
                file.after = after
                let found = try Image(
                    decoding: file.bytes + Array("secret".utf8), as: JP2Plugin.file)
                #expect(found.bytes == picture.bytes)
                #expect(
                    found.header.losses.last?.description
                        == "6 bytes after the end of the image are ignored")
            }
        }

        @Test func `of a file that is cut, whole tiles are had`() throws {
            let image = TestImages.picture(width: 64, height: 96)
            let bytes = try image.encoded(
                by: JP2Plugin.file,
                settings: WriteSettings(
                    for: JP2Plugin.file, isLossless: true, options: ["tile": "32"]))
            var context = CodecContext()
            context.isSalvaging = true
            let reader = try JP2Plugin.file.makeReader(
                source: MemorySource(Array(bytes.prefix(bytes.count * 6 / 10))), context: context)
            var band = PixelBand(width: 64, layout: reader.header.layout, rowCapacity: 32)
            try reader.readRows(into: &band)
            #expect(Array(band.filledBytes) == Array(image.bytes.prefix(32 * 64 * 3)))
            try reader.readRows(into: &band)
            try reader.readRows(into: &band)
            // Of the last row of tiles there is none.
            #expect(band.filledBytes.allSatisfy { $0 == 0 })
        }

        /// The tile-parts of a codestream that says how long they are, between its head and its end.
        private static func parts(
            of stream: [UInt8]
        ) -> (head: [UInt8], parts: [[UInt8]], end: [UInt8]) {
            let mark: [UInt8] = [0xFF, 0x90, 0, 10]
            let starts = stream.indices.filter { stream[$0...].starts(with: mark) }
            let ends = starts.dropFirst() + [stream.count - 2]
            return (
                Array(stream[..<starts[0]]), zip(starts, ends).map { Array(stream[$0..<$1]) },
                Array(stream.suffix(2))
            )
        }

        @Test(arguments: [[0], [3], [1, 4], [0, 1, 2]])
        func `of a codestream that lacks tiles the others are had`(missing: [Int]) throws {
            let rgb = PixelLayout(.rgb, .uint8)
            let (stream, image) = try JP2File.lossless(24, 16, rgb, options: ["tile": "8"])
            let (head, parts, end) = Self.parts(of: stream)
            let there = parts.indices.filter { !missing.contains($0) }.map { parts[$0] }
            let bytes = head + there.joined() + end
            #expect(throws: ImageError.self) {
                try Image(decoding: bytes, as: JP2Plugin.codestream)
            }
            var context = CodecContext()
            context.isSalvaging = true
            let found = try Image(decoding: bytes, as: JP2Plugin.codestream, context: context)
            var expected = image.bytes
            for index in expected.indices {
                let (x, y) = (index / 3 % 24, index / 3 / 24)
                if missing.contains(y / 8 * 3 + x / 8) { expected[index] = 0 }
            }
            #expect(found.bytes == expected)
            // Nothing is no picture.
            #expect(throws: ImageError.self) {
                try Image(decoding: head + end, as: JP2Plugin.codestream, context: context)
            }
        }

        /// Of the standard's own files one has tiles in turns (p0_10), one a marker without content
        /// (p0_02).
        @Test func `parts of tiles in turns, and markers without content, are read`() throws {
            let rgb = PixelLayout(.rgb, .uint8)
            let (stream, image) = try JP2File.lossless(16, 16, rgb, options: ["tile": "8"])
            let (head, parts, end) = Self.parts(of: stream)
            // An empty part of each tile follows all the others.
            let first = parts.map { part in part.replacing(at: 11, with: 2) }
            let second = parts.map { part -> [UInt8] in
                [0xFF, 0x90, 0, 10] + part[4..<6] + JP2File.word(14) + [1, 2, 0xFF, 0x93]
            }
            for middle in [[], [0xFF, 0x30, 0xFF, 0x3F]] as [[UInt8]] {
                let bytes = head + middle + first.joined() + second.joined() + end
                let found = try Image(decoding: bytes, as: JP2Plugin.codestream)
                #expect(found.bytes == image.bytes && found.header.losses.isEmpty)
            }
            // A part that is announced and not there is a loss, whatever the library makes of the rest.
            let bytes = head + first.joined() + second.dropLast().joined() + end
            let reader = try JP2Plugin.codestream.makeReader(
                source: MemorySource(bytes), context: CodecContext())
            #expect(
                reader.header.losses.map(\.description) == ["parts of a tile are missing"])
        }

        @Test
        func `a codestream is whole whatever is said of its box, and without its last marker`()
            throws
        {
            let rgb = PixelLayout(.rgb, .uint8)
            let (stream, image) = try JP2File.lossless(7, 5, rgb, options: ["tile": "4"])
            let bytes = JP2File(stream, [JP2File.color(16)]).bytes
            let start = bytes.count - stream.count - 8
            let said = bytes.replacing(at: start + 2, with: bytes[start + 2] + 1)
            let found = try Image(decoding: said, as: JP2Plugin.file)
            #expect(found.bytes == image.bytes)
            #expect(found.header.losses.map(\.description) == ["the end of the file is missing"])
            // Nor does it pass as it is into other files, which would not tell of that.
            for (file, isStream) in [(bytes, true), (said, false)] {
                let reader = try JP2Reader(
                    source: MemorySource(file), format: .jp2, context: CodecContext())
                #expect((reader.stream != nil) == isStream)
            }
            let log = WarningLog()
            let open = try Image(
                decoding: Array(stream.dropLast(2)), as: JP2Plugin.codestream,
                context: log.context())
            #expect(open.bytes == image.bytes)
            #expect(log.warnings == ["the marker of the end is missing"])
        }
    }
#endif
