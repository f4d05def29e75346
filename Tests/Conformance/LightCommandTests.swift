import FormatKit
import TestSupport
import Testing

/// Pictures that become light for Radiance HDR, and what becomes of them again.
@Suite struct LightCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func convert(_ arguments: String...) throws -> ConvertTool.Run {
        try ConvertTool.run(arguments, in: folder)
    }

    private func image(_ name: String, _ format: String) throws -> Image {
        let plugin = try #require(BuiltIn.registry.plugin(named: format))
        return try Image(decoding: try #require(folder.read(name)), as: plugin)
    }

    private func reals(_ image: Image) -> [Float] {
        stride(from: 0, to: image.bytes.count, by: 4).map { start in
            Float(
                bitPattern: image.bytes[start..<start + 4].reversed().reduce(0) {
                    $0 << 8 | UInt32($1)
                })
        }
    }

    @Test func `8 bits become light`() throws {
        // Black, a middle gray, white; the colors of a third.
        let pixels: [UInt8] = [0, 0, 0, 188, 188, 188, 255, 255, 255, 255, 188, 0]
        try folder.write("in.ppm", Array("P6 4 1 255\n".utf8) + pixels)
        let run = try convert("in.ppm", "a.hdr", "--strict", "--verify")
        #expect(run.status == 0 && run.errors == "", "\(run.errors)")
        let light = reals(try image("a.hdr", "hdr"))
        let expected: [Float] = [0, 0, 0, 0.5, 0.5, 0.5, 1, 1, 1, 1, 0.5, 0]
        #expect(zip(light, expected).allSatisfy { abs($0 - $1) < 0.005 }, "\(light)")
    }

    @Test(arguments: ["ppm", "png", "tiff"])
    func `sRGB comes back`(format: String) throws {
        let picture = TestImages.picture(width: 40, height: 30)
        let plugin = try #require(BuiltIn.registry.plugin(named: format))
        try folder.write("in.\(format)", try TestImages.encoded(picture, as: plugin))
        #expect(try convert("in.\(format)", "a.hdr", "--verify").status == 0)
        #expect(try convert("a.hdr", "b.png", "--to-srgb", "--depth", "8").status == 0)
        let found = try image("b.png", "png")
        // The darkest channels have few bits of the exponent that they share.
        let differences = zip(found.bytes, picture.bytes).map { abs(Int($0) - Int($1)) }
        let bright = zip(differences, picture.bytes).filter { $0.1 > 100 }.map(\.0)
        #expect(try #require(bright.max()) <= 3)
    }

    @Test func `a picture with a profile becomes sRGB first`() throws {
        var metadata = ImageMetadata()
        metadata.codePoints = .displayP3
        let image = Image.noise(8, 8, PixelLayout(.rgb, .uint8), metadata: metadata)
        let plugin = try #require(BuiltIn.registry.plugin(named: "png"))
        try folder.write("in.png", try image.encoded(by: plugin))
        let run = try convert("in.png", "a.hdr")
        #expect(run.status == 0 && run.errors.contains("colors are converted to sRGB"))
        #expect(run.errorLines.count == 1, "\(run.errors)")
    }

    @Test func `exposure and light stay what they are in HDR, and are named elsewhere`() throws {
        let head = "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\nEXPOSURE=2.5\n\n-Y 1 +X 2\n"
        let file = Array(head.utf8) + [128, 64, 32, 130, 200, 100, 50, 120]
        try folder.write("in.hdr", file)
        let same = try convert("in.hdr", "a.hdr", "--strict", "--verify")
        #expect(same.status == 0 && same.errors == "", "\(same.errors)")
        #expect(folder.read("a.hdr") == file)
        let other = try convert("in.hdr", "a.pfm")
        #expect(other.status == 0)
        #expect(other.errors.contains("what holds only for the input"), "\(other.errors)")
        let back = try convert("a.pfm", "b.hdr", "--strict")
        #expect(back.status == 0 && back.errors == "", "\(back.errors)")
        #expect(
            reals(try image("b.hdr", "hdr")) == reals(try image("in.hdr", "hdr")))
        #expect(try convert("info", "in.hdr").text.contains("2.5"))
    }

    @Test func `samples that have no place are counted`() throws {
        let samples: [Float] = [-1, 0.5, .nan, 1, .infinity, 0]
        let bytes = samples.flatMap { sample in
            (0..<4).map { UInt8(truncatingIfNeeded: sample.bitPattern >> UInt32(8 * $0)) }
        }
        try folder.write("in.pfm", Array("PF\n2 1\n-1.0\n".utf8) + bytes)
        let run = try convert("in.pfm", "a.hdr")
        #expect(run.status == 0)
        #expect(
            run.errors.contains("3 samples that are negative, too large or no numbers become 0"))
        #expect(try convert("in.pfm", "b.hdr", "--strict").status == 1)
        #expect(folder.read("b.hdr") == nil)
    }
}
