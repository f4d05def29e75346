import FormatKit
import TestSupport
import Testing

/// Icons, which hold one picture in several sizes.
@Suite struct IconCommandTests {
    private let folder: TemporaryFolder
    private static let sizes = [(16, 16), (256, 256), (32, 24)]

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

    /// Writes a file of pages, and an icon of them.
    private func writeIcon() throws -> [Image] {
        let layout = PixelLayout(.rgb, .uint8, alpha: .straight)
        let images = Self.sizes.enumerated().map { index, size in
            var image = Image.noise(size.0, size.1, layout, seed: UInt64(index + 1))
            image.header.frameCount = Self.sizes.count
            return image
        }
        let plugin = try #require(BuiltIn.registry.plugin(named: "tiff"))
        try folder.write("pages.tiff", try images.encoded(by: plugin))
        let run = try convert("pages.tiff", "a.ico", "--pages", "all", "--strict", "--verify")
        try #require(run.status == 0 && run.errors == "", "\(run.errors)")
        return images
    }

    @Test func `the largest picture comes if none is chosen`() throws {
        let images = try writeIcon()
        let run = try convert("a.ico", "a.png", "--verify")
        #expect(run.status == 0 && run.errors.contains("2 more pages are left out"))
        #expect(try image("a.png", "png").bytes == images[1].bytes)
        let salvaged = try convert("a.ico", "b.png", "--salvage")
        #expect(salvaged.status == 0 && folder.read("a.png") == folder.read("b.png"))
        let info = try convert("info", "a.ico").text
        #expect(info.contains("256x256") && info.contains("PNG"), "\(info)")
    }

    @Test func `every picture can be chosen, and all of them`() throws {
        let images = try writeIcon()
        for (index, expected) in images.enumerated() {
            let name = "\(index + 1).png"
            let run = try convert("a.ico", name, "--page", "\(index + 1)", "--strict")
            #expect(run.status == 0 && run.errors == "", "\(run.errors)")
            #expect(try image(name, "png").bytes == expected.bytes)
        }
        let run = try convert("a.ico", "b.ico", "--pages", "all", "--strict", "--verify")
        #expect(run.status == 0 && run.errors == "", "\(run.errors)")
        #expect(folder.read("b.ico") == folder.read("a.ico"))
    }

    @Test func `a larger picture is refused with the option that helps`() throws {
        try folder.write("in.png", try BuiltIn.file("png", width: 300, height: 200))
        let run = try convert("in.png", "a.ico")
        #expect(
            run.errors
                == "convert: in.png: ico cannot store this image: 300x200 exceeds 256 pixels "
                + "a side; --fit 256 makes it small enough\n")
        #expect(run.status == 1 && folder.read("a.ico") == nil)
        #expect(try convert("in.png", "a.ico", "--fit", "256").status == 0)
        #expect(try image("a.ico", "ico").header.size == ImageSize(width: 256, height: 171))
    }

    @Test func `cursors are only read`() throws {
        _ = try writeIcon()
        var cursor = try #require(folder.read("a.ico"))
        cursor[2] = 2
        try folder.write("a.cur", cursor)
        let run = try convert("a.cur", "a.png")
        #expect(run.status == 0 && run.errors.contains("the hot spot (1, 32) is left out"))
        #expect(try convert("a.png", "b.cur").status != 0)
    }
}
