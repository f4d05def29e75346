import BuiltInFormats
import FormatKit
import TestSupport
import Testing

/// The resolution reaches every format that has any place for it, and none is missed that says
/// nothing.
@Suite struct ResolutionTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func resolution(_ name: String) throws -> Resolution? {
        try BuiltIn.registry.makeReader(
            source: MemorySource(try #require(folder.read(name))), context: CodecContext()
        ).reader.header.metadata.resolution
    }

    private static let per300 = Resolution(horizontal: 300, vertical: 300, unit: .inch)

    @Test(
        arguments: ["webp", "avif", "png"].map { "exif-resolution-to-tiff/exif300.\($0)" }
            + ["short", "long", "srational", "float", "double"].map {
                "tiff-resolution-types/resolution-\($0).tif"
            } + ["tiff-resolution-types/only-xresolution.tif", "resolution-false-loss/cam.jpg"],
        ["tif", "png", "jpg", "webp", "avif", "jxl"])
    func `300 dpi stay 300 dpi`(file: String, format: String) throws {
        // libjxl compresses the Exif block of a JPEG file that it takes, and exiftool reads that
        // only with a library that few have.
        let isReadable = format == "jxl" ? ["--option", "jxl.transcode=never"] : []
        let arguments = [FaultyFiles.path(file), "out.\(format)"] + isReadable
        let run = try ConvertTool.run(arguments + ["--strict"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(try resolution("out.\(format)")?.isClose(to: Self.per300) == true)
        let judge = ForeignTool("exiftool")
        guard judge.isInstalled, let bytes = folder.read("out.\(format)") else { return }
        let found = try judge.run(
            ["-s3", "-n", "-XResolution", "-PixelsPerUnitX", "%"], on: bytes,
            pathExtension: format)
        #expect(["300\n", "11811\n", "300\n11811\n"].contains(found.text), "\(found.text)")
    }

    @Test(arguments: ["webp", "avif", "jxl", "png", "tif"])
    func `a ratio of one without a unit is not missed`(format: String) throws {
        let file = FaultyFiles.path("resolution-false-loss/nores.tif")
        let run = try ConvertTool.run([file, "out.\(format)", "--strict"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
    }

    @Test func `what has no place at all is a loss`() throws {
        let file = FaultyFiles.path("tiff-resolution-types/resolution-short.tif")
        let run = try ConvertTool.run([file, "out.ppm", "--strict"], in: folder)
        #expect(run.status == 1 && run.errors.contains("the resolution is left out"))
    }

    @Test func `what belongs to LERC is no loss`() throws {
        let picture = try BuiltIn.file("png")
        _ = try folder.write("a.png", picture)
        let first = try ConvertTool.run(
            ["a.png", "a.tif", "--option", "tiff.compression=lerc"], in: folder)
        // A libtiff without LERC has nothing to lose.
        guard first.status == 0 else { try Test.cancel("libtiff has no LERC") }
        let run = try ConvertTool.run(["a.tif", "b.png", "--strict"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
    }
}
