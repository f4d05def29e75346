import FormatKit
import Testing

@Suite struct ConversionPlanTests {
    private let gray8 = PixelLayout(.gray, .uint8)
    private let gray16 = PixelLayout(.gray, .uint16)
    private let rgb8 = PixelLayout(.rgb, .uint8)
    private let rgb16 = PixelLayout(.rgb, .uint16)
    private let rgba8 = PixelLayout(.rgb, .uint8, alpha: .straight)

    private func plan(
        _ source: PixelLayout, to layouts: Set<PixelLayout>, significantBits: Int? = nil,
        frameCount: Int = 1, metadata: ImageMetadata = ImageMetadata()
    ) throws -> ConversionPlan {
        try ConversionPlan(
            converting: ImageHeader(
                size: ImageSize(width: 4, height: 3), layout: source,
                significantBits: significantBits, frameCount: frameCount, metadata: metadata),
            to: ToyFormat(layouts: layouts, metadata: [.icc]),
            settings: WriteSettings())
    }

    @Test func `a layout that can be stored is kept`() throws {
        let plan = try plan(rgb16, to: [gray8, rgb8, rgb16, rgba8])
        #expect(plan.target.layout == rgb16)
        #expect(plan.losses == [])
        #expect(plan.target.significantBits == 16)
    }

    @Test func `of lossless layouts the smallest is taken`() throws {
        #expect(try plan(gray8, to: [rgb16, rgb8, gray16]).target.layout == gray16)
        #expect(try plan(gray8, to: [rgb16, rgb8]).target.layout == rgb8)
    }

    @Test func `fewer bits are a loss, unless the file has no more`() throws {
        let plan = try plan(rgb16, to: [rgb8])
        #expect(plan.losses == [.bitDepth(from: 16, to: 8)])
        #expect(plan.target.significantBits == 8)
        #expect(try self.plan(rgb16, to: [rgb8], significantBits: 8).losses == [])
        #expect(
            try self.plan(gray16, to: [gray8], significantBits: 12).losses
                == [.bitDepth(from: 12, to: 8)])
    }

    @Test func `alpha and color are worth more than bits`() throws {
        let rgba16 = PixelLayout(.rgb, .uint16, alpha: .straight)
        #expect(try plan(rgba16, to: [rgb16, rgba8]).target.layout == rgba8)
        #expect(try plan(rgb16, to: [gray16, rgb8]).target.layout == rgb8)
        #expect(try plan(rgba8, to: [rgb8]).losses == [.alpha(.white)])
        #expect(try plan(rgb8, to: [gray8]).losses == [.color])
    }

    @Test func `reals and inks convert with a loss`() throws {
        let reals = PixelLayout(.rgb, .float32)
        let plan = try plan(reals, to: [rgb8, rgb16])
        #expect(plan.target.layout == rgb16 && plan.losses == [.range(bits: 16)])
        #expect(try self.plan(reals, to: [rgb8, reals]).losses == [])
        #expect(try self.plan(PixelLayout(.cmyk, .uint8), to: [rgb8]).losses == [.inks])
        #expect(
            try self.plan(PixelLayout(.cmyk, .uint8), to: [gray8]).losses == [.color, .inks])
    }

    @Test func `a file of more bits than any layout says so`() throws {
        #expect(
            try plan(rgb16, to: [rgb16], significantBits: 32).losses
                == [.bitDepth(from: 32, to: 16)])
    }

    @Test func `a depth is chosen`() throws {
        func plan(_ depth: Int, _ layouts: Set<PixelLayout>) throws -> ConversionPlan {
            try ConversionPlan(
                converting: ImageHeader(size: ImageSize(width: 4, height: 3), layout: rgb16),
                to: ToyFormat(layouts: layouts), settings: WriteSettings(),
                preferences: ConversionPreferences(depth: depth))
        }
        #expect(try plan(8, [rgb8, rgb16]).target.layout == rgb8)
        #expect(try plan(8, [rgb8, rgb16]).losses == [.bitDepth(from: 16, to: 8)])
        #expect(try plan(16, [rgb8, rgb16]).losses == [])
        #expect(
            throws: ImageError.invalidOption(
                name: "depth", reason: "toy stores no 16-bit samples")
        ) { try plan(16, [rgb8]) }
    }

    @Test func `compact storage survives unless samples change`() throws {
        let header = ImageHeader(
            size: ImageSize(width: 4, height: 3), layout: gray8,
            storage: .packedGray(bitCount: 2))
        func storage(_ layouts: Set<PixelLayout>) throws -> SampleStorage? {
            try ConversionPlan(
                converting: header, to: ToyFormat(layouts: layouts),
                settings: WriteSettings()
            ).target.storage
        }
        #expect(try storage([gray8]) == .packedGray(bitCount: 2))
        #expect(try storage([rgb8]) == nil)
    }

    @Test func `dividing by alpha is a loss`() throws {
        let premultiplied = PixelLayout(.rgb, .uint8, alpha: .premultiplied)
        #expect(try plan(premultiplied, to: [rgba8]).losses == [.premultiplication])
        #expect(try plan(premultiplied, to: [rgba8, premultiplied]).losses == [])
    }

    @Test func `several losses come in a fixed order`() throws {
        let metadata = ImageMetadata(
            icc: [1], exif: [2], xmp: [3],
            resolution: Resolution(horizontal: 2, vertical: 1, unit: .none), orientation: .left)
        let source = PixelLayout(.rgb, .uint16, alpha: .premultiplied)
        let plan = try plan(source, to: [gray8], frameCount: 3, metadata: metadata)
        #expect(
            plan.losses == [
                .bitDepth(from: 16, to: 8), .alpha(.white), .color, .metadata(.exif),
                .metadata(.xmp),
                .metadata(.resolution), .frames(2),
            ])
        // A picture that could not say how it is turned is turned.
        #expect(plan.isTurned && plan.target.size == ImageSize(width: 3, height: 4))
        #expect(plan.target.metadata == ImageMetadata(icc: [1]))
        #expect(plan.target.frameCount == 1)
    }

    @Test func `losses of readers and of writers are planned`() throws {
        let header = ImageHeader(
            size: ImageSize(width: 4, height: 3), layout: rgb8, losses: [.channels(2)])
        let plan = try ConversionPlan(
            converting: header,
            to: ToyFormat(furtherLosses: [.bitDepth(from: 8, to: 7)]),
            settings: WriteSettings())
        #expect(plan.losses == [.channels(2), .bitDepth(from: 8, to: 7)])
    }

    @Test func `what cannot be stored at all is refused`() {
        let toy = FormatID("toy")
        #expect(throws: ImageError.unstorable(toy, "no conversion from rgb uint8")) {
            try plan(rgb8, to: [PixelLayout(.cmyk, .uint8)])
        }
        let wide = ImageHeader(size: ImageSize(width: 256, height: 1), layout: gray8)
        #expect(throws: ImageError.tooLarge(toy, ImageSize(width: 256, height: 1), allowed: 255)) {
            try ConversionPlan(
                converting: wide, to: ToyFormat(), settings: WriteSettings())
        }
        #expect(throws: ImageError.unsupported(toy, "writing")) {
            try ConversionPlan(
                converting: wide, to: ToyFormat(canWrite: false),
                settings: WriteSettings())
        }
    }

    @Test func `lossless writing by a lossy format is refused`() {
        let header = ImageHeader(size: ImageSize(width: 1, height: 1), layout: gray8)
        #expect(
            throws: ImageError.invalidOption(name: "isLossless", reason: "toy is always lossy")
        ) {
            try ConversionPlan(
                converting: header, to: ToyFormat(losslessness: .never),
                settings: WriteSettings(isLossless: true))
        }
    }

    @Test(
        arguments: [
            ([], []), (["a"], ["the tag a is left out"]),
            (["a", "b", "a"], ["the tags a and b are left out"]),
            (["a", "b", "c"], ["the tags a, b and c are left out"]),
            (
                (1...10).map(String.init),
                ["the tags 1, 2, 3, 4, 5, 6, 7, 8 and 2 more are left out"]
            ),
        ] as [([String], [String])])
    func `unknown parts of a file are named`(names: [String], expected: [String]) {
        let losses = Loss.unknown("tag", names)
        #expect(losses.map(\.description) == expected)
        #expect(losses.allSatisfy { $0.name == "other" })
    }

    @Test(arguments: [
        (Loss.bitDepth(from: 16, to: 8), "16-bit samples become 8-bit", "bit_depth"),
        (.alpha(.white), "transparency is flattened on white", "alpha"),
        (
            .alpha(RGBAColor(red: 1, green: 0x80, blue: 255)),
            "transparency is flattened on #0180ff", "alpha"
        ),
        (
            .range(bits: 8),
            "floating-point samples become 8-bit integers: 0 to 1 is encoded as it is, the rest is "
                + "clamped", "range"
        ),
        (.clipping(1), "1 sample was clamped to 0 to 1 (not a number: 0)", "clipping"),
        (.clipping(2), "2 samples were clamped to 0 to 1 (not a number: 0)", "clipping"),
        (.inks, "CMYK becomes RGB without regard to a profile", "inks"),
        (.ofInput(1, .color), "file 2: color becomes gray", "color"),
        (.gamut, "colors are converted to sRGB (perceptual intent)", "gamut"),
        (.timing, "the timing of the frames is left out", "timing"),
        (.animation("7 loops become 3"), "7 loops become 3", "animation"),
        (.metadata(.texts), "the text is left out", "text"),
        (.metadata(.photoshop), "the Photoshop image resources are left out", "photoshop"),
        (.channels(1), "1 extra channel is left out", "channels"),
        (.channels(2), "2 extra channels are left out", "channels"),
        (
            .part(of: .exif, "the Exif thumbnail is left out"), "the Exif thumbnail is left out",
            "exif"
        ),
        (.color, "color becomes gray", "color"),
        (.metadata(.icc), "the ICC profile is left out", "icc"),
        (.metadata(.exif), "the Exif block is left out", "exif"),
        (.metadata(.xmp), "the XMP packet is left out", "xmp"),
        (.metadata(.resolution), "the resolution is left out", "resolution"),
        (.metadata(.orientation), "the orientation is left out", "orientation"),
        (.frames(1), "1 more page is left out", "frames"),
        (.frames(2), "2 more pages are left out", "frames"),
        (
            .premultiplication, "premultiplied color is divided by alpha, with rounding",
            "premultiplication"
        ),
    ])
    func `a loss has a text and a name`(loss: Loss, text: String, name: String) {
        #expect(loss.description == text)
        #expect(loss.name == name)
    }
}
