import FormatKit
import TestSupport
import Testing

/// Pictures at other sizes, as a user asks for them.
@Suite struct ResizeCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func convert(_ arguments: String...) throws -> ConvertTool.Run {
        try ConvertTool.run(arguments, in: folder)
    }

    private func plugin(_ name: String) throws -> any FormatPlugin {
        try #require(BuiltIn.registry.plugin(named: name))
    }

    private func decode(_ name: String) throws -> Image {
        let bytes = try #require(folder.read(name))
        let (_, reader) = try BuiltIn.registry.makeReader(
            source: MemorySource(bytes), context: CodecContext())
        return try Image(reading: reader)
    }

    private static let formats = ["png", "tiff", "jpeg", "webp"].filter {
        BuiltIn.registry.plugin(named: $0) != nil
    }

    /// A picture without detail that codecs or filters treat each in their way.
    private static func smooth(_ width: Int, _ height: Int) -> Image {
        Image(ImageSize(width: width, height: height), PixelLayout(.rgb, .uint8)) { x, y, channel in
            let (x, y) = ((Double(x) + 0.5) / Double(width), (Double(y) + 0.5) / Double(height))
            return [x, y, (1 - x) * y + x * (1 - y)][channel]
        }
    }

    private func write(_ image: Image, as name: String) throws {
        let format = try #require(name.split(separator: ".").last)
        try folder.write(
            name,
            try TestImages.encoded(
                image, as: plugin(String(format)), settings: WriteSettings(quality: 95)))
    }

    @Test(arguments: formats, formats)
    func `any format fits into a box, and is the same picture`(source: String, target: String)
        throws
    {
        try write(Self.smooth(300, 200), as: "in.\(source)")
        for (options, size) in [
            (["--fit", "120"], "120x80"), (["--fit", "120x40"], "60x40"),
            (["--size", "50x70"], "50x70"), (["--scale", "0.1"], "30x20"),
            (["--fit", "450", "--enlarge"], "450x300"), (["--fit", "450"], "300x200"),
            (["--region", "30,20,100,100", "--fit", "40"], "40x40"),
        ] {
            let run = try ConvertTool.run(
                ["in.\(source)", "out.\(target)", "--overwrite", "--verify", "--strict"] + options,
                in: folder)
            #expect(run.status == 0, "\(options): \(run.errors)")
            let image = try decode("out.\(target)")
            #expect("\(image.header.size)" == size, "\(options)")
            guard !options.contains("--region") else { continue }
            let expected = Self.smooth(image.header.size.width, image.header.size.height)
            let (found, wanted) = (image.samples, expected.samples)
            let sum = zip(found, wanted).reduce(0) { $0 + abs($1.0 - $1.1) }
            // Small pictures of saturated colors suffer from halved chroma.
            let allowed = ["png", "tiff"].contains(target) ? 1.0 : 5
            #expect(sum / Double(wanted.count) < allowed, "\(options)")
        }
    }

    @Test(arguments: ["png", "jpeg", "tiff"])
    func `other people's programs make the same picture`(format: String) throws {
        guard ForeignTool("vipsthumbnail").isInstalled, ForeignTool("identify").isInstalled else {
            try Test.cancel("vipsthumbnail or identify is not installed")
        }
        guard Self.formats.contains(format) else {
            try Test.cancel("\(format) is not built in")
        }
        try write(TestImages.picture(width: 480, height: 360), as: "in.\(format)")
        let run = try ConvertTool.shell(
            """
            set -e
            "$CONVERT" in.\(format) ours.png --fit 100x90
            "$CONVERT" in.\(format) ours.jpg --fit 100x90
            vipsthumbnail in.\(format) -s 100x90 -o theirs.png
            identify -format '%wx%h ' ours.png ours.jpg theirs.png
            "$CONVERT" compare ours.png theirs.png --json
            """, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let (sizes, json) = try #require(
            run.text.firstIndex(of: "{").map { (run.text[..<$0], run.text[$0...]) })
        #expect(sizes.split(separator: " ") == ["100x75", "100x75", "100x75"], "\(run.text)")
        let report = try #require(try parseJSON(json) as? [String: Any])
        // Their Lanczos is in whole numbers, and their JPEG is shrunk by its codec, too.
        #expect(report["psnr"] as? Double ?? 0 > 38, "\(run.text)")
    }

    @Test(arguments: [
        ["--size", "0x5"], ["--size", "5"], ["--fit", "0"], ["--fit", "0x5"], ["--fit", "-5"],
        ["--fit", "9x"], ["--scale", "nan"], ["--scale", "0"], ["--scale", "-1"],
        ["--scale", "inf"], ["--size", "1000000x1000000"], ["--scale", "1e9"],
        ["--scale", "0.0001"], ["--fit", "2000000000", "--enlarge"], ["--enlarge"],
        ["--fit", "5", "--size", "5x5"], ["--fit", "5", "--scale", "2"],
        ["--size", "5x5", "--scale", "2"], ["--fit", "5", "--filter", "sinc"],
        ["--size", "99999999999x1"], ["-resize", "5"], ["--thumbnail", "5"], ["-filter", "box"],
    ])
    func `what makes no sense is refused in one line`(options: [String]) throws {
        try write(Self.smooth(30, 20), as: "in.png")
        let run = try ConvertTool.run(["in.png", "out.png"] + options, in: folder)
        #expect(run.status == 2, "\(run.errors)")
        let lines = run.errorLines.filter { !$0.hasPrefix("Try ") }
        #expect(lines.count == 1 && folder.read("out.png") == nil, "\(run.errors)")
    }

    @Test func `a limit holds for the new size`() throws {
        try write(Self.smooth(30, 20), as: "in.png")
        let run = try convert("in.png", "out.png", "--scale", "2", "--max-pixels", "2000")
        run.expectFailure(about: "in.png", 2)
        #expect(
            try convert("in.png", "out.png", "--scale", "2", "--max-pixels", "2400").status == 0)
        // Of a format with a limit of its own.
        let large = try convert("in.png", "out.webp", "--size", "16384x1")
        #expect(large.status == 1 && large.errors.contains("16383"), "\(large.errors)")
    }

    @Test func `the plan and the report tell of the size`() throws {
        try write(Self.smooth(300, 200), as: "in.png")
        let plan = try convert("in.png", "out.png", "--fit", "30", "--dry-run")
        #expect((plan.text + plan.errors).contains("300x200 to 30x20 by lanczos3"), "\(plan)")
        #expect(folder.files == ["in.png"])
        let run = try convert("in.png", "out.png", "--size", "30x400", "--json", "--linear-light")
        let report = try #require(try parseJSON(run.text) as? [String: Any])
        #expect(report["resized"] as? String == "lanczos3 and mitchell in linear light")
        #expect(report["width"] as? Int == 300 && report["output_width"] as? Int == 30)
    }

    @Test func `a pipe fits, too`() throws {
        try write(Self.smooth(300, 200), as: "in.png")
        let run = try ConvertTool.run(
            ["-", "-", "--to", "png", "--fit", "30"], input: folder.read("in.png") ?? [],
            in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(try convert("in.png", "out.png", "--fit", "30").status == 0)
        #expect(run.output == folder.read("out.png"))
    }

    @Test func `a folder that resumes knows sizes and filters`() throws {
        for name in ["a", "b"] { try write(Self.smooth(60, 40), as: "in/\(name).png") }
        func run(_ options: String...) throws -> String {
            let run = try ConvertTool.run(
                ["in", "out", "--to", "png", "--resume", "--name-template", "{stem}-{width}.{ext}"]
                    + options, in: folder)
            #expect(run.status == 0, "\(run.errors)")
            return run.errors
        }
        #expect(try run("--fit", "30").contains("2 converted"))
        #expect(try run("--fit", "30").contains("2 skipped"))
        #expect(try decode("out/b-30.png").header.size == ImageSize(width: 30, height: 20))
        #expect(try run("--fit", "30x30", "--filter", "box").contains("2 converted"))
        #expect(try run("--fit", "30", "--filter", "box").contains("2 skipped"))
        #expect(try run("--fit", "30", "--filter", "box", "--linear-light").contains("2 conv"))
        #expect(try run("--fit", "30", "--enlarge").contains("2 converted"))
        #expect(try run("--size", "30x20").contains("2 converted"))
    }

    @Test func `threads and processes do not matter`() throws {
        try write(TestImages.picture(width: 300, height: 200), as: "in/a.png")
        for (index, options) in [["--threads", "1"], ["--threads", "3"], ["--timeout", "90"]]
            .enumerated()
        {
            let run = try ConvertTool.run(
                ["in/a.png", "\(index).tiff", "--fit", "77"] + options, in: folder)
            #expect(run.status == 0, "\(run.errors)")
        }
        #expect(folder.read("0.tiff") == folder.read("1.tiff"))
        #expect(folder.read("0.tiff") == folder.read("2.tiff"))
    }

    @Test func `previews of any format are of the size asked for`() throws {
        try write(Self.smooth(300, 200), as: "in.tiff")
        let run = try convert(
            "in.tiff", "out.png", "--progressive", "3", "--fit", "100", "--verify")
        #expect(run.status == 0, "\(run.errors)")
        let sizes = try ["out.1.png", "out.2.png", "out.png"].map {
            try decode($0).header.size.description
        }
        #expect(sizes == ["25x17", "50x34", "100x67"])
    }

    @Test(arguments: ["png", "webp", "tiff"])
    func `every frame and every page is resized`(format: String) throws {
        let frames = (0..<3).map { Image.noise(24, 18, PixelLayout(.rgb, .uint8), seed: $0) }
        for (index, frame) in frames.enumerated() { try write(frame, as: "\(index).png") }
        #expect(
            try convert("0.png", "1.png", "2.png", "in.\(format)", "--join", "--lossless").status
                == 0)
        let run = try convert(
            "in.\(format)", "out.\(format)", "--pages", "all", "--fit", "12", "--verify",
            "--strict",
            "--lossless")
        #expect(run.status == 0, "\(run.errors)")
        let reader = try plugin(format).makeReader(
            source: MemorySource(try #require(folder.read("out.\(format)"))),
            context: CodecContext())
        let pages = try #require(reader as? any MultiImageReader)
        #expect(pages.header.frameCount == 3)
        for (index, frame) in frames.enumerated() {
            try pages.selectPage(index)
            #expect(pages.header.size == ImageSize(width: 12, height: 9))
            let found = try Image(reading: pages)
            let expected = PlainResampling.resized(
                frame, to: ImageSize(width: 12, height: 9), .lanczos3)
            let channels = found.header.layout.channelCount
            let worst = found.samples.indices.filter { $0 % channels < 3 }.map {
                abs(
                    found.samples[$0]
                        - min(max(expected[$0 / channels * 3 + $0 % channels], 0), 255))
            }.max()
            #expect(worst ?? 255 <= 1)
        }
    }

    @Test func `a picture on its side fits as it is shown`() throws {
        guard BuiltIn.registry.plugin(named: "ppm") != nil else { return }
        let stored = Self.smooth(300, 200).stored(as: .right)
        try write(stored, as: "in.tiff")
        for (name, options) in [
            ("kept.tiff", []), ("turned.tiff", ["--orient", "apply"]), ("turned.ppm", []),
        ] as [(String, [String])] {
            let run = try ConvertTool.run(
                ["in.tiff", name, "--fit", "90x40", "--verify"] + options, in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let image = try decode(name)
            #expect(image.upright().header.size == ImageSize(width: 60, height: 40), "\(name)")
        }
        #expect(try decode("turned.ppm").bytes == decode("turned.tiff").bytes)
    }

    @Test func `sizes in metadata follow, and the resolution stays`() throws {
        guard ForeignTool("exiftool").isInstalled else {
            try Test.cancel("exiftool is not installed")
        }
        var image = Self.smooth(40, 30)
        image.header.metadata.exif = ExifOrientation.setting(.up, in: ChangingBlocks.exif)
        image.header.metadata.xmp = Array(ChangingBlocks.xmp.utf8)
        image.header.metadata.resolution = Resolution(
            horizontal: 300, vertical: 300, unit: .inch)
        try write(image, as: "in.tiff")
        #expect(try convert("in.tiff", "out.jpg", "--fit", "20").status == 0)
        let outcome = try ForeignTool("exiftool").run(
            [
                "-n", "-s3", "-p",
                "$ExifIFD:ExifImageWidth $ExifIFD:ExifImageHeight "
                    + "$XMP-exif:ExifImageWidth $ExifIFD:SubjectArea", "%",
            ], on: try #require(folder.read("out.jpg")), pathExtension: "jpg")
        #expect(outcome.text.contains("20 15 20 10 8"), "\(outcome.text) \(outcome.diagnostics)")
        #expect(try decode("out.jpg").header.metadata.resolution?.horizontal == 300)
    }
}
