import BuiltInFormats
import FormatKit
import TestSupport
import Testing

/// A maker's note can be read after it has gone through TIFF, or a loss says that it cannot.
@Suite struct MakerNoteTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private let file = FaultyFiles.path("makernote-offsets/canon.jpg")

    @Test func `a note keeps its place in TIFF and back`() throws {
        for (input, output) in [
            (file, "a.tif"), ("a.tif", "b.tif"), ("b.tif", "c.jpg"), (file, "d.tif"),
        ] {
            let run = try ConvertTool.run([input, output, "--strict", "--verify"], in: folder)
            #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
            let judge = ForeignTool("exiftool")
            guard judge.isInstalled else { continue }
            let texts = try judge.run(
                ["-s3", "-CanonImageType", "-OwnerName", "%"],
                on: try #require(folder.read(output)), pathExtension: "tif")
            #expect(texts.text == "IMG:PowerShot TEST JPEG\nSomebody Else\n")
        }
    }

    @Test func `a note that has to move is a loss`() throws {
        // So many tags in front of it that it lies farther away than a block reaches.
        let plugin = try #require(BuiltIn.registry.plugin(named: "tiff"))
        let exif = try #require(
            try BuiltIn.registry.makeReader(
                source: MemorySource(try FaultyFiles.bytes("makernote-offsets/canon.jpg")),
                context: CodecContext()
            ).reader.header.metadata.exif)
        let header = ImageHeader(
            size: ImageSize(width: 8, height: 8), layout: PixelLayout(.rgb, .uint8),
            frameCount: 2, metadata: ImageMetadata(exif: exif))
        let losses = plugin.planning.losses(of: header, with: WriteSettings())
        #expect(losses.contains { $0.description.hasPrefix("the maker note gets another place") })
    }
}
