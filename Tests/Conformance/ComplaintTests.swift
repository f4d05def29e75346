import BuiltInFormats
import FormatKit
import TestSupport
import Testing

/// What a decoder complains of because it leaves something out is a loss: `--strict` refuses it,
/// whatever the format of the output.
@Suite struct ComplaintTests {
    /// A file and what is said of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let words: String
        /// The kinds of metadata that are lost.
        let kinds: Set<MetadataKind>
        /// Its bytes, if it is none of `Tests/Faults`.
        let make: (@Sendable () throws -> [UInt8])?

        init(
            _ name: String, _ words: String, _ kinds: Set<MetadataKind> = [.formatBlocks],
            _ make: (@Sendable () throws -> [UInt8])? = nil
        ) {
            (self.name, self.words, self.kinds, self.make) = (name, words, kinds, make)
        }

        var testDescription: String { name }

        var bytes: [UInt8] {
            get throws { try make?() ?? FaultyFiles.bytes(name) }
        }
    }

    private static let files = [
        Case("strict-decoder-losses/icc_on_gray.png", "the ICC profile is damaged", [.icc]),
        Case("strict-decoder-losses/crc.png", "the tEXt chunk has a wrong CRC", [.texts]),
        Case("strict-decoder-losses/missing_icc_part.jpg", "the ICC profile is incomplete", [.icc]),
        Case("strict-decoder-losses/c2pa.webp", "the chunk C2PA is left out"),
        Case("strict-decoder-losses/uuid.avif", "the box uuid is left out"),
        Case("silent-unknown-blocks/jumb.jxl", "the box jumb is left out"),
        Case("silent-unknown-blocks/uuid-in-meta.avif", "the box uuid is left out"),
        Case("silent-unknown-blocks/grpl.avif", "the box grpl is left out"),
        Case(
            "silent-unknown-blocks/exif-without-reference.avif",
            "the Exif block is of no picture by its references", [.exif]),
        Case(
            "silent-unknown-blocks/two-resolutions.jp2", "the resolution for display",
            [.resolution]),
        Case(
            "silent-unknown-blocks/named-part.exr", "the name of the part, \"only\"", [.texts]),
        Case("pfm with a scale", "the scale of the samples, -2.5, is left out") {
            Array("Pf\n2 1\n-2.5\n".utf8) + [0, 0, 0, 63, 0, 0, 128, 62]
        },
        Case("jxl-display/shown-size.jxl", "the size to be shown at, 16x8,", [.resolution]),
        Case("jxl-display/white-1000.jxl", brightness),
        Case("jxl-display/pq-white-4000.jxl", brightness),
        Case("jxl-display/black.jxl", brightness),
        Case("jxl-display/linear-below.jxl", brightness),
        Case("jxl-display/named-frame.jxl", "the names of frames are left out"),
        Case("jxl-display/time-codes.jxl", "the time codes of frames are left out"),
    ]

    private static let brightness = "the levels of brightness for tone mapping are left out"

    /// Files of which more is read than the picture, with something behind it.
    private static let remainders = [
        "png", "jpeg", "webp", "gif", "bmp", "qoi", "pgm", "ppm", "pam", "j2k", "tga", "ico", "hdr",
        "exr",
    ].map {
        format in
        Case("\(format) with more behind it", "bytes after the end of the image are ignored") {
            try file(format) + Array("secret".utf8)
        }
    }

    fileprivate static func file(_ format: String) throws -> [UInt8] {
        let layout = PixelLayout(format == "pgm" ? .gray : .rgb, .uint8)
        return try TestImages.encoded(
            TestImages.picture(width: 40, height: 30, layout: layout),
            as: try #require(BuiltIn.registry.plugin(named: format)))
    }

    private static let formats = [
        "png", "tiff", "webp", "jpeg", "avif", "jxl", "gif", "bmp", "qoi", "jp2", "tga",
    ]

    private func convert(
        _ bytes: [UInt8], to format: String, isStrict: Bool, without kinds: Set<MetadataKind> = []
    ) throws -> [Loss] {
        let sink = MemorySink()
        let kinds = Set(MetadataKind.allCases).subtracting(kinds)
        let plugin = try #require(BuiltIn.registry.plugin(named: format))
        // What passes as it is loses nothing.
        let texts = ["jpeg", "jxl"].contains(format) ? ["transcode": "never"] : [:]
        return try Converter(
            registry: BuiltIn.registry, context: CodecContext(), isStrict: isStrict,
            preferences: ConversionPreferences(metadata: kinds, depth: nil),
            colorEngine: BuiltInFormats.colorEngine
        ).convert(
            MemorySource(bytes), to: plugin,
            settings: WriteSettings(options: OptionValues(parsing: texts, for: plugin.descriptor))
        ) { sink }.losses
    }

    @Test(arguments: files + remainders, formats)
    func `what is left out is a loss`(input: Case, format: String) throws {
        let bytes = try input.bytes
        let losses = try convert(bytes, to: format, isStrict: false)
        #expect(losses.contains { $0.description.contains(input.words) }, "\(losses)")
        #expect(throws: ImageError.self) { try convert(bytes, to: format, isStrict: true) }
        // What nobody wants is not missed.
        let wanted = try convert(bytes, to: format, isStrict: false, without: input.kinds)
        #expect(!wanted.contains { $0.description.contains(input.words) }, "\(wanted)")
    }

    /// What is to be seen or played beside the picture.
    private static let companions = [
        Case("strict-decoder-losses/motion.jpg", "the video of a motion photo ("),
        Case("ultrahdr-stale-xmp/uhdr.jpg", "a file of several pictures (MPF)"),
        Case("a motion photo in AVIF", "the video of a motion photo is left out") {
            try FaultyFiles.bytes("strict-decoder-losses/uuid.avif").renaming("uuid", "mpvd")
        },
        Case("a gain map in JPEG XL", "the gain map (HDR) is left out") {
            try FaultyFiles.bytes("silent-unknown-blocks/jumb.jxl").renaming("jumb", "jhgm")
        },
        Case("a GIF with what is no block", "what follows frame 1 is no block") {
            try file("gif").dropLast() + [7, 7]
        },
    ]

    @Test(arguments: companions, ["png", "jpeg", "webp"])
    func `what is no metadata is missed whatever of that is kept`(
        input: Case, format: String
    ) throws {
        let bytes = try input.bytes
        for kinds in [Set(MetadataKind.allCases).subtracting([.icc]), Set(MetadataKind.allCases)] {
            let losses = try convert(bytes, to: format, isStrict: false, without: kinds)
            #expect(
                losses.contains { $0.name == "picture" && $0.description.contains(input.words) },
                "\(losses)")
            #expect(throws: ImageError.self) {
                try convert(bytes, to: format, isStrict: true, without: kinds)
            }
        }
    }

    @Test(
        arguments: ["png", "jpeg", "webp", "gif", "bmp", "qoi", "pgm", "j2k", "ico"],
        [0x00, 0x0A, 0xFF] as [UInt8])
    func `what only fills a file up is none`(format: String, filling: UInt8) throws {
        let picture = try Self.file(format)
        let filled = picture + [UInt8](repeating: filling, count: 3000)
        let output = format == "pgm" ? "pgm" : "png"
        _ = try convert(filled, to: output, isStrict: true)
    }

    @Test func `a video behind a picture is called so`() throws {
        let video: [UInt8] = [0, 0, 0, 24] + Array("ftypmp42".utf8) + [UInt8](1...200)
        let losses = try convert(
            try ComplaintTests.file("jpeg") + video, to: "png", isStrict: false)
        #expect(
            losses.map(\.description) == [
                "the video of a motion photo (212 bytes after the end of the image) is left out"
            ])
    }

    @Test func `a box that is there to be filled says nothing`() throws {
        let bytes = try FaultyFiles.bytes("jxl-display/free.jxl")
        #expect(try convert(bytes, to: "png", isStrict: true).isEmpty)
    }

    /// OpenJPEG writes the number of bilevel pictures where it knows no color space.
    @Test func `a color space that cannot be meant is none`() throws {
        let bytes = try FaultyFiles.bytes("silent-unknown-blocks/no-color-space.jp2")
        _ = try convert(bytes, to: "png", isStrict: false)
    }

    @Test func `an animation that is damaged is lost`() throws {
        var png = PNGFile(try Self.file("png"))
        // Two frames, of which there is none.
        png.insert([.init(type: "acTL", content: [0, 0, 0, 2, 0, 0, 0, 0])])
        let file = png.bytes
        let losses = try convert(file, to: "webp", isStrict: false)
        #expect(losses.map(\.name) == ["animation"], "\(losses)")
        #expect(throws: ImageError.lossRefused(losses)) {
            try convert(file, to: "webp", isStrict: true)
        }
    }
}

/// Parts of files for which other formats have a place.
@Suite struct CarriedPartTests {
    private func metadata(
        _ bytes: [UInt8], to format: String
    ) throws -> (metadata: ImageMetadata, losses: [Loss]) {
        let sink = MemorySink()
        let losses = try Converter(
            registry: BuiltIn.registry, context: CodecContext(),
            colorEngine: BuiltInFormats.colorEngine
        ).convert(
            MemorySource(bytes), to: try #require(BuiltIn.registry.plugin(named: format)),
            settings: WriteSettings()
        ) { sink }.losses
        let reader = try BuiltIn.registry.makeReader(
            source: MemorySource(sink.bytes), context: CodecContext()
        ).reader
        return (reader.header.metadata, losses)
    }

    @Test func `light levels and mastering display go from AVIF to PNG`() throws {
        let bytes = try FaultyFiles.bytes("avif-silent-properties/clli-mdcv.avif")
        let (found, losses) = try metadata(bytes, to: "png")
        #expect(losses.isEmpty)
        #expect(found.contentLight == ContentLightLevel(maximum: 2000, frameAverage: 1500))
        let display = try #require(found.masteringDisplay)
        #expect(display.maximumLuminance == 10_000 && display.minimumLuminance == 20)
        #expect(display.chromaticities.white == Chromaticity(0.3127, 0.3290))
        #expect(display.chromaticities.green == Chromaticity(0.3, 0.4))
        let names = try metadata(bytes, to: "webp").losses.map(\.name)
        #expect(names == ["mastering", "light"])
    }

    @Test func `the shape of a pixel goes from AVIF to PNG`() throws {
        let bytes = try FaultyFiles.bytes("avif-silent-properties/pasp-2-1.avif")
        let (found, losses) = try metadata(bytes, to: "png")
        #expect(losses.isEmpty)
        #expect(found.resolution == Resolution(horizontal: 1, vertical: 2, unit: .none))
    }

    @Test func `comments go from PNM to PNM, PNG and JPEG`() throws {
        let file = Array("P5\n# made by hand\n2 1 # größer\n255\n".utf8) + [1, 2]
        for format in ["pgm", "pam", "png", "jpeg"] {
            let (found, losses) = try metadata(file, to: format)
            #expect(found.texts.map(\.value) == ["made by hand", "größer"], "\(format)")
            #expect(losses.isEmpty)
        }
        #expect(try metadata(file, to: "webp").losses.map(\.name) == ["text"])
    }

    @Test func `Photoshop's comment for the web goes along`() throws {
        func part(_ tag: UInt8, _ text: String) -> [UInt8] {
            let units = Array(text.utf16)
            var content: [UInt8] = [0, 0, 0, UInt8(units.count)]
            for unit in units { content += [UInt8(unit >> 8), UInt8(unit & 0xFF)] }
            return [0, tag, 0, UInt8(content.count)] + content
        }
        let content =
            Array("Ducky".utf8) + [0, 1, 0, 4, 0, 0, 0, 60] + part(2, "Hällo") + part(3, "me")
            + [0, 0]
        var file = try ComplaintTests.file("jpeg")
        file.insert(contentsOf: [0xFF, 0xEC, 0, UInt8(content.count + 2)] + content, at: 2)
        let (found, losses) = try metadata(file, to: "png")
        #expect(found.texts == [TextEntry("Comment", "Hällo"), TextEntry("Copyright", "me")])
        #expect(losses.isEmpty)
    }
}

/// Tags of a TIFF page that were once lost without a word.
@Suite struct PageTagTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(
        arguments: [
            ("position", ["-XPosition", "-YPosition"]), ("page-number", ["-PageNumber"]),
            ("document-and-page-name", ["-DocumentName", "-PageName"]),
            ("transfer-function", ["-TransferFunction"]),
            ("white-and-primaries", ["-WhitePoint", "-PrimaryChromaticities"]),
        ] as [(String, [String])], ["tif", "png", "webp", "jpg"])
    func `a tag is carried`(file: (name: String, tags: [String]), format: String) throws {
        let path = FaultyFiles.path("tiff-silent-page-tags/\(file.name).tif")
        let run = try ConvertTool.run([path, "a.\(format)", "--strict"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let judge = ForeignTool("exiftool")
        guard judge.isInstalled else { return }
        func values(_ bytes: [UInt8], _ pathExtension: String) throws -> String {
            try judge.run(
                ["-s3", "-b"] + file.tags + ["%"], on: bytes, pathExtension: pathExtension
            )
            .text
        }
        let before = try values(
            try FaultyFiles.bytes("tiff-silent-page-tags/\(file.name).tif"), "tif")
        let after = try values(try #require(folder.read("a.\(format)")), format)
        #expect(!before.isEmpty && after == before)
    }

    @Test func `white and primaries have a place of their own in PNG`() throws {
        let path = FaultyFiles.path("tiff-silent-page-tags/white-and-primaries.tif")
        #expect(try ConvertTool.run([path, "a.png", "--strict"], in: folder).status == 0)
        #expect(PNGFile(try #require(folder.read("a.png")))["cHRM"] != nil)
    }

    @Test func `what has no place is named`() throws {
        let path = FaultyFiles.path("tiff-silent-page-tags/min-max-sample-value.tif")
        let run = try ConvertTool.run([path, "a.png", "--strict"], in: folder)
        #expect(run.status == 1 && run.errors.contains("280"), "\(run.errors)")
        let bare = FaultyFiles.path("tiff-silent-page-tags/position.tif")
        let lost = try ConvertTool.run([bare, "a.pgm", "--strict"], in: folder)
        #expect(lost.status == 1 && lost.errors.contains("the Exif block is left out"))
    }
}

extension [UInt8] {
    /// The bytes with another name of four letters for each that is found.
    fileprivate func renaming(_ old: String, _ new: String) -> [UInt8] {
        var bytes = self
        while let range = bytes.firstRange(of: Array(old.utf8)) {
            bytes.replaceSubrange(range, with: new.utf8)
        }
        return bytes
    }
}
