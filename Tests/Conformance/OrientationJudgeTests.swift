import FormatKit
import TestSupport
import Testing

/// Other people's programs see our pictures upright, too.
@Suite struct OrientationJudgeTests {
    private static let imageMagick = ForeignTool("convert-im6")
    private static let djxl = ForeignTool("djxl")
    private static let exiftool = ForeignTool("exiftool")

    /// What our tool makes of a picture on its side.
    private func converted(
        _ picture: Image, storedAs orientation: Orientation, to format: String, _ handling: String
    ) throws -> [UInt8] {
        guard BuiltIn.registry.plugin(named: format) != nil else {
            try Test.cancel("\(format) is not built in")
        }
        let folder = try TemporaryFolder()
        let source = try OrientationTests.file(of: picture.stored(as: orientation), "png")
        try folder.write("in.png", source)
        let run = try ConvertTool.run(
            ["in.png", "out.\(format)", "--orient", handling, "--quiet"]
                + OrientationTests.options(for: format), in: folder)
        try #require(run.status == 0, "\(run.errors)")
        return try #require(folder.read("out.\(format)"))
    }

    /// A program that turns pictures as files ask it to, and the arguments for 8 bits of gray.
    private func expectUpright(
        _ tool: ForeignTool, _ arguments: [String], _ format: String, _ orientation: Orientation
    ) throws {
        let picture = try OrientationTests.blocks(for: "png")
        for handling in ["keep", "apply"] {
            let file = try converted(picture, storedAs: orientation, to: format, handling)
            let outcome = try tool.run(arguments, on: file, pathExtension: format)
            #expect(outcome.status == 0, "\(outcome.diagnostics)")
            #expect(outcome.output.suffix(picture.bytes.count) == picture.bytes[...], "\(handling)")
        }
    }

    @Test(
        .enabled(if: imageMagick.isInstalled), arguments: ["tiff", "jpeg", "avif"],
        Orientation.allCases)
    func `ImageMagick turns the picture upright`(format: String, orientation: Orientation) throws {
        try expectUpright(
            Self.imageMagick, ["%", "-auto-orient", "-depth", "8", "gray:-"], format, orientation)
    }

    @Test(.enabled(if: djxl.isInstalled), arguments: Orientation.allCases)
    func `djxl turns the picture upright`(orientation: Orientation) throws {
        // It knows the format of its output by the extension.
        try expectUpright(
            ForeignTool("bash"), ["-c", "djxl --quiet '%' '%.pgm' && cat '%.pgm'"], "jxl",
            orientation)
    }

    /// Of formats whose orientation the program above does not heed.
    @Test(
        .enabled(if: exiftool.isInstalled), arguments: ["png", "webp"], Orientation.allCases)
    func `ExifTool finds the orientation kept, or none`(
        format: String, orientation: Orientation
    ) throws {
        for (handling, expected) in [("keep", orientation), ("apply", .up)] {
            let file = try converted(
                OrientationTests.noise, storedAs: orientation, to: format, handling)
            let outcome = try Self.exiftool.run(
                ["-n", "-s3", "-Orientation", "-ImageWidth", "%"], on: file,
                pathExtension: format)
            let lines = outcome.text.split(separator: "\n").map(String.init)
            // None means upright.
            let found = lines.count == 1 ? "1" : lines.first
            #expect(found == "\(expected.rawValue)", "\(handling): \(lines)")
            let isOnItsSide = orientation.isTransposing && expected != .up
            #expect(lines.last == (isOnItsSide ? "24" : "40"), "\(handling): \(lines)")
        }
    }
}
