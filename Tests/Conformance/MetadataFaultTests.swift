import BuiltInFormats
import FormatKit
import TestSupport
import Testing

/// Nothing is lost in silence: files of `Tests/Faults` whose metadata were once lost or made untrue
/// without a word.
@Suite struct MetadataFaultTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func convert(
        _ file: String, to output: String, _ arguments: String...
    ) throws -> ConvertTool.Run {
        try ConvertTool.run(
            [FaultyFiles.path(file), output, "--overwrite"] + arguments, in: folder)
    }

    private func header(_ name: String) throws -> ImageHeader {
        let bytes = try #require(folder.read(name))
        return try BuiltIn.registry.makeReader(
            source: MemorySource(bytes), context: CodecContext()
        ).reader.header
    }

    @Test func `a crop moves the georeference, a turn turns it`() throws {
        let crop = try convert(
            "geotiff-crop/geo.tif", to: "crop.tif", "--region", "16,32,16,16", "--strict")
        #expect(crop.status == 0 && crop.errors.isEmpty, "\(crop.errors)")
        let turn = try convert(
            "geotiff-crop/geo6.tif", to: "turn.tif", "--orient", "apply", "--strict")
        #expect(turn.status == 0 && turn.errors.isEmpty, "\(turn.errors)")
        let judge = ForeignTool("exiftool")
        guard judge.isInstalled else { return }
        let cropped = try judge.run(
            ["-s3", "-ModelTiePoint", "-PixelScale", "%"],
            on: try #require(folder.read("crop.tif")), pathExtension: "tif")
        #expect(cropped.text == "0 0 0 500160 3999680 0\n10 10 0\n")
        let turned = try judge.run(
            ["-s3", "-ModelTransform", "-ModelTiePoint", "%"],
            on: try #require(folder.read("turn.tif")), pathExtension: "tif")
        #expect(turned.text == "0 10 0 500000 10 0 0 3999360 0 0 0 0 0 0 0 1\n")
    }

    @Test(
        arguments: [
            ["--region", "0,0,20,30"], ["--orient", "apply"],
        ], ["jpg", "png", "webp"])
    func `a thumbnail of what is gone is left out, and a loss`(
        change: [String], format: String
    ) throws {
        let file = "exif-thumbnail-crop/photo.jpg"
        let run = try ConvertTool.run(
            [FaultyFiles.path(file), "out.\(format)", "--json"] + change, in: folder)
        #expect(run.status == 0 && run.text.contains("the Exif thumbnail is left out"))
        let header = try header("out.\(format)")
        let exif = try #require(header.metadata.exif)
        #expect(!exif.contains(sequence: [0xFF, 0xD8, 0xFF]))
        let judge = ForeignTool("exiftool")
        if judge.isInstalled {
            let sizes = try judge.run(
                ["-s3", "-ExifImageWidth", "-ExifImageHeight", "-ThumbnailImage", "%"],
                on: try #require(folder.read("out.\(format)")), pathExtension: format)
            #expect(sizes.text == "\(header.size.width)\n\(header.size.height)\n")
        }
        let strict = try ConvertTool.run(
            [FaultyFiles.path(file), "strict.\(format)", "--strict"] + change, in: folder)
        #expect(strict.status == 1 && folder.read("strict.\(format)") == nil)
    }

    @Test(arguments: ["jpg", "png", "tif"])
    func `an output claims no gain map that stays behind`(format: String) throws {
        let file = "ultrahdr-stale-xmp/uhdr.jpg"
        // From JPEG to JPEG, all of the file would stay.
        let run = try convert(file, to: "out.\(format)", "--quality", "90")
        #expect(run.status == 0 && run.errors.contains("gain map (HDR)"))
        let xmp = String(
            decoding: try #require(try header("out.\(format)").metadata.xmp), as: UTF8.self)
        #expect(!xmp.contains("hdrgm:Version") && !xmp.contains("Container:Directory"))
        let strict = try convert(file, to: "strict.\(format)", "--strict", "--quality", "90")
        #expect(strict.status == 1)
    }

    @Test func `sRGB pixels are not called Adobe RGB`() throws {
        let run = try convert("to-srgb-leaves-adobe-rgb/icc.jpg", to: "out.jpg", "--to-srgb")
        #expect(run.status == 0)
        let judge = ForeignTool("exiftool")
        guard judge.isInstalled else { return }
        let labels = try judge.run(
            ["-s3", "-n", "-ColorSpace", "-InteropIndex", "-ProfileDescription", "%"],
            on: try #require(folder.read("out.jpg")), pathExtension: "jpg")
        #expect(labels.text == "1\nR98\n")
    }
}

extension [UInt8] {
    /// Whether some bytes are among these, one after the other.
    func contains(sequence: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: sequence) }
    }
}
