import Foundation
import FormatKit
import TestSupport
import Testing

/// PDF, as a user writes it.
@Suite struct DocumentCommandTests {
    private let folder: TemporaryFolder
    private static let qpdf = ForeignTool("qpdf")
    private static let pdfimages = ForeignTool("pdfimages")
    private static let mutool = ForeignTool("mutool")
    private static let photo = "exif-thumbnail-crop/photo.jpg"
    /// Stored on its side.
    private static let turned = "region-orientation/photo.jpg"

    init() throws {
        folder = try TemporaryFolder()
    }

    private func convert(_ arguments: String...) throws -> ConvertTool.Run {
        try ConvertTool.run(arguments, in: folder)
    }

    private func report(_ arguments: String...) throws -> [String: Any] {
        let run = try ConvertTool.run(arguments + ["--json"], in: folder)
        return try parseJSON(run.text) as? [String: Any] ?? [:]
    }

    private func document(_ name: String = "a.pdf") throws -> [UInt8] {
        try #require(folder.read(name), "\(name)")
    }

    private func text(_ name: String = "a.pdf") throws -> String {
        String(latin1: try document(name))
    }

    /// Expects that qpdf finds nothing wrong, if it is there.
    private func check(_ name: String = "a.pdf") throws {
        guard Self.qpdf.isInstalled else { return }
        let outcome = try Self.qpdf.run(
            ["--check", "%"], on: try document(name), pathExtension: "pdf")
        #expect(outcome.status == 0 && outcome.diagnostics.isEmpty, "\(outcome.diagnostics)")
    }

    /// Whether a file is in a document, byte for byte.
    private func holds(_ document: [UInt8], _ file: [UInt8]) -> Bool {
        document.firstRange(of: file) != nil
    }

    @Test(arguments: [false, true])
    func `inks become a page by JPEG`(isJPEG: Bool) throws {
        let file = try BuiltIn.file(
            "tiff", width: 60, height: 40, layout: PixelLayout(.cmyk, .uint8))
        try folder.write("in.tif", file)
        let quality = isJPEG ? ["--quality", "90"] : []
        let run = try ConvertTool.run(["in.tif", "a.pdf"] + quality, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(try text().contains("/DeviceCMYK") && text().contains("/DCTDecode") == isJPEG)
        try check()
        guard Self.mutool.isInstalled else { return }
        let drawn = try Self.mutool.run(
            ["draw", "-q", "-r", "72", "-c", "cmyk", "-F", "pam", "-o", "-", "%"],
            on: try document(), pathExtension: "pdf")
        let pixels = drawn.output.suffix(60 * 40 * 4)
        let source = TestImages.picture(
            width: 60, height: 40, layout: PixelLayout(.cmyk, .uint8)
        ).bytes
        let error = zip(pixels, source).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        #expect(pixels.count == source.count && error < source.count * (isJPEG ? 12 : 1))
    }

    @Test func `a picture becomes a page`() throws {
        try folder.write("in.png", try BuiltIn.file("png", width: 60, height: 40))
        let run = try convert("in.png", "a.pdf", "--strict")
        #expect(run.status == 0 && run.errors == "", "\(run.errors)")
        #expect(try text().contains("/MediaBox [0 0 60 40]"))
        try check()
        #expect(try convert("in.png", "b.pdf").status == 0)
        #expect(try document("a.pdf") == document("b.pdf"))
        guard Self.mutool.isInstalled else { return }
        let drawn = try Self.mutool.run(
            ["draw", "-q", "-r", "72", "-F", "ppm", "-o", "-", "%"], on: try document(),
            pathExtension: "pdf")
        let plugin = try #require(BuiltIn.registry.plugin(named: "png"))
        let picture = try Image(decoding: try #require(folder.read("in.png")), as: plugin)
        #expect(drawn.output.suffix(60 * 40 * 3) == picture.bytes[...])
    }

    @Test func `documents are only written`() throws {
        try folder.write("in.png", try BuiltIn.file("png"))
        try convert("in.png", "a.pdf", "--verify").expectFailure(about: "in.png")
        #expect(folder.files == ["in.png"])
        #expect(try convert("in.png", "a.pdf").status == 0)
        let back = try convert("a.pdf", "b.png")
        back.expectFailure(about: "a.pdf")
        #expect(back.errors == "convert: a.pdf: PDF files are not supported\n")
        let searched = try convert("in.png", "c.pdf", "--target-size", "1K")
        #expect(searched.status != 0 && searched.errors.contains("pdf has no quality to search"))
        #expect(try convert("formats").text.contains("\npdf: Portable Document Format ("))
    }

    @Test func `pages of a file become pages, and black and white is Group 4`() throws {
        let images = [PixelLayout(.gray, .uint8), PixelLayout(.rgb, .uint16)].map { layout in
            var image = Image.noise(20, 10, layout)
            image.header.frameCount = 2
            return image
        }
        let plugin = try #require(BuiltIn.registry.plugin(named: "tiff"))
        try folder.write("in.tiff", try images.encoded(by: plugin))
        let run = try convert("in.tiff", "a.pdf", "--pages", "all", "--strict")
        #expect(run.status == 0 && run.errors == "", "\(run.errors)")
        #expect(try text().contains("/Count 2 "))
        try check()
        var scan = Image.noise(16, 10, PixelLayout(.gray, .uint8))
        scan.bytes = scan.bytes.map { $0 < 128 ? 0 : 255 }
        scan.header.storage = .packedGray(bitCount: 1)
        try folder.write("scan.tiff", try scan.encoded(by: plugin))
        #expect(try convert("scan.tiff", "b.pdf", "--strict").errors == "")
        #expect(try text("b.pdf").contains("/CCITTFaxDecode"))
        try check("b.pdf")
        let bitmap = Array("P4\n16 10\n".utf8) + (0..<20).map { UInt8($0 * 37 % 256) }
        try folder.write("scan.pbm", bitmap)
        #expect(try convert("scan.pbm", "d.pdf", "--strict").errors == "")
        #expect(try text("d.pdf").contains("/CCITTFaxDecode"))
        try check("d.pdf")
        let joined = try convert("in.tiff", "scan.tiff", "c.pdf", "--join", "--strict")
        #expect(joined.status == 0, "\(joined.errors)")
        #expect(try text("c.pdf").contains("/Count 3 "))
        try check("c.pdf")
    }

    @Test func `what a document cannot hold is a loss`() throws {
        var metadata = ImageMetadata(orientation: .right)
        metadata.exif = metadata.exifCarryingOrientation
        let image = Image.noise(20, 10, PixelLayout(.rgb, .uint8), metadata: metadata)
        let plugin = try #require(BuiltIn.registry.plugin(named: "png"))
        try folder.write("in.png", try image.encoded(by: plugin))
        let strict = try convert("in.png", "a.pdf", "--strict")
        strict.expectFailure(about: "in.png")
        #expect(strict.errors.contains("the Exif block is left out"), "\(strict.errors)")
        let run = try convert("in.png", "a.pdf")
        #expect(run.status == 0 && run.errors.contains("the Exif block is left out"))
        // The page is turned, its pixels need not be.
        #expect(try text().contains("/MediaBox [0 0 10 20]"))
        #expect(try text().contains("/Width 20 /Height 10"))
        let applied = try convert("in.png", "b.pdf", "--orient", "apply")
        #expect(applied.status == 0)
        #expect(try text("b.pdf").contains("/Width 10 /Height 20"))
    }

    #if JPEG
        @Test(arguments: [photo, turned]) func `a JPEG file passes as it is`(name: String) throws {
            let (path, file) = (FaultyFiles.path(name), try FaultyFiles.bytes(name))
            let plan = try convert(path, "a.pdf", "--dry-run")
            #expect(plan.text == "\(path) -> a.pdf (without decoding)\n")
            let run = try report(path, "a.pdf", "--strict")
            #expect(run["stream"] as? String == "jpeg", "\(run)")
            #expect(holds(try document(), file))
            try check()
            guard Self.pdfimages.isInstalled else { return }
            let list = try Self.pdfimages.run(
                ["-list", "%"], on: try document(), pathExtension: "pdf")
            #expect(list.text.contains(" jpeg "), "\(list.text)")
        }

        @Test func `a quality asks for JPEG`() throws {
            try folder.write("in.png", try BuiltIn.file("png", width: 300, height: 200))
            let sizes = try ["10", "95"].map { quality in
                #expect(try convert("in.png", "\(quality).pdf", "--quality", quality).status == 0)
                #expect(try text("\(quality).pdf").contains("/DCTDecode"))
                try check("\(quality).pdf")
                return try document("\(quality).pdf").count
            }
            #expect(sizes[0] < sizes[1])
            let photo = FaultyFiles.path(Self.photo)
            let other = try report(photo, "a.pdf", "--quality", "50")
            #expect(other["decoded_because"] as? String == "a quality is asked for", "\(other)")
            let flate = try report(photo, "b.pdf", "--option", "pdf.compression=flate")
            #expect(flate["decoded_because"] as? String == "pdf.compression is set", "\(flate)")
        }

        @Test func `JPEG files among others are pages as they are`() throws {
            try folder.write("in.png", try BuiltIn.file("png"))
            let photos = try [Self.photo, Self.turned].map(FaultyFiles.bytes)
            let paths = [Self.photo, Self.turned].map(FaultyFiles.path)
            let both = try report(paths[0], paths[1], "a.pdf", "--join", "--strict")
            #expect(both["stream"] as? String == "jpeg", "\(both)")
            #expect(try photos.allSatisfy { holds(try document(), $0) })
            try check()
            let mixed = try report(paths[0], "in.png", paths[1], "b.pdf", "--join", "--strict")
            #expect(mixed["stream"] is NSNull && mixed["pages"] as? Int == 3, "\(mixed)")
            #expect(
                mixed["decoded_because"] as? String == "page 2: there is no jpeg or jp2 stream",
                "\(mixed)")
            #expect(try photos.allSatisfy { holds(try document("b.pdf"), $0) })
            #expect(try text("b.pdf").contains("/Count 3 "))
            try check("b.pdf")
        }

        @Test(arguments: [false, true]) func `inks are inverted as they are read`(
            isPlain: Bool
        ) throws {
            let path = FaultyFiles.path("cmyk-jpeg-without-adobe-marker/cmyk.jpg")
            let run = try ConvertTool.run(
                [path, "a.pdf"] + (isPlain ? ["--plain-cmyk"] : []), in: folder)
            #expect(run.status == 0)
            #expect(try text().contains("/Decode [1 0 1 0 1 0 1 0]") == !isPlain)
            try check()
        }
    #endif

    #if JPEG2000
        @Test func `a JPEG 2000 file passes as it is, unless it has alpha`() throws {
            for (name, layout) in [
                ("in.jp2", PixelLayout(.rgb, .uint8)),
                ("alpha.jp2", PixelLayout(.rgb, .uint8, alpha: .straight)),
            ] {
                let plugin = try #require(BuiltIn.registry.plugin(named: "jp2"))
                try folder.write(name, try Image.noise(40, 30, layout).encoded(by: plugin))
            }
            let run = try report("in.jp2", "a.pdf", "--strict")
            #expect(run["stream"] as? String == "jp2", "\(run)")
            #expect(holds(try document(), try #require(folder.read("in.jp2"))))
            try check()
            let other = try report("alpha.jp2", "b.pdf", "--strict")
            #expect(
                other["decoded_because"] as? String
                    == "PDF cannot say what the file has: alpha", "\(other)")
            try check("b.pdf")
            guard Self.mutool.isInstalled else { return }
            let drawn = try Self.mutool.run(
                ["draw", "-q", "-r", "72", "-F", "ppm", "-o", "-", "%"], on: try document(),
                pathExtension: "pdf")
            let image = try Image(
                decoding: try #require(folder.read("in.jp2")),
                as: try #require(BuiltIn.registry.plugin(named: "jp2")))
            #expect(drawn.output.suffix(40 * 30 * 3) == image.bytes[...])
        }
    #endif
}
