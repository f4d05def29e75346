// Nothing where OpenEXR is not built in.
#if OpenEXR
    import FormatKit
    import TestSupport

    @testable import OpenEXRFormat

    /// A file made part by part, of which nothing is compressed.
    struct EXRHandmade {
        struct Channel {
            var name: String
            var kind = EXRChannel.Kind.half
            var columnStep = 1
            var rowStep = 1

            init(
                _ name: String, _ kind: EXRChannel.Kind = .half, columnStep: Int = 1,
                rowStep: Int = 1
            ) {
                (self.name, self.kind) = (name, kind)
                (self.columnStep, self.rowStep) = (columnStep, rowStep)
            }
        }

        struct Part {
            /// In the order of their names.
            var channels = [Channel("B"), Channel("G"), Channel("R")]
            /// Left, top, right, bottom.
            var window = [0, 0, 1, 0]
            var display: [Int]?
            /// Width, height, and the number of what levels there are.
            var tiles: [Int]?
            var compression = 0
            /// Name, type, content.
            var attributes: [(String, String, [UInt8])] = []
            /// Attributes that are not there.
            var missing: Set<String> = []
            /// What a channel has at a place of the window.
            var sample: @Sendable (String, Int, Int) -> Float = { name, x, y in
                let levels: [String: Float] = ["R": 1, "G": 2, "B": 3, "A": 0.5]
                return Float(x) + Float(y) / 4 + (levels[name] ?? 0)
            }

            /// Adds a text, a real, and any attribute.
            mutating func add(_ name: String, _ text: String) {
                attributes.append((name, "string", Array(text.utf8)))
            }
            mutating func add(_ name: String, _ real: Float) {
                attributes.append((name, "float", EXRHandmade.real(real)))
            }
            mutating func add(_ name: String, _ type: String, _ content: [UInt8]) {
                attributes.append((name, type, content))
            }

            var width: Int { window[2] - window[0] + 1 }
            var height: Int { window[3] - window[1] + 1 }
        }

        var parts = [Part()]
        var flags: UInt32 = 0
        /// Which of the chunks is written when; in the order of the table if left out.
        var order: [Int]?
        /// What the entries of tables are instead.
        var entries: [Int: Int] = [:]

        init(_ parts: Part..., flags: UInt32 = 0) {
            if !parts.isEmpty { self.parts = parts }
            self.flags = flags
            if parts.count > 1 { self.flags |= 0x1000 }
            if self.flags & 0x1000 == 0, self.parts[0].tiles != nil { self.flags |= 0x200 }
        }

        static func word(_ number: Int) -> [UInt8] { .bytes(number) }
        static func real(_ number: Float) -> [UInt8] { .bytes(number.bitPattern) }
        static func text(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

        private func header(_ part: Part) -> [UInt8] {
            var channels: [UInt8] = []
            for channel in part.channels {
                channels += Self.text(channel.name) + Self.word(channel.kind.rawValue)
                channels += [0, 0, 0, 0]
                channels += Self.word(channel.columnStep) + Self.word(channel.rowStep)
            }
            var attributes: [(String, String, [UInt8])] = [
                ("channels", "chlist", channels + [0]),
                ("compression", "compression", [UInt8(part.compression)]),
                ("dataWindow", "box2i", part.window.flatMap(Self.word)),
                ("displayWindow", "box2i", (part.display ?? part.window).flatMap(Self.word)),
                ("lineOrder", "lineOrder", [0]), ("pixelAspectRatio", "float", Self.real(1)),
                ("screenWindowCenter", "v2f", Self.real(0) + Self.real(0)),
                ("screenWindowWidth", "float", Self.real(1)),
            ]
            if let tiles = part.tiles {
                let content = Self.word(tiles[0]) + Self.word(tiles[1]) + [UInt8(tiles[2])]
                attributes.append(("tiles", "tiledesc", content))
            }
            let added = Set(part.attributes.map(\.0)).union(part.missing)
            attributes = attributes.filter { !added.contains($0.0) } + part.attributes
            var bytes: [UInt8] = []
            for (name, type, content) in attributes {
                bytes += Self.text(name) + Self.text(type)
                bytes += Self.word(content.count) + content
            }
            return bytes + [0]
        }

        /// The samples of an area, row by row, of each all channels.
        private func samples(_ part: Part, columns: Range<Int>, rows: Range<Int>) -> [UInt8] {
            var bytes: [UInt8] = []
            for y in rows {
                for channel in part.channels where y % max(1, channel.rowStep) == 0 {
                    for x in columns where x % max(1, channel.columnStep) == 0 {
                        let sample = part.sample(channel.name, x, y)
                        switch channel.kind {
                        case .half: bytes += Self.word(Int(Float16(sample).bitPattern)).prefix(2)
                        case .float: bytes += Self.real(sample)
                        case .uint: bytes += Self.word(Int(sample))
                        }
                    }
                }
            }
            return bytes
        }

        /// The chunks of a part: their places, and what they hold.
        private func chunks(_ part: Part) -> [(place: [Int], samples: [UInt8])] {
            let (left, top) = (part.window[0], part.window[1])
            guard let tiles = part.tiles else {
                return (top...part.window[3]).map { y in
                    ([y], samples(part, columns: left..<part.window[2] + 1, rows: y..<y + 1))
                }
            }
            var chunks: [(place: [Int], samples: [UInt8])] = []
            var (width, height, level) = (part.width, part.height, 0)
            while true {
                for row in 0...(height - 1) / tiles[1] {
                    for column in 0...(width - 1) / tiles[0] {
                        let columns = column * tiles[0]..<min(width, (column + 1) * tiles[0])
                        let rows = row * tiles[1]..<min(height, (row + 1) * tiles[1])
                        chunks.append(
                            (
                                [column, row, level, level],
                                samples(
                                    part,
                                    columns: columns.lowerBound + left..<columns.upperBound + left,
                                    rows: rows.lowerBound + top..<rows.upperBound + top)
                            ))
                    }
                }
                if tiles[2] == 0 || (width == 1 && height == 1) { return chunks }
                (width, height, level) = (max(1, width / 2), max(1, height / 2), level + 1)
            }
        }

        var bytes: [UInt8] {
            var head = EXRFile.mark + Self.word(Int(2 | flags))
            for part in parts { head += header(part) }
            if flags & 0x1000 != 0 { head.append(0) }
            let isNumbered = flags & 0x1000 != 0
            let chunks = parts.enumerated().flatMap { index, part in
                self.chunks(part).map { chunk in
                    ((isNumbered ? [index] : []) + chunk.place + [chunk.samples.count])
                        .flatMap(Self.word) + chunk.samples
                }
            }
            var places = [Int](repeating: 0, count: chunks.count)
            var content: [UInt8] = []
            for number in order ?? Array(chunks.indices) {
                places[number] = head.count + 8 * chunks.count + content.count
                content += chunks[number]
            }
            for (number, place) in entries { places[number] = place }
            let table = places.flatMap { Self.word($0) + Self.word($0 >> 32) }
            return head + table + content
        }

        func decoded(_ context: CodecContext = CodecContext()) throws -> Image {
            try Image(decoding: bytes, as: EXRPlugin(), context: context)
        }
    }

    extension Image {
        /// Samples that are reals.
        var samples: [Float] {
            stride(from: 0, to: bytes.count, by: 4).map { start in
                Float(
                    bitPattern: bytes[start..<start + 4].reversed().reduce(0) {
                        $0 << 8 | UInt32($1)
                    })
            }
        }

        /// A picture of reals.
        init(
            _ width: Int, _ height: Int, _ samples: [Float],
            _ layout: PixelLayout = PixelLayout(.rgb, .float32), bits: Int = 32,
            metadata: ImageMetadata = ImageMetadata()
        ) {
            self.init(
                header: ImageHeader(
                    size: ImageSize(width: width, height: height), layout: layout,
                    significantBits: bits, metadata: metadata),
                bytes: samples.flatMap { [UInt8].bytes($0.bitPattern) })
        }

        /// A picture of light, smooth in one half and noisy in the other, that halves hold.
        static func light(
            _ width: Int, _ height: Int, _ layout: PixelLayout = PixelLayout(.rgb, .float32),
            bits: Int = 16, seed: UInt64 = 1
        ) -> Image {
            var random = SplitMix64(seed: seed)
            let count = layout.channelCount
            let samples = (0..<width * height * count).map { index -> Float in
                let (x, y) = (index / count % width, index / count / width)
                if index % count == 3 || (count == 2 && index % 2 == 1) {
                    return Float(x % 5) / 4
                }
                let real =
                    x < width / 2
                    ? Float(x + y + index % count) / 64
                    : Float.random(in: -1...8, using: &random)
                return bits == 16 ? Float(Float16(real)) : real
            }
            return Image(width, height, samples, layout, bits: bits)
        }
    }
#endif
