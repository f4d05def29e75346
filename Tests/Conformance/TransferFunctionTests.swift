import BuiltInFormats
import FormatKit
import Foundation
import TestSupport
import Testing

/// Transfer functions by tables, as TIFF and Exif have them: what is no power is followed, or told of.
@Suite struct TransferFunctionTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func convert(_ name: String, _ arguments: String...) throws -> ConvertTool.Run {
        try ConvertTool.run(
            [FaultyFiles.path("transfer-function/\(name)")] + arguments, in: folder)
    }

    private func source(_ name: String) throws -> Image {
        let bytes = try FaultyFiles.bytes("transfer-function/\(name)")
        let format = name.hasSuffix("jpg") ? "jpeg" : "tiff"
        return try Image(
            decoding: bytes, as: try #require(BuiltIn.registry.plugin(named: format)))
    }

    private func output(_ name: String, _ format: String) throws -> Image {
        try Image(
            decoding: try #require(folder.read(name)),
            as: try #require(BuiltIn.registry.plugin(named: format)))
    }

    /// The light of a sample of BT.709, as the tables have it.
    private static func light(_ value: Double) -> Double {
        value < 0.081 ? value / 4.5 : pow((value + 0.099) / 1.099, 1 / 0.45)
    }

    private static func sample(_ light: Double) -> Double {
        255 * (light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055)
    }

    /// Whether samples have become sRGB by a curve for each channel, but for rounding.
    private func expect(
        _ found: Image, of source: Image, by curves: [(Double) -> Double], _ comment: Comment
    ) {
        #expect(found.header.layout == source.header.layout, comment)
        for (index, sample) in found.bytes.enumerated() {
            let light = curves[index % curves.count](Double(source.bytes[index]) / 255)
            #expect(abs(Double(sample) - Self.sample(light)) <= 2, comment)
        }
    }

    @Test(arguments: ["bt709.tif", "gray.tif", "white-is-zero.tif", "exif.jpg"])
    func `samples become sRGB by the table`(name: String) throws {
        if name.hasSuffix("jpg"),
            BuiltIn.registry.plugin(named: "jpeg")?.descriptor.read == nil
        {
            return
        }
        let run = try convert(name, "out.png", "--to-srgb")
        let source = try source(name)
        // All grays have their place.
        let isGray = source.header.layout.model == .gray
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("colors are converted to sRGB") == !isGray, "\(run.errors)")
        if isGray { #expect(run.errors == "") }
        let found = try output("out.png", "png")
        expect(found, of: source, by: [Self.light], "\(name)")
        #expect(found.header.metadata.colorAccount == nil)
    }

    @Test func `each channel has its table`() throws {
        let run = try convert("three.tif", "out.png", "--to-srgb")
        #expect(run.status == 0, "\(run.errors)")
        expect(
            try output("out.png", "png"), of: try source("three.tif"),
            by: [{ pow($0, 1.6) }, { pow($0, 2) }, { pow($0, 2.6) }], "three")
    }

    @Test(arguments: ["bt709.tif", "three.tif", "gray.tif", "primaries.tif"])
    func `a profile says it where the tag has no place`(name: String) throws {
        for (file, format) in [("a.webp", "webp"), ("a.png", "png"), ("a.gif", "gif")] {
            let run = try convert(name, file, "--strict", "--overwrite", "--keep", "icc")
            #expect(run.status == 0 && run.errors == "", "\(run.errors)")
            #expect(try output(file, format).header.metadata.icc != nil)
        }
        // By way of it colors become what they become without.
        let (first, second) = try (
            ConvertTool.run(["a.png", "b.png", "--to-srgb"], in: folder),
            convert(name, "c.png", "--to-srgb")
        )
        #expect(first.status == 0 && second.status == 0)
        let (through, direct) = try (output("b.png", "png"), output("c.png", "png"))
        #expect(through.header.layout == direct.header.layout)
        #expect(
            zip(through.bytes, direct.bytes).allSatisfy { abs(Int($0) - Int($1)) <= 2 })
    }

    @Test func `primaries beside the tables count`() throws {
        let source = try source("primaries.tif")
        let transform = try BuiltInFormats.colorEngine.makeTransform(
            from: .codePoints(ColorCodePoints(primaries: 12, transfer: 1)),
            layout: source.header.layout)
        let expected = transform.convert(
            PixelBand(
                width: source.header.size.width, layout: source.header.layout, bytes: source.bytes))
        #expect(try convert("primaries.tif", "out.png", "--to-srgb").status == 0)
        let found = try output("out.png", "png")
        #expect(
            zip(found.bytes, expected.bytes).allSatisfy { abs(Int($0) - Int($1)) <= 2 })
        #expect(found.bytes != source.bytes)
    }

    @Test(arguments: ["falling.tif", "count.tif"])
    func `a table that makes no sense is told of where it would be followed`(
        name: String
    ) throws {
        let words = "the transfer function makes no sense and is left out"
        let strict = try convert(name, "out.png", "--to-srgb", "--strict")
        #expect(strict.status == 1 && strict.errors.contains(words), "\(strict.errors)")
        let run = try convert(name, "out.png", "--to-srgb")
        #expect(run.status == 0 && run.errors.contains(words), "\(run.errors)")
        #expect(run.errorLines.count == 1)
        #expect(try output("out.png", "png").bytes == source(name).bytes)
        #expect(try output("out.png", "png").header.metadata.exif == nil)
        // It stays what it is where there is a place, and goes with the block that it is in.
        for file in ["a.png", "a.tiff"] {
            let kept = try convert(name, file, "--strict")
            #expect(kept.status == 0 && kept.errors == "", "\(kept.errors)")
        }
        let lost = try convert(name, "a.gif", "--strict")
        #expect(lost.status == 1 && lost.errors.contains("the Exif block is left out"))
    }

    @Test func `TIFF keeps the tag, and the other way round it means the same`() throws {
        let run = try convert("white-is-zero.tif", "a.tiff", "--strict", "--verify")
        #expect(run.status == 0 && run.errors == "", "\(run.errors)")
        #expect(try convert("gray.tif", "b.png", "--to-srgb").status == 0)
        let again = try ConvertTool.run(["a.tiff", "c.png", "--to-srgb"], in: folder)
        #expect(again.status == 0, "\(again.errors)")
        #expect(try output("c.png", "png").bytes == output("b.png", "png").bytes)
    }

    @Test func `light is that of the table`() throws {
        let run = try convert("bt709.tif", "a.hdr")
        #expect(run.status == 0, "\(run.errors)")
        let (found, source) = try (output("a.hdr", "hdr"), source("bt709.tif"))
        let lights = unsafe found.bytes.withUnsafeBytes {
            unsafe Array($0.bindMemory(to: Float.self))
        }
        for (light, sample) in zip(lights, source.bytes) {
            // By way of 8 bits of sRGB, and in RGBE.
            #expect(abs(Double(light) - Self.light(Double(sample) / 255)) < 0.02)
        }
    }
}
