import FormatKit
import TestSupport
import Testing

/// Other people's programs find nothing to complain about in what the tool writes of a picture
/// with a profile, an Exif block, an XMP packet and a resolution.
@Suite struct JudgeCommandTests {
    /// A program, what it is asked, and how it complains.
    struct Judge: Sendable, CustomTestStringConvertible {
        let tool: ForeignTool
        let format: String
        let arguments: [String]
        /// What it says of a sound file, if it says something.
        var praise: String?
        /// Options of the tool under test.
        var options: [String] = []

        var testDescription: String { "\(tool) on \(format)" }

        init(
            _ tool: String, _ format: String, _ arguments: [String] = ["%"], praise: String? = nil,
            options: [String] = []
        ) {
            self.tool = ForeignTool(tool)
            (self.format, self.arguments) = (format, arguments)
            (self.praise, self.options) = (praise, options)
        }
    }

    static let judges: [Judge] = {
        let validate = ["-validate", "-warning", "-a", "-s3", "%"]
        // Of TIFF's compressions ExifTool approves of those of the standard of 1992 only.
        let lzw = ["--option", "tiff.compression=lzw"]
        return [
            Judge("pngcheck", "png", ["-v", "%"], praise: "No errors detected"),
            Judge("identify", "png", ["-regard-warnings", "%"]),
            Judge("vipsheader", "png"), Judge("exiftool", "png", validate, praise: "OK"),
            Judge("tiffinfo", "tiff"), Judge("tiffinfo", "tiff", ["-d", "%"], options: lzw),
            Judge("identify", "tiff", ["-regard-warnings", "%"]), Judge("vipsheader", "tiff"),
            // Its one remark is of an entry that cameras write into JPEG and TIFF keeps.
            Judge(
                "exiftool", "tiff", validate, praise: "1 Warning (minor)", options: lzw),
            Judge("webpinfo", "webp", praise: "No error detected"), Judge("vipsheader", "webp"),
            Judge("exiftool", "webp", validate, praise: "OK"),
            Judge("identify", "jpeg", ["-regard-warnings", "%"]), Judge("vipsheader", "jpeg"),
            Judge("djpeg", "jpeg", ["-outfile", "/dev/null", "%"]),
            Judge("exiftool", "avif", validate, praise: "OK"),
            Judge("avifdec", "avif", ["--info", "%"], praise: "Exif Metadata  : Present"),
            Judge("exiftool", "jxl", validate, praise: "OK"),
            Judge("exiftool", "gif", validate, praise: "OK"), Judge("vipsheader", "gif"),
            Judge("identify", "gif", ["-regard-warnings", "%"]),
            Judge("exiftool", "jp2", validate, praise: "OK"), Judge("vipsheader", "jp2"),
            Judge("identify", "tga", ["-regard-warnings", "%"]),
            Judge("identify", "bmp", ["-regard-warnings", "%"]),
            Judge("identify", "ico", ["-regard-warnings", "%"]),
            Judge("exiftool", "ico", validate, praise: "OK"),
            Judge("identify", "hdr", ["-regard-warnings", "%"]), Judge("vipsheader", "hdr"),
            Judge("exiftool", "hdr", validate, praise: "OK"),
            Judge("qpdf", "pdf", ["--check", "%"], praise: "No syntax or stream encoding errors"),
            Judge("exrheader", "exr", praise: "file format version: 2"),
            Judge("exrinfo", "exr", ["-s", "%"]), Judge("vipsheader", "exr"),
            Judge("identify", "exr", ["-regard-warnings", "%"]),
            Judge("exiftool", "exr", validate, praise: "OK"),
        ]
    }()

    @Test(arguments: judges)
    func `finds nothing to complain about`(judge: Judge) throws {
        guard judge.tool.isInstalled, ForeignTool("exiftool").isInstalled else {
            try Test.cancel("\(judge.tool) or exiftool is not installed")
        }
        guard BuiltIn.registry.plugin(named: judge.format) != nil else {
            try Test.cancel("\(judge.format) is not built in")
        }
        let folder = try TemporaryFolder()
        try folder.write("in.png", try Self.source(in: folder))
        let run = try ConvertTool.run(
            ["in.png", "out.\(judge.format)", "--quiet"] + judge.options, in: folder)
        try #require(run.status == 0, "\(run.errors)")
        let outcome = try judge.tool.run(
            judge.arguments, on: try #require(folder.read("out.\(judge.format)")),
            pathExtension: judge.format)
        #expect(outcome.status == 0 && outcome.diagnostics.isEmpty, "\(outcome.diagnostics)")
        #expect(judge.praise.map(outcome.text.contains) != false, "\(outcome.text)")
        #expect(!outcome.text.lowercased().contains("corrupt"), "\(outcome.text)")
    }

    /// A picture that says much, as ExifTool and a tool for colors have made it.
    private static func source(in folder: TemporaryFolder) throws -> [UInt8] {
        var metadata = ImageMetadata(
            resolution: Resolution(horizontal: 300, vertical: 300, unit: .inch))
        metadata.codePoints = .displayP3
        let image = Image.noise(40, 24, PixelLayout(.rgb, .uint8), metadata: metadata)
        let plugin = try #require(BuiltIn.registry.plugin(named: "png"))
        try folder.write("coded.png", try image.encoded(by: plugin))
        // TIFF has no code points, so that a profile takes their place.
        for arguments in [["coded.png", "profiled.tiff"], ["profiled.tiff", "profiled.png"]] {
            let run = try ConvertTool.run(arguments, in: folder)
            try #require(run.status == 0, "\(run.errors)")
        }
        return try CarriageCommandTests.tagged(try #require(folder.read("profiled.png")))
    }
}
