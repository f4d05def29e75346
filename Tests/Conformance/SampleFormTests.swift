import BuiltInFormats
import FormatKit
import TestSupport
import Testing

/// Samples mean in the output what they meant in the input, or a loss says that they do not.
@Suite struct SampleFormTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func run(_ file: String, _ arguments: String...) throws -> ConvertTool.Run {
        try ConvertTool.run([FaultyFiles.path(file)] + arguments, in: folder)
    }

    private func judgment(_ name: String, _ tags: String...) throws -> String? {
        let judge = ForeignTool("exiftool")
        guard judge.isInstalled else { return nil }
        return try judge.run(
            ["-s3", "-n"] + tags + ["%"], on: try #require(folder.read(name)),
            pathExtension: "tif"
        ).text
    }

    @Test(arguments: ["none", "lzw", "deflate", "packbits"], ["srtm", "labels32"])
    func `signed integers stay signed in TIFF`(compression: String, name: String) throws {
        let run = try run(
            "geotiff-signed-nodata/\(name).tif", "a.tif", "--strict", "--verify", "--option",
            "tiff.compression=\(compression)", "--option", "tiff.tile=16")
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        let again = try ConvertTool.run(
            ["a.tif", "b.tif", "--strict", "--option", "tiff.compression=none"], in: folder)
        #expect(again.status == 0)
        if let text = try judgment("b.tif", "-SampleFormat", "-BitsPerSample") {
            #expect(text == "2\n\(name == "srtm" ? 16 : 32)\n")
        }
        let judge = ForeignTool("tiffcmp")
        guard judge.isInstalled else { return }
        let same = try judge.run(
            ["%", folder.path + "/b.tif"],
            on: try FaultyFiles.bytes("geotiff-signed-nodata/\(name).tif"), pathExtension: "tif")
        #expect(!same.text.contains("differ"), "\(same.text)")
    }

    @Test func `a part and a turned picture stay signed, too`() throws {
        for arguments in [["--region", "3,5,7,9"], ["--orient", "apply"]] {
            let run = try ConvertTool.run(
                [
                    FaultyFiles.path("geotiff-signed-nodata/labels32.tif"), "part.tif", "--strict",
                    "--overwrite", "--verify",
                ] + arguments, in: folder)
            #expect(run.status == 0, "\(run.errors)")
        }
    }

    @Test func `elsewhere the shift is a loss, and what stands for no data moves along`() throws {
        let png = try run("geotiff-signed-nodata/srtm.tif", "a.png", "--strict")
        #expect(png.status == 1 && png.errors.contains("signed samples are shifted"))
        let metadata = try FaultyFiles.bytes("geotiff-signed-nodata/srtm.tif")
        let header = try BuiltIn.registry.makeReader(
            source: MemorySource(metadata), context: CodecContext()
        ).reader.header
        #expect(header.form == .signed)
        // To a format that has a place for georeferences, but not for signs.
        let plan = try ConversionPlan(
            converting: header,
            to: GeoFormat(layout: header.layout), settings: WriteSettings())
        #expect(plan.target.form == [] && plan.losses.map(\.name) == ["picture"])
        #expect(plan.target.metadata.geotiff?.contains(sequence: Array("-32768".utf8)) == false)
    }

    @Test func `an extra sample of unspecified meaning stays so in TIFF`() throws {
        let run = try run("extrasamples-nir/nir.tif", "a.tif", "--strict", "--verify")
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        if let text = try judgment("a.tif", "-ExtraSamples") { #expect(text == "0\n") }
    }

    @Test func `elsewhere it is a guess, unless somebody knows`() throws {
        let file = "extrasamples-nir/nir.tif"
        let guess = try run(file, "a.png", "--strict")
        #expect(guess.status == 1 && guess.errors.contains("taken for straight alpha"))
        let alpha = try run(file, "alpha.png", "--strict", "--extra-samples", "alpha")
        let drop = try run(file, "drop.png", "--strict", "--extra-samples", "drop")
        #expect(alpha.status == 0 && drop.status == 0, "\(alpha.errors)\(drop.errors)")
        func image(_ name: String) throws -> Image {
            try Image(
                decoding: try #require(folder.read(name)),
                as: try #require(BuiltIn.registry.plugin(named: "png")))
        }
        let (with, without) = (try image("alpha.png"), try image("drop.png"))
        #expect(with.header.layout.hasAlpha && !without.header.layout.hasAlpha)
        // Of 16 bits.
        let colors = stride(from: 0, to: with.bytes.count, by: 8).flatMap {
            with.bytes[$0..<$0 + 6]
        }
        #expect(colors == without.bytes)
        #expect(try run(file, "alpha.tif", "--extra-samples", "alpha").status == 0)
        if let text = try judgment("alpha.tif", "-ExtraSamples") { #expect(text == "2\n") }
    }

    @Test func `integers of 32 bits that become others say what they become`() throws {
        let file = "geotiff-signed-nodata/labels32.tif"
        for (format, bits) in [("png", 16), ("bmp", 8)] {
            let run = try run(file, "a.\(format)")
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.errors.contains("32-bit samples become \(bits)-bit"), "\(run.errors)")
            #expect(run.errors.contains("signed samples are shifted"))
            #expect(!run.errors.contains("0 to 1") && !run.errors.contains("floating"))
        }
        let real = try run(file, "a.pfm")
        #expect(real.status == 0 && real.errors.contains("32-bit samples become 24-bit"))
        #expect(real.errors.contains("their range, 0 to 1"), "\(real.errors)")
    }

    @Test func `integers of 32 bits stay what they are when an extra sample is dropped`() throws {
        let (first, second): ([UInt8], [UInt8]) = ([4, 3, 2, 1], [9, 8, 7, 0xF1])
        let strip = first + [1, 0, 0, 0] + second + [2, 0, 0, 0]
        // A directory of two pixels of gray and an extra sample of unspecified meaning.
        let entries: [[Int]] = [
            [256, 4, 1, 2], [257, 4, 1, 1], [258, 3, 2, 32 | 32 << 16], [259, 3, 1, 1],
            [262, 3, 1, 1], [273, 4, 1, 8], [277, 3, 1, 2], [278, 4, 1, 1],
            [279, 4, 1, strip.count], [338, 3, 1, 0],
        ]
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        var bytes: [UInt8] = [0x49, 0x49, 42, 0] + little(8 + strip.count, 4) + strip
        bytes += little(entries.count, 2)
        for entry in entries {
            bytes += little(entry[0], 2) + little(entry[1], 2) + little(entry[2], 4)
            bytes += little(entry[3], 4)
        }
        _ = try folder.write("in.tif", bytes + little(0, 4))
        let run = try ConvertTool.run(
            [
                "in.tif", "out.tif", "--extra-samples", "drop", "--strict",
                "--option", "tiff.compression=none",
            ], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let output = try #require(folder.read("out.tif"))
        #expect(output.contains(sequence: first + second))
    }

    @Test(arguments: [[], ["--pages", "all"]], ["png", "tif"])
    func `a mask is named`(pages: [String], format: String) throws {
        guard format == "tif" || pages.isEmpty else { return }
        let arguments = [FaultyFiles.path("tiff-mask-ifd/mask.tif"), "a.\(format)"] + pages
        let strict = try ConvertTool.run(arguments + ["--strict"], in: folder)
        #expect(strict.status == 1 && strict.errors.contains("the transparency mask is left out"))
        #expect(try ConvertTool.run(arguments, in: folder).status == 0)
    }

    @Test func `CMYK without Adobe's marker is read as all others read it`() throws {
        let run = try run("cmyk-jpeg-without-adobe-marker/cmyk.jpg", "a.png")
        #expect(run.status == 0)
        let image = try Image(
            decoding: try #require(folder.read("a.png")),
            as: try #require(BuiltIn.registry.plugin(named: "png")))
        func pixel(_ x: Int) -> [Int] {
            let start = (16 * image.header.size.width + x) * image.header.layout.bytesPerPixel
            return image.bytes[start..<start + 3].map(Int.init)
        }
        // Cyan, magenta, black, white.
        let expected = [[0, 255, 255], [255, 0, 255], [0, 0, 0], [255, 255, 255]]
        for (x, color) in zip([8, 24, 40, 56], expected) {
            #expect(zip(pixel(x), color).allSatisfy { abs($0 - $1) < 16 }, "\(pixel(x))")
        }
    }

    @Test func `an option takes CMYK as it is`() throws {
        let file = "cmyk-jpeg-without-adobe-marker/cmyk.jpg"
        #expect(try run(file, "a.png").status == 0)
        #expect(try run(file, "b.png", "--plain-cmyk").status == 0)
        #expect(try run(file, "c.png", "--plain-cmyk", "--verify").status == 0)
        #expect(folder.read("a.png") != folder.read("b.png"))
    }

    @Test func `gray on a colored background becomes colored`() throws {
        let gray = Image.noise(8, 8, PixelLayout(.gray, .uint8, alpha: .straight))
        let png = try TestImages.encoded(
            gray, as: try #require(BuiltIn.registry.plugin(named: "png")))
        _ = try folder.write("a.png", png)
        for (background, model) in [("#203040", ColorModel.rgb), ("#202020", .gray)] {
            let run = try ConvertTool.run(
                ["a.png", "a.jpg", "--overwrite", "--background", background], in: folder)
            #expect(run.status == 0)
            let header = try BuiltIn.registry.makeReader(
                source: MemorySource(try #require(folder.read("a.jpg"))), context: CodecContext()
            ).reader.header
            #expect(header.layout.model == model)
        }
    }

    @Test func `Adobe RGB that only Exif tells is a profile`() throws {
        let file = "to-srgb-leaves-adobe-rgb/dcf.jpg"
        #expect(try run(file, "a.png", "--strict").status == 0)
        let header = try BuiltIn.registry.makeReader(
            source: MemorySource(try #require(folder.read("a.png"))), context: CodecContext()
        ).reader.header
        #expect(header.metadata.icc != nil)
        let plain = try run(file, "b.png", "--to-srgb")
        #expect(plain.status == 0 && plain.errors.contains("colors are converted to sRGB"))
        func pixels(_ name: String) throws -> [UInt8] {
            try Image(
                decoding: try #require(folder.read(name)),
                as: try #require(BuiltIn.registry.plugin(named: "png"))
            ).bytes
        }
        #expect(try pixels("a.png") != pixels("b.png"))
    }
}

/// An APNG whose default image is no frame.
@Suite struct SeparateImageTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Writes an animation of two frames whose default image is a third picture.
    private func write() throws {
        let layout = PixelLayout(.rgb, .uint8)
        let plugin = try #require(BuiltIn.registry.plugin(named: "png"))
        let pictures = (1...3).map { Image.noise(8, 8, layout, seed: UInt64($0)) }
        let files = try pictures.map { PNGFile(try TestImages.encoded($0, as: plugin)) }
        func control(_ number: UInt8) -> PNGFile.Chunk {
            .init(
                type: "fcTL",
                content: [0, 0, 0, number, 0, 0, 0, 8, 0, 0, 0, 8] + [UInt8](repeating: 0, count: 8)
                    + [0, 1, 0, 10, 0, 0])
        }
        func pixels(_ number: UInt8, _ file: PNGFile) -> PNGFile.Chunk {
            .init(type: "fdAT", content: [0, 0, 0, number] + (file["IDAT"] ?? []))
        }
        var file = files[0]
        file.insert([.init(type: "acTL", content: [0, 0, 0, 2, 0, 0, 0, 0])])
        file.chunks.insert(
            contentsOf: [control(0), pixels(1, files[1]), control(2), pixels(3, files[2])],
            at: file.chunks.count - 1)
        _ = try folder.write("a.png", file.bytes)
        for (index, picture) in files.enumerated() {
            _ = try folder.write("\(index).png", picture.bytes)
        }
    }

    private func pixels(_ name: String, page: Int? = nil) throws -> [UInt8] {
        let reader = try BuiltIn.registry.makeReader(
            source: MemorySource(try #require(folder.read(name))), context: CodecContext()
        ).reader
        if let page { try (reader as? any MultiImageReader)?.selectPage(page) }
        return try Image(reading: reader, limits: .default).bytes
    }

    @Test func `the first page is the first of all, and the default image is reachable`() throws {
        try write()
        for (arguments, name) in [(["--page", "1"], "1"), (["--page", "2"], "2"), ([], "0")] {
            let run = try ConvertTool.run(["a.png", "out-\(name).png"] + arguments, in: folder)
            #expect(run.status == 0, "\(run.errors)")
            #expect(try pixels("out-\(name).png") == pixels("\(name).png"))
        }
        let all = try ConvertTool.run(["a.png", "all.png", "--pages", "all"], in: folder)
        #expect(all.status == 0 && all.errors.contains("the default image, which is none"))
        #expect(try pixels("all.png", page: 0) == pixels("1.png"))
        let strict = try ConvertTool.run(
            ["a.png", "strict.png", "--pages", "all", "--strict"], in: folder)
        #expect(strict.status == 1)
        #expect(
            try ConvertTool.run(["a.png", "one.png", "--page", "1", "--strict"], in: folder).status
                == 0)
    }

    @Test(arguments: [[], ["--pages", "all"]])
    func `a file for each frame has not the default image`(pages: [String]) throws {
        try write()
        try folder.makeFolder("out")
        let arguments = ["a.png", "out", "--to", "png", "--name-template", "{stem}-{page}.{ext}"]
        let strict = try ConvertTool.run(arguments + pages + ["--strict"], in: folder)
        #expect(strict.status == 1 && strict.errors.contains("the default image, which is none"))
        let run = try ConvertTool.run(arguments + pages + ["--overwrite"], in: folder)
        #expect(run.status == 0)
        #expect(run.errors.split(separator: "the default image, which is none").count == 2)
        #expect(try pixels("out/a-1.png") == pixels("1.png"))
        #expect(try pixels("out/a-2.png") == pixels("2.png"))
    }
}

/// A format that has a place for all metadata of one layout, but not for signs.
private struct GeoFormat: FormatPlugin {
    let descriptor: FormatDescriptor

    init(layout: PixelLayout) {
        descriptor = FormatDescriptor(
            id: FormatID("geo"), name: "geo", fileExtensions: ["geo"], mediaTypes: [],
            signatures: [], read: nil,
            write: WriteCapabilities(
                layouts: [layout], maximumDimension: 1 << 20,
                metadata: Set(MetadataKind.allCases), losslessness: .always, streaming: .rows))
    }

    func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        throw .unsupported(descriptor.id, "reading")
    }

    func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        throw .unsupported(descriptor.id, "writing")
    }
}
