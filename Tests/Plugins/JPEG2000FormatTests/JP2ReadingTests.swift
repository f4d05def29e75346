// Nothing where JPEG 2000 is not built in.
#if JPEG2000
    import FormatKit
    import TestSupport
    import Testing

    @testable import JPEG2000Format

    /// Files made by hand around codestreams.
    @Suite(.enabled(if: JP2Plugin.libraryVersion != nil, "OpenJPEG is not there"))
    struct JP2ReadingTests {
        private static let gray8 = PixelLayout(.gray, .uint8)
        private static let rgb8 = PixelLayout(.rgb, .uint8)

        @Test func `a palette is looked up`() throws {
            let (stream, places) = try JP2File.lossless(8, 6, Self.gray8, bits: 2)
            let colors: [UInt8] = [0, 0, 0, 255, 0, 0, 0, 255, 0, 10, 20, 30]
            let palette: JP2File.Box = ("pclr", [0, 4, 3, 7, 7, 7] + colors)
            let mapping: JP2File.Box = ("cmap", [0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 2])
            let image = try JP2File(stream, [JP2File.color(16), palette, mapping]).decoded()
            #expect(image.header.layout == Self.rgb8)
            #expect(image.bytes == places.bytes.flatMap { colors[(Int($0) / 85 * 3)...].prefix(3) })
            let table = (0..<4).map {
                RGBAColor(
                    red: colors[3 * $0], green: colors[3 * $0 + 1], blue: colors[3 * $0 + 2],
                    alpha: 255)
            }
            #expect(image.header.storage == .palette(Palette(table, indexBitCount: 2)))
            // Three channels of one component, of which nothing is said.
            #expect(try JP2File(stream, [palette, mapping]).decoded().bytes == image.bytes)
        }

        @Test func `a place beyond the palette is a loss, once`() throws {
            let (stream, places) = try JP2File.lossless(90, 70, Self.gray8, bits: 2)
            let colors: [UInt8] = [0, 0, 0, 255, 0, 0, 10, 20, 30]
            let palette: JP2File.Box = ("pclr", [0, 3, 3, 7, 7, 7] + colors)
            let mapping: JP2File.Box = ("cmap", [0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 2])
            let log = WarningLog()
            let image = try JP2File(stream, [JP2File.color(16), palette, mapping])
                .decoded(log.context())
            let seen = places.bytes.flatMap { colors[(min(Int($0) / 85, 2) * 3)...].prefix(3) }
            let isSeen = image.bytes == seen
            #expect(isSeen)
            #expect(
                log.warnings == ["pixels have a color beyond the palette's 3, and get its last"])
        }

        /// As files of some programs have it (issue 235 of OpenJPEG).
        @Test func `columns of the palette that no channel has are taken in order`() throws {
            let (stream, places) = try JP2File.lossless(8, 6, Self.gray8, bits: 2)
            let colors: [UInt8] = [0, 0, 0, 255, 0, 0, 0, 255, 0, 10, 20, 30]
            let palette: JP2File.Box = ("pclr", [0, 4, 3, 7, 7, 7] + colors)
            let mapping: JP2File.Box = ("cmap", [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0])
            let image = try JP2File(stream, [JP2File.color(16), palette, mapping]).decoded()
            #expect(image.bytes == places.bytes.flatMap { colors[(Int($0) / 85 * 3)...].prefix(3) })
            #expect(
                image.header.losses.map(\.description)
                    == ["the columns of the palette that no channel has are taken in order"])
        }

        @Test func `a palette of 12 bits has 16`() throws {
            let (stream, places) = try JP2File.lossless(8, 6, Self.gray8, bits: 1)
            let palette: JP2File.Box = ("pclr", [0, 2, 1, 11, 0x0F, 0xFF, 0, 0])
            let image = try JP2File(
                stream, [JP2File.color(17), palette, ("cmap", [0, 0, 1, 0])]
            ).decoded()
            #expect(image.header.layout == PixelLayout(.gray, .uint16))
            #expect(image.header.significantBits == 12 && image.header.storage == nil)
            #expect(image.numbers == places.bytes.map { $0 == 0 ? 65_535 : 0 })
        }

        @Test func `channels have the order that is told`() throws {
            let (stream, image) = try JP2File.lossless(
                7, 5, PixelLayout(.rgb, .uint8, alpha: .straight))
            let order = JP2File.definitions([(0, 1, 0), (1, 0, 3), (2, 0, 2), (3, 0, 1)])
            let found = try JP2File(stream, [JP2File.color(16), order]).decoded()
            #expect(found.header.layout == image.header.layout)
            let expected = stride(from: 0, to: image.bytes.count, by: 4).flatMap { pixel in
                [3, 2, 1, 0].map { image.bytes[pixel + $0] }
            }
            #expect(found.bytes == expected)
        }

        @Test func `premultiplied opacity is called so`() throws {
            let (stream, image) = try JP2File.lossless(
                7, 5, PixelLayout(.gray, .uint8, alpha: .premultiplied))
            let order = JP2File.definitions([(0, 0, 1), (1, 2, 0)])
            let found = try JP2File(stream, [JP2File.color(17), order]).decoded()
            #expect(found.header.layout.alpha == .premultiplied && found.bytes == image.bytes)
        }

        @Test func `a sample of which nothing is said may be alpha, and more are left out`() throws
        {
            let (stream, image) = try JP2File.lossless(
                7, 5, PixelLayout(.rgb, .uint8, alpha: .straight))
            let found = try JP2File(stream, [JP2File.color(16)]).decoded()
            #expect(found.header.form == .unspecifiedAlpha && found.bytes == image.bytes)
            let gray = try JP2File(stream, [JP2File.color(17)]).decoded()
            #expect(gray.header.layout == Self.gray8 && gray.header.losses == [.channels(3)])
            #expect(
                gray.bytes
                    == stride(from: 0, to: image.bytes.count, by: 4).map { image.bytes[$0] })
        }

        @Test func `luma and chroma become colors`() throws {
            let (stream, image) = try JP2File.lossless(8, 6, Self.rgb8, seed: 3)
            let found = try JP2File(stream, [JP2File.color(18)]).decoded()
            for pixel in stride(from: 0, to: image.bytes.count, by: 3) {
                let (y, cb, cr) = (
                    Double(image.bytes[pixel]), Double(image.bytes[pixel + 1]) - 128,
                    Double(image.bytes[pixel + 2]) - 128
                )
                let expected = [
                    y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb,
                ].map { UInt8(max(0, min(255, $0.rounded()))) }
                #expect(Array(found.bytes[pixel..<pixel + 3]) == expected)
            }
        }

        @Test func `CMYK and code points are read`() throws {
            let (stream, image) = try JP2File.lossless(7, 5, PixelLayout(.cmyk, .uint8))
            let found = try JP2File(stream, [JP2File.color(12)]).decoded()
            #expect(found.header.layout == image.header.layout && found.bytes == image.bytes)
            let (rgb, _) = try JP2File.lossless(7, 5, Self.rgb8)
            let box: JP2File.Box = ("colr", [5, 0, 0, 0, 12, 0, 13, 0, 0, 0x80])
            #expect(try JP2File(rgb, [box]).decoded().header.metadata.codePoints == .displayP3)
        }

        static let refused: [([JP2File.Box], ImageError)] = [
            ([JP2File.color(14)], .unsupported(.jp2, "the color space CIELab")),
            ([JP2File.color(77)], .unsupported(.jp2, "the color space number 77")),
            ([JP2File.color(12)], .malformed(.jp2, "3 channels of CMYK")),
            (
                [("pclr", [0, 0, 3, 7, 7, 7])],
                .malformed(.jp2, "a palette of 0 colors")
            ),
            (
                [("pclr", [0, 9, 3, 7, 7, 7, 1])],
                .malformed(.jp2, "a palette without all of its 9 colors")
            ),
            (
                [("pclr", [0, 1, 1, 0x87, 1])],
                .unsupported(.jp2, "a palette with signed colors or of more than 16 bits")
            ),
            (
                [("pclr", [0, 1, 1, 7, 1])],
                .malformed(.jp2, "a palette that no channel is looked up in")
            ),
            (
                [("pclr", [0, 1, 1, 7, 1]), ("cmap", [0, 9, 1, 0])],
                .malformed(.jp2, "a channel of what is not there")
            ),
        ]

        @Test(arguments: refused)
        func `says what it does not read`(boxes: [JP2File.Box], error: ImageError) throws {
            let (stream, _) = try JP2File.lossless(7, 5, Self.rgb8)
            #expect(throws: error) { try JP2File(stream, boxes).decoded() }
        }

        @Test(arguments: [
            [JP2File.color(16), JP2File.color(77)], [JP2File.color(77), JP2File.color(16)],
            [JP2File.color(16), JP2File.color(17), JP2File.color(77)],
        ])
        func `an account of colors beside the one that is taken is a loss`(
            boxes: [JP2File.Box]
        ) throws {
            let (stream, image) = try JP2File.lossless(7, 5, Self.rgb8)
            let found = try JP2File(stream, boxes).decoded()
            #expect(found.bytes == image.bytes)
            #expect(
                found.header.losses == [
                    .part(of: .icc, "a further description of the colors is left out")
                ])
        }

        /// The standard wants boxes with other methods ignored; a profile that is none is none.
        @Test(
            arguments: [
                (("colr", [4, 2, 1, 0, 0, 0, 0, 0]), "method 4"),
                (("colr", [2, 0, 0, 0]), "a short one"),
            ] as [(JP2File.Box, String)])
        func `an account of colors that readers are to ignore is a loss`(
            box: JP2File.Box, name: String
        ) throws {
            for layout in [Self.rgb8, PixelLayout(.gray, .uint8)] {
                let (stream, image) = try JP2File.lossless(7, 5, layout)
                for boxes in [[box], [box, JP2File.color(layout == Self.rgb8 ? 16 : 17)]] {
                    let found = try JP2File(stream, boxes).decoded()
                    #expect(found.bytes == image.bytes)
                    #expect(
                        found.header.losses.map(\.description)
                            == ["a description of the colors, \(name), is left out"])
                }
            }
        }

        @Test func `boxes that are not carried are named`() throws {
            let (stream, _) = try JP2File.lossless(7, 5, Self.rgb8)
            var file = JP2File(stream, [JP2File.color(16), JP2File.color(17)])
            file.before = [("asoc", [1]), ("uuid", [UInt8](repeating: 9, count: 20))]
            file.after = [("xml ", Array("<a/>".utf8)), ("jp2c", stream), ("free", [0])]
            #expect(
                try file.decoded().header.losses == [
                    .frames(1), .part(of: .icc, "a further description of the colors is left out"),
                    .part(of: .formatBlocks, "the boxes asoc, uuid and xml are left out"),
                ])
        }

        @Test func `a packet of XMP in a box for XML, and a density for display, are read`() throws
        {
            let (stream, _) = try JP2File.lossless(7, 5, Self.rgb8)
            let xmp = Array("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/>".utf8)
            var file = JP2File(stream, [JP2File.color(16)])
            let density = try #require(
                JP2Resolution.content(Resolution(horizontal: 72, vertical: 72, unit: .inch)))
            file.header.append(("res ", JP2File.box("resd", density)))
            file.before = [("xml ", xmp)]
            let header = try file.decoded().header
            #expect(header.metadata.xmp == xmp && header.losses.isEmpty)
            #expect(
                header.metadata.resolution == Resolution(horizontal: 72, vertical: 72, unit: .inch))
        }

        @Test func `a profile for other colors is not taken`() throws {
            let (stream, _) = try JP2File.lossless(7, 5, Self.gray8)
            var profile = [UInt8](repeating: 0, count: 128)
            profile.replaceSubrange(16..<20, with: Array("RGB ".utf8))
            profile.replaceSubrange(36..<40, with: Array("acsp".utf8))
            let header = try JP2File(stream, [("colr", [2, 0, 0] + profile)]).decoded().header
            #expect(header.metadata.icc == nil && header.losses == [.metadata(.icc)])
        }

        @Test func `files are found by their first bytes, whatever they are called`() throws {
            let registry = try FormatRegistry(JP2Plugin.all)
            let (stream, _) = try JP2File.lossless(7, 5, Self.gray8)
            let found = registry.plugin(identifying: stream, extensionHint: "jp2")
            #expect(found?.descriptor.id == .j2k)
            let file = registry.plugin(identifying: JP2File(stream).bytes, extensionHint: "jpf")
            #expect(file?.descriptor.id == .jp2)
            for name in ["jp2", "jpf", "jpx", "jph"] {
                #expect(registry.plugin(forExtension: name)?.descriptor.id == .jp2)
            }
            for name in ["j2k", "j2c", "jpc", "jhc"] {
                #expect(registry.plugin(forExtension: name)?.descriptor.id == .j2k)
            }
        }
    }
#endif
