import FormatKit
import TestSupport
import Testing

@testable import GIFFormat

/// Files by hand, against pixels worked out by hand.
@Suite struct GIFReadingTests {
    /// From "What's in a GIF" (Matthew Flickinger), whose pixels are told there.
    private static let sample: [UInt8] = [
        0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0x0A, 0x00, 0x0A, 0x00, 0x91, 0x00, 0x00, 0xFF, 0xFF,
        0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0x00, 0x00, 0x00, 0x21, 0xF9, 0x04, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x2C, 0x00, 0x00, 0x00, 0x00, 0x0A, 0x00, 0x0A, 0x00, 0x00, 0x02, 0x16,
        0x8C, 0x2D, 0x99, 0x87, 0x2A, 0x1C, 0xDC, 0x33, 0xA0, 0x02, 0x75, 0xEC, 0x95, 0xFA, 0xA8,
        0xDE, 0x60, 0x8C, 0x04, 0x91, 0x4C, 0x01, 0x00, 0x3B,
    ]

    @Test func `reads a file of the literature`() throws {
        let image = try Image(decoding: Self.sample, as: GIFPlugin())
        let rows = [
            "rrrrrbbbbb", "rrrrrbbbbb", "rrrrrbbbbb", "rrrwwwwbbb", "rrrwwwwbbb", "bbbwwwwrrr",
            "bbbwwwwrrr", "bbbbbrrrrr", "bbbbbrrrrr", "bbbbbrrrrr",
        ]
        #expect(image.letters == rows.joined())
        #expect(image.header.layout == PixelLayout(.rgb, .uint8))
        #expect(image.header.animation == nil && image.header.losses.isEmpty)
        guard case .palette(let palette)? = image.header.storage else {
            Issue.record("it has a palette")
            return
        }
        #expect(palette.colors.count == 4 && palette.indexBitCount == 2)
    }

    @Test func `what is not covered or transparent is transparent`() throws {
        let frame = GIFFile(3, 2).control(transparent: 2).frame([0, 2], 2, at: (1, 0))
        let image = try frame.decoded()
        #expect(image.header.layout == PixelLayout(.rgb, .uint8, alpha: .straight))
        #expect(image.letters == ".r....")
        let bare = try GIFFile(2, 1).frame([1], 1).decoded()
        #expect(bare.letters == "g.")
    }

    @Test func `rows in four passes are put in order`() throws {
        // Rows 0, 8, then 4, then 2, 6, then 1, 3, 5, 7, 9.
        let image = try GIFFile(1, 10).frame(
            [0, 0, 1, 2, 2, 3, 3, 3, 3, 3], 1, isInterlaced: true
        ).decoded()
        #expect(image.letters == "rwbwgwbwrw")
    }

    @Test func `a frame has colors of its own`() throws {
        let file = GIFFile(1, 1, nil).frame([1], 1, colors: [[1, 2, 3], [4, 5, 6]])
        #expect(try file.decoded().bytes == [4, 5, 6])
    }

    @Test func `grays are delivered as grays`() throws {
        let image = try GIFFile(4, 1, GIFFile.grays).frame([3, 0, 2, 1], 4).decoded()
        #expect(image.header.layout == PixelLayout(.gray, .uint8))
        #expect(image.bytes == [255, 0, 170, 85])
        #expect(image.header.storage == .packedGray(bitCount: 2))
        #expect(image.header.significantBits == 2)
    }

    /// A canvas of three pixels, of which the second frame changes the middle.
    private func animation(disposal: UInt8, transparent: UInt8? = nil) -> GIFFile {
        GIFFile(3, 1).control(1, delay: 3).frame([0, 1, 2], 3)
            .control(disposal, delay: 5, transparent: transparent).frame([3], 1, at: (1, 0))
            .control(delay: 70).frame([3], 1, at: (2, 0))
    }

    @Test(
        arguments: [
            (0, "rwb", "rww"), (1, "rwb", "rww"), (2, "rwb", "r.w"), (3, "rwb", "rgw"),
            (4, "rwb", "rgw"), (7, "rwb", "rww"),
        ] as [(UInt8, String, String)])
    func `a frame stays, is cleared, or gives back what was there`(
        disposal: UInt8, second: String, third: String
    ) throws {
        let file = animation(disposal: disposal)
        let expected = ["rgb", second, third]
        #expect(try file.frames().map(\.letters) == expected)
        // In any order, and again.
        let reader = try GIFPlugin().openPages(file.complete)
        for index in [2, 0, 1, 1, 2, 0] {
            try reader.selectPage(index)
            #expect(try Image(reading: reader).letters == expected[index])
        }
        #expect(reader.header.layout.hasAlpha == (disposal == 2))
    }

    @Test func `the first frame gives back nothing`() throws {
        let file = GIFFile(2, 1).control(3).frame([0, 1], 2).control().frame([2], 1)
        #expect(try file.frames().map(\.letters) == ["rg", "b."])
    }

    @Test func `what is transparent shows what was there`() throws {
        let file = animation(disposal: 1, transparent: 3)
        #expect(try file.frames().map(\.letters) == ["rgb", "rgb", "rgw"])
        #expect(try file.frames().allSatisfy { !$0.header.layout.hasAlpha })
    }

    @Test func `durations are hundredths of a second`() throws {
        let durations = try animation(disposal: 0).frames().map(\.header.animation?.duration)
        #expect(durations == [30, 50, 700].map { FrameDuration(milliseconds: $0) })
    }

    @Test(arguments: [(nil, 1), (0, 0), (1, 2), (65_535, 65_536)] as [(Int?, Int)])
    func `an animation is shown once, and again as often as it says`(
        repetitions: Int?, count: Int
    ) throws {
        var file = GIFFile(1, 1)
        if let repetitions { file = file.loops(repetitions) }
        let frames = try file.frame([0], 1).frame([1], 1).frames()
        #expect(frames.map(\.header.animation?.loopCount) == [count, count])
    }

    @Test func `what lies outside of the canvas is left out with a word`() throws {
        let image = try GIFFile(2, 2).frame([0, 1, 2, 3, 0, 1], 3, at: (1, 1)).decoded()
        #expect(image.letters == "...r")
        #expect(
            image.header.losses == [.picture("what lies outside of the canvas is left out")])
        let far = try GIFFile(2, 1).frame([0], 1).frame([1], 1, at: (65_535, 65_535)).frames()
        #expect(far.map(\.letters) == ["r.", "r."])
    }

    @Test func `a canvas without a size has that of the first frame`() throws {
        let image = try GIFFile(0, 0).frame([0, 1], 2, at: (1, 1)).decoded()
        #expect(image.header.size == ImageSize(width: 3, height: 2))
        #expect(image.letters == "....rg")
    }

    @Test func `comments are texts, in UTF-8 or Latin-1`() throws {
        let image = try GIFFile(1, 1)
            .adding([0x21, 0xFE] + GIFFile.blocks(Array("größer".utf8)))
            .frame([0], 1)
            .adding([0x21, 0xFE] + GIFFile.blocks([0x67, 0x72, 0xF6]))
            .adding([0x21, 0xFE, 0]).decoded()
        #expect(
            image.header.metadata.texts
                == [TextEntry("Comment", "größer"), TextEntry("Comment", "grö")])
    }

    @Test func `an XMP packet is found, and one in blocks, too`() throws {
        let packet = Array("<x:xmpmeta xmlns:x='adobe:ns:meta/'></x:xmpmeta>".utf8)
        let trailer = [1] + (0...255).reversed().map { UInt8($0) } + [0]
        for content in [packet + trailer, GIFFile.blocks(packet)] {
            let file = GIFFile(1, 1).program("XMP DataXMP", content).frame([3], 1)
            let image = try file.decoded()
            #expect(image.header.metadata.xmp == packet)
            #expect(image.letters == "w")
        }
    }

    @Test func `a profile has to be one for such pixels`() throws {
        func header(_ model: String, _ colors: GIFFile.Colors) throws -> ImageHeader {
            let profile = GIFFile.blocks(SampleProfile.icc(model))
            return try GIFFile(1, 1, colors).program("ICCRGBG1012", profile)
                .frame([3], 1).decoded().header
        }
        #expect(try header("RGB ", GIFFile.colors).metadata.icc == SampleProfile.icc("RGB "))
        #expect(try header("GRAY", GIFFile.grays).metadata.icc == SampleProfile.icc("GRAY"))
        #expect(try header("GRAY", GIFFile.grays).layout.model == .gray)
        #expect(try header("RGB ", GIFFile.grays).layout.model == .rgb)
        let wrong = try header("GRAY", GIFFile.colors)
        #expect(wrong.metadata.icc == nil && wrong.losses.map(\.name) == ["icc"])
    }

    @Test func `the shape of a pixel is a resolution`() throws {
        #expect(
            try GIFFile(1, 1, shape: 49).frame([0], 1).decoded().header.metadata.resolution == nil)
        let image = try GIFFile(1, 1, shape: 113).frame([0], 1).decoded()
        // Twice as wide as high.
        #expect(
            image.header.metadata.resolution
                == Resolution(horizontal: 64, vertical: 128, unit: .none))
    }

    @Test func `what is not known is lost with a word`() throws {
        let image = try GIFFile(1, 1)
            .program("MGK8BIM0000", GIFFile.blocks([1, 2])).adding([0x21, 0x77, 1, 9, 0])
            .adding([0x21, 0x01, 1, 9, 0]).frame([0], 1).decoded()
        #expect(
            image.header.losses == [
                .part(of: .formatBlocks, "the application extension MGK8BIM0000 is left out"),
                .part(of: .formatBlocks, "the extension 119 is left out"),
                .picture("text that is to be drawn by the viewer is left out"),
            ])
        let waiting = try GIFFile(1, 1).control(flags: 2).frame([0], 1).frame([0], 1).decoded()
        #expect(waiting.header.losses.map(\.name) == ["animation"])
    }

    @Test(arguments: [("gamma=0.45455", 0), ("gamma=1", 1)])
    func `a gamma like that of all files says nothing`(text: String, lossCount: Int) throws {
        let file = GIFFile(1, 1).program("ImageMagick", GIFFile.blocks(Array(text.utf8)))
        #expect(try file.frame([0], 1).decoded().header.losses.count == lossCount)
    }

    @Test func `is found by its content`() throws {
        let registry = try FormatRegistry([GIFPlugin()])
        for head in ["GIF87a", "GIF89a"] {
            #expect(registry.plugin(identifying: Array(head.utf8))?.descriptor.id == .gif)
        }
        #expect(registry.plugin(identifying: Array("GIF88a".utf8)) == nil)
    }
}
