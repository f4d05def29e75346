// Nothing where OpenEXR is not built in.
#if OpenEXR
    import FormatKit
    import TestSupport
    import Testing

    @testable import OpenEXRFormat

    @Suite(.enabled(if: EXRPlugin.libraryVersion != nil, "OpenEXR is not there"))
    struct EXRReadingTests {
        typealias Part = EXRHandmade.Part
        typealias Channel = EXRHandmade.Channel

        /// What the samples of a part are to become: red, green, blue, as far as they are there.
        private func expected(_ part: Part, _ names: [String]) -> [Float] {
            (part.window[1]...part.window[3]).flatMap { y in
                (part.window[0]...part.window[2]).flatMap { x in
                    names.map { part.sample($0, x, y) }
                }
            }
        }

        @Test(arguments: [EXRChannel.Kind.half, .float])
        func `reals of both kinds are delivered`(kind: EXRChannel.Kind) throws {
            var part = Part()
            part.channels = ["B", "G", "R"].map { Channel($0, kind) }
            part.window = [0, 0, 6, 4]
            let image = try EXRHandmade(part).decoded()
            #expect(image.header.layout == PixelLayout(.rgb, .float32))
            #expect(image.header.significantBits == (kind == .half ? 16 : 32))
            #expect(image.samples == expected(part, ["R", "G", "B"]))
            #expect(image.header.metadata.gamma == 1 && image.header.losses.isEmpty)
        }

        @Test func `all halves are what they are`() throws {
            var part = Part()
            part.channels = [Channel("Y")]
            part.window = [0, 0, 255, 255]
            part.sample = { Float(Float16(bitPattern: UInt16($1 + 256 * $2))) }
            let samples = try EXRHandmade(part).decoded().samples
            for (index, sample) in samples.enumerated() {
                let half = Float(Float16(bitPattern: UInt16(index)))
                #expect(sample == half || sample.isNaN && half.isNaN, "\(index)")
            }
        }

        @Test func `whole numbers are reals, of which the largest lose bits`() throws {
            var part = Part()
            part.channels = [Channel("Y", .uint)]
            part.sample = { _, x, _ in [3, 16_777_216][x] }
            let image = try EXRHandmade(part).decoded()
            #expect(image.samples == [3, 16_777_216])
            #expect(image.header.losses == [.bitDepth(from: 32, to: 24)])
        }

        @Test(
            arguments: [
                (["Y"], PixelLayout(.gray, .float32)),
                (["A", "Y"], PixelLayout(.gray, .float32, alpha: .premultiplied)),
                (["A", "B", "G", "R"], PixelLayout(.rgb, .float32, alpha: .premultiplied)),
                (["R"], PixelLayout(.rgb, .float32)),
            ])
        func `channels are a picture`(names: [String], layout: PixelLayout) throws {
            var part = Part()
            part.channels = names.map { Channel($0) }
            let log = WarningLog()
            let image = try EXRHandmade(part).decoded(log.context())
            #expect(image.header.layout == layout)
            let order =
                (layout.model == .gray ? ["Y"] : ["R", "G", "B"])
                + (layout.hasAlpha ? ["A"] : [])
            let there = Set(names)
            let samples = expected(part, order).enumerated().map { index, sample in
                there.contains(order[index % order.count]) ? sample : 0
            }
            #expect(image.samples == samples)
            #expect(
                log.warnings
                    == (names == ["R"] ? ["the channels G and B are taken to be 0"] : []))
        }

        @Test func `other channels are named`() throws {
            var part = Part()
            part.channels =
                ["B", "G", "R", "Z", "diffuse.B", "diffuse.G"].map { Channel($0, .float) }
            let image = try EXRHandmade(part).decoded()
            #expect(image.samples == expected(part, ["R", "G", "B"]))
            #expect(
                image.header.losses.map(\.description) == [
                    "the channels Z, diffuse.B and diffuse.G are left out"
                ])
            part.channels = [Channel("Z", .float)]
            #expect(throws: ImageError.unsupported(.exr, "no channels R, G, B or Y, but Z")) {
                try EXRHandmade(part).decoded()
            }
        }

        /// A renderer may give every picture of a part a layer.
        @Test(arguments: [
            (["Z", "b.A", "b.B", "b.G", "b.R", "d.B", "d.G", "d.R"], "b", ["R", "G", "B", "A"]),
            (["N.X", "x.left.B", "x.left.G", "x.left.R"], "x.left", ["R", "G", "B"]),
            (["A", "b.Z", "c.Y"], "c", ["Y"]),
            (["ao.R", "r.B", "r.G", "r.R"], "r", ["R", "G", "B"]),
        ])
        func `the first layer with colors is the picture where no others are`(
            channels: [String], layer: String, names: [String]
        ) throws {
            var part = Part()
            part.channels = channels.map { Channel($0, .float) }
            part.sample = { name, x, y in
                Float(channels.firstIndex(of: name) ?? -100) + Float(x) / 4 + Float(y) / 8
            }
            let image = try EXRHandmade(part).decoded()
            #expect(image.samples == expected(part, names.map { "\(layer).\($0)" }))
            let losses = image.header.losses.map(\.description)
            let used = Set(names.map { "\(layer).\($0)" })
            #expect(losses.contains { $0.contains("the layer, \"\(layer)\"") }, "\(losses)")
            for name in channels where !used.contains(name) {
                #expect(losses[0].contains(name), "\(losses)")
            }
            #expect(!used.contains { losses[0].contains($0) })
        }

        @Test(
            arguments: [
                [0, 0, 3, 2], [-5, -7, -1, 4], [-1_073_741_822, 5, -1_073_741_818, 6],
                [1_073_741_819, 1_073_741_820, 1_073_741_822, 1_073_741_822],
            ])
        func `windows lie anywhere`(window: [Int]) throws {
            var part = Part()
            part.window = window
            part.channels = [Channel("Y", .float)]
            part.sample = { Float(($1 - window[0]) + 10 * ($2 - window[1])) }
            part.display = [-2, -2, 9, 9]
            let image = try EXRHandmade(part).decoded()
            #expect(image.header.size == ImageSize(width: part.width, height: part.height))
            #expect(image.samples == expected(part, ["Y"]))
            #expect(image.header.details.contains { $0.name == "data_window" })
            // They are kept in such files, and nowhere else.
            let copy = try image.encoded(by: EXRPlugin())
            let found = try Image(decoding: copy, as: EXRPlugin())
            #expect(found.bytes == image.bytes)
            #expect(found.header.metadata == image.header.metadata)
        }

        @Test func `chunks lie in any order`() throws {
            var file = EXRHandmade()
            file.parts[0].window = [0, 0, 4, 5]
            file.order = [5, 4, 3, 2, 1, 0]
            #expect(try file.decoded().samples == expected(file.parts[0], ["R", "G", "B"]))
        }

        @Test(arguments: [[4, 4, 0], [100, 100, 0], [1, 3, 0], [4, 4, 1], [5, 2, 1]])
        func `tiles are put together, and smaller pictures told of`(tiles: [Int]) throws {
            var part = Part()
            part.window = [-3, 2, 7, 9]
            part.tiles = tiles
            let log = WarningLog()
            let image = try EXRHandmade(part).decoded(log.context())
            #expect(image.samples == expected(part, ["R", "G", "B"]))
            // 11 x 8, 5 x 4, 2 x 2, 1 x 1.
            #expect(
                log.warnings
                    == (tiles[2] == 0 ? [] : ["3 reduced copies of the picture are left out"]))
        }

        @Test(
            arguments: [
                ([0], 12, 8, 1), ([1], 12, 8, 4), ([0x11], 12, 9, 5), ([2], 12, 8, 16),
            ] as [([UInt8], Int, Int, Int)])
        func `levels are counted`(mode: [UInt8], width: Int, height: Int, pictures: Int) throws {
            let bytes = EXRHandmade.word(4) + EXRHandmade.word(4) + mode
            let tiles = try #require(EXRTiles(bytes))
            let size = ImageSize(width: width, height: height)
            #expect(tiles.smallerCount(size) + 1 == pictures)
            // 3 x 2, 2 x 1, 1, 1; rounded up 3 x 3, 2 x 2, 1, 1, 1; sums of both sides.
            let counts: [UInt8: Int] = [0: 6, 1: 10, 0x11: 16, 2: 7 * 5]
            #expect(tiles.count(size) == counts[mode[0]])
        }

        @Test func `parts are pages`() throws {
            var (first, second) = (Part(), Part())
            first.add("name", "left")
            first.add("type", "scanlineimage")
            first.add("chunkCount", "int", EXRHandmade.word(1))
            second.window = [2, 2, 6, 6]
            second.tiles = [4, 4, 0]
            second.channels = [Channel("Y", .float)]
            second.add("name", "right")
            second.add("type", "tiledimage")
            second.add("chunkCount", "int", EXRHandmade.word(4))
            let pages = try [Image](decoding: EXRHandmade(first, second).bytes, as: EXRPlugin())
            #expect(pages.map(\.header.frameCount) == [2, 2])
            #expect(pages[0].samples == expected(first, ["R", "G", "B"]))
            #expect(pages[1].samples == expected(second, ["Y"]))
            #expect(pages[1].header.details.first == ImageDetail("part", .text("right")))
        }

        @Test func `luminance and chroma become colors`() throws {
            var part = Part()
            part.window = [-2, 4, 3, 9]
            part.channels = [
                Channel("A", .float), Channel("BY", .float, columnStep: 2, rowStep: 2),
                Channel("RY", .float, columnStep: 2, rowStep: 2), Channel("Y", .float),
            ]
            // One hue everywhere, so that means are what they are means of.
            let color: [Float] = [0.5, 0.25, 0.125]
            let luminance: Float = 0.2126 * 0.5 + 0.7152 * 0.25 + 0.0722 * 0.125
            let (red, blue) = (color[0] / luminance - 1, color[2] / luminance - 1)
            part.sample = { name, x, row in
                switch name {
                case "A": 1
                case "RY": red
                case "BY": blue
                default: luminance * Float(x + 10 * row)
                }
            }
            let image = try EXRHandmade(part).decoded()
            #expect(image.header.layout == PixelLayout(.rgb, .float32, alpha: .premultiplied))
            for (index, sample) in image.samples.enumerated() {
                let (x, row) = (index / 4 % 6 - 2, index / 24 + 4)
                let scale = Float(x + 10 * row)
                let value: Float = index % 4 == 3 ? 1 : color[index % 4] * scale
                #expect(abs(sample - value) <= abs(value) * 0.001, "\(index)")
            }
        }

        @Test func `chroma is the mean of its neighbors`() throws {
            var part = Part()
            part.window = [0, 0, 3, 3]
            part.channels = [
                Channel("BY", .float, columnStep: 2, rowStep: 2),
                Channel("RY", .float, columnStep: 2, rowStep: 2), Channel("Y", .float),
            ]
            part.sample = { name, x, y in
                switch name {
                case "RY": Float(x + 10 * y)
                case "BY": 0
                default: 1
                }
            }
            let samples = try EXRHandmade(part).decoded().samples
            let red = stride(from: 0, to: samples.count, by: 3).map { samples[$0] - 1 }
            // The last column and row have no neighbor behind them.
            let columns: [Float] = [0, 1, 2, 2]
            let rows: [Float] = [0, 10, 20, 20]
            let expected = rows.flatMap { row in columns.map { column in column + row } }
            #expect(red == expected)
        }

        @Test func `weights are those of the primaries`() {
            let weights = EXRChroma(.sRGB).weights
            #expect(abs(weights.red - 0.2126) < 1e-4 && abs(weights.green - 0.7152) < 1e-4)
            let odd = Chromaticity(0, 0)
            let none = EXRChroma(Chromaticities(white: odd, red: odd, green: odd, blue: odd))
            #expect(none.weights.green == 0.7152)
        }

        @Test func `what attributes say is carried, told or named`() throws {
            var file = EXRHandmade()
            file.parts[0].add("comments", "made by hand")
            file.parts[0].add("owner", "me")
            file.parts[0].add("Software", "mine")
            file.parts[0].add("capDate", "2026:12:01 20:00:00")
            file.parts[0].add("xmp", "<x/>")
            file.parts[0].add("xDensity", 72)
            file.parts[0].add("pixelAspectRatio", 2)
            file.parts[0].add("whiteLuminance", 120)
            file.parts[0].add("isoSpeed", 100)
            file.parts[0].add("worldToNDC", "m44f", [1, 2, 3])
            file.parts[0].add("screenWindowWidth", 2)
            file.parts[0].add("preview", "preview", [1, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4])
            let points: [Float] = [0.708, 0.292, 0.17, 0.797, 0.131, 0.046, 0.3127, 0.329]
            file.parts[0].add(
                "chromaticities", "chromaticities", points.flatMap(EXRHandmade.real))
            let log = WarningLog()
            let header = try file.decoded(log.context()).header
            let metadata = header.metadata
            #expect(
                metadata.texts == [
                    TextEntry("Comment", "made by hand"), TextEntry("Copyright", "me"),
                    TextEntry("Software", "mine"),
                    TextEntry("Creation Time", "2026:12:01 20:00:00"),
                ])
            #expect(metadata.xmp == Array("<x/>".utf8))
            #expect(metadata.resolution == Resolution(horizontal: 72, vertical: 144, unit: .inch))
            #expect(metadata.chromaticities?.green == Chromaticity(0.17, 0.797))
            #expect(metadata.chromaticities?.white == Chromaticity(0.3127, 0.329))
            #expect(metadata.blocks.map(\.name) == ["whiteLuminance"])
            #expect(header.details.contains(ImageDetail("white_luminance", .real(120))))
            #expect(
                header.losses.map(\.description) == [
                    "the attributes isoSpeed, worldToNDC and screenWindowWidth are left out"
                ])
            #expect(log.warnings == ["a reduced copy of the picture is left out"])
        }

        @Test func `the shape of pixels alone is a resolution without a unit`() throws {
            var file = EXRHandmade()
            file.parts[0].attributes = [("pixelAspectRatio", "float", EXRHandmade.real(0.5))]
            #expect(
                try file.decoded().header.metadata.resolution
                    == Resolution(horizontal: 1, vertical: 0.5, unit: .none))
        }

        @Test func `what follows the chunks is told`() throws {
            let log = WarningLog()
            let bytes = EXRHandmade().bytes + [1, 2, 3]
            _ = try Image(decoding: bytes, as: EXRPlugin(), context: log.context())
            #expect(log.warnings == ["3 bytes after the end of the image are ignored"])
        }
    }
#endif
