import FormatKit
import Foundation
import TestSupport
import Testing

/// What a file says about its picture goes with it, and other people's programs find it.
@Suite struct CarriageCommandTests {
    private static let exiftool = ForeignTool("exiftool")
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func convert(_ arguments: String...) throws {
        let run = try ConvertTool.run(arguments, in: folder)
        try #require(run.status == 0, "\(run.errors)")
    }

    private func image(_ name: String) throws -> Image {
        let (_, reader) = try BuiltIn.registry.makeReader(
            source: MemorySource(try #require(folder.read(name))), context: CodecContext())
        return try Image(reading: reader)
    }

    /// A profile that a tool for colors has made: that of Display P3.
    private func profile() throws -> [UInt8] {
        var metadata = ImageMetadata()
        metadata.codePoints = .displayP3
        try write(Image.noise(2, 2, PixelLayout(.rgb, .uint8), metadata: metadata), "p3.png")
        try convert("p3.png", "p3.tiff", "--overwrite")
        return try #require(try image("p3.tiff").header.metadata.icc)
    }

    private func write(_ image: Image, _ name: String) throws {
        let plugin = try #require(BuiltIn.registry.plugin(named: "png"))
        try folder.write(name, try image.encoded(by: plugin))
    }

    /// Chunks by type, as bytes.
    private static let chunks: [PNGFile.Chunk] = {
        func numbers(_ values: [UInt32]) -> [UInt8] { values.flatMap(PNGFile.bigEndian) }
        // P3's red, green, blue and white in steps of 0.00002.
        let primaries: [UInt16] = [34_000, 16_000, 13_250, 34_500, 7_500, 3_000, 15_635, 16_450]
        let exif: [UInt8] =
            [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 2] + [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0]
            + [0x01, 0x3B, 0, 2, 0, 0, 0, 4] + Array("Ada\0".utf8) + [0, 0, 0, 0]
        return [
            ("gAMA", numbers([45_455])),
            (
                "cHRM",
                numbers([31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000])
            ),
            ("cICP", [12, 13, 0, 1]),
            (
                "mDCV",
                primaries.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
                    + numbers([10_000_000, 1])
            ),
            ("cLLI", numbers([9_935_000, 1_200_000])), ("pHYs", numbers([2835, 11_811]) + [1]),
            ("tIME", [0x07, 0xEA, 2, 28, 23, 59, 60]), ("tEXt", Array("Title\0A name".utf8)),
            ("zTXt", Array("Comment\0\0".utf8) + PNGFile.stored(Array("much text".utf8))),
            ("iTXt", Array("Author\0\0\0de\0Autorin\0Größe".utf8)), ("eXIf", exif),
        ].map { PNGFile.Chunk(type: $0, content: $1) }
    }()

    /// The layout, and the chunks that fit it.
    @Test(
        arguments: [
            (PixelLayout(.rgb, .uint8), [("sRGB", [1]), ("sBIT", [5, 6, 5])]),
            (PixelLayout(.rgb, .uint16), [("sBIT", [10, 12, 16])]),
            (PixelLayout(.rgb, .uint8, alpha: .straight), [("sBIT", [8, 7, 6, 1])]),
            (PixelLayout(.gray, .uint16), [("sRGB", [0]), ("sBIT", [12])]),
            (PixelLayout(.gray, .uint8, alpha: .straight), []),
        ] as [(PixelLayout, [(String, [UInt8])])])
    func `PNG to PNG keeps every chunk`(
        layout: PixelLayout, more: [(type: String, content: [UInt8])]
    ) throws {
        try write(Image.noise(9, 7, layout), "plain.png")
        var file = PNGFile(try #require(folder.read("plain.png")))
        file.insert(Self.chunks + more.map { PNGFile.Chunk(type: $0.type, content: $0.content) })
        try folder.write("in.png", file.bytes)
        try convert("in.png", "out.png", "--strict")
        let copy = PNGFile(try #require(folder.read("out.png")))
        let (before, after) = (try image("in.png"), try image("out.png"))
        #expect(after.bytes == before.bytes && after.header.metadata == before.header.metadata)
        #expect(before.header.metadata.texts.count == 3)
        for chunk in file.chunks where !["IDAT", "zTXt"].contains(chunk.type) {
            #expect(copy.chunks.contains(chunk), "\(chunk.type)")
        }
    }

    @Test func `PNG to PNG keeps a palette, its transparency and a profile`() throws {
        try write(Image.noise(4, 4, PixelLayout(.gray, .uint8)), "plain.png")
        var file = PNGFile(try #require(folder.read("plain.png")))
        let rows = (0..<4).flatMap { _ in [0, 0b0001_1011] as [UInt8] }
        let profile = Array("P3\0\0".utf8) + PNGFile.stored(try profile())
        let contents: [(String, [UInt8])] = [
            ("IHDR", PNGFile.bigEndian(4) + PNGFile.bigEndian(4) + [2, 3, 0, 0, 0]),
            ("iCCP", profile), ("PLTE", [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9]),
            ("tRNS", [0, 128]), ("IDAT", PNGFile.stored(rows)), ("IEND", []),
        ]
        file.chunks = contents.map { PNGFile.Chunk(type: $0.0, content: $0.1) }
        try folder.write("in.png", file.bytes)
        try convert("in.png", "out.png", "--strict")
        let copy = PNGFile(try #require(folder.read("out.png")))
        for type in ["IHDR", "PLTE", "tRNS"] { #expect(copy[type] == file[type], "\(type)") }
        let (before, after) = (try image("in.png"), try image("out.png"))
        #expect(before.header.metadata.icc != nil)
        #expect(after.bytes == before.bytes && after.header.metadata == before.header.metadata)
    }

    @Test(
        .enabled(if: exiftool.isInstalled),
        arguments: [ColorModel.gray, .rgb], [SampleType.uint8, .uint16])
    func `PNG to TIFF to PNG keeps all that both hold`(
        model: ColorModel, sample: SampleType
    ) throws {
        for alpha in [AlphaMode.opaque, .straight] {
            let icc = model == .rgb ? try profile() : nil
            try write(
                Image.noise(
                    31, 17, PixelLayout(model, sample, alpha: alpha),
                    metadata: ImageMetadata(
                        icc: icc,
                        resolution: Resolution(horizontal: 300, vertical: 150, unit: .inch)
                    )), "in.png")
            try folder.write("in.png", try Self.tagged(try #require(folder.read("in.png"))))
            try convert("in.png", "mid.tiff", "--strict", "--overwrite")
            try convert("mid.tiff", "out.png", "--strict", "--overwrite")
            let (before, after) = (try image("in.png"), try image("out.png"))
            #expect(after.header.layout == before.header.layout && after.bytes == before.bytes)
            let (old, new) = (before.header.metadata, after.header.metadata)
            #expect(new.icc == icc && new.orientation == .right && old.orientation == .right)
            #expect(old.xmp != nil && new.xmp == old.xmp)
            #expect(new.resolution == old.resolution)
            #expect(
                try Self.tags(of: try #require(folder.read("out.png")))
                    == Self.tags(of: try #require(folder.read("in.png"))))
        }
    }
}

extension CarriageCommandTests {
    /// A PNG file into which ExifTool has written entries of all kinds.
    static func tagged(_ file: [UInt8]) throws -> [UInt8] {
        let entries =
            [
                "Artist=Ada", "Orientation=6", "GPSLatitude=52.5", "GPSLatitudeRef=N",
                "GPSLongitude=13.4", "GPSLongitudeRef=E", "GPSProcessingMethod=MANUAL",
                "DateTimeOriginal=2026:01:02 03:04:05", "ExposureTime=0.01", "UserComment=größer",
                "LensModel=L",
            ].map { "-EXIF:\($0)" } + ["-XMP-dc:title=T", "-XMP-dc:creator=Ada"]
        let outcome = try exiftool.run(
            ["-n"] + entries + ["%", "-o", "-"], on: file, pathExtension: "png")
        try #require(outcome.status == 0, "\(outcome.diagnostics)")
        return outcome.output
    }

    /// The entries that ExifTool finds in a file's Exif block.
    ///
    /// Without those of which TIFF has its own: the resolution, and where chroma lies.
    private static func tags(of file: [UInt8]) throws -> String {
        let outcome = try exiftool.run(
            [
                "-n", "-s", "-G1", "-EXIF:all", "--YCbCrPositioning", "--ResolutionUnit",
                "--XResolution", "--YResolution", "%",
            ], on: file, pathExtension: "png")
        #expect(outcome.text.contains("LensModel") && outcome.text.contains("GPSLatitude"))
        return outcome.text
    }
}
