import CImgconv
import ConvertKit
import FormatKit
import TestSupport
import Testing

@testable import ConvertLibrary

/// Texts of options mean what the command line means.
@Suite struct OptionTests {
    @Test(arguments: [
        "quality=60 effort=1 strict coin.bpp=0.5",
        "--quality=60 --effort=1 --strict --option=coin.bpp=0.5",
        "--quality 60 --effort 1\n--strict --option coin.bpp=0.5",
        "  quality 60\teffort 1 option coin.bpp=0.5 strict ",
    ])
    func `an option may be spelled as on the command line, or without hyphens`(text: String) throws
    {
        let options = try CallOptions(parsing: text).conversion
        #expect(options.quality == 60 && options.effort == 1 && options.isStrict)
        #expect(options.assignments == ["coin.bpp=0.5"])
    }

    @Test func `every option sets what its name says`() throws {
        let options = try CallOptions(
            parsing: """
                to=webp overwrite verify region=1,2,3,4 pages=1-3 fit=40x30 enlarge filter=mitchell \
                linear-light keep=icc,exif-gps orient=apply background=#203040 depth=8 dither \
                extra-samples=drop to-srgb plain-cmyk quality=1.5 lossless effort=2 salvage strict \
                target-size=10K threads=3 kernels=scalar max-pixels=1K max-memory=1K max-work=1K \
                max-metadata=1K max-frames=1K
                """)
        var conversion = ConversionOptions()
        conversion.quality = 1.5
        conversion.effort = 2
        conversion.target = .byteCount(10240)
        conversion.selection = Selection(
            region: PixelRegion(columns: 1..<4, rows: 2..<6),
            fit: Selection.Fit(ImageSize(width: 40, height: 30), isEnlarging: true),
            resampling: Resampling(filter: .mitchell, isLinearLight: true), pages: .list([0...2]))
        conversion.preferences = ConversionPreferences(
            metadata: [.icc, .exif], isKeepingLocation: false, orientation: .apply,
            background: RGBAColor(red: 0x20, green: 0x30, blue: 0x40), depth: 8, isDithered: true,
            isConvertedToSRGB: true, extraSamples: .drop, takesPlainCMYK: true)
        let found = options.conversion
        #expect(found.quality == conversion.quality && found.effort == conversion.effort)
        #expect(found.target == conversion.target && found.selection == conversion.selection)
        #expect(found.preferences == conversion.preferences)
        #expect(found.isLossless && found.isSalvaging && found.isStrict)
        #expect(options.formatName == "webp")
        #expect(options.run.isReplacing && options.run.isVerifying)
        #expect(options.run.threadCount == 3)
        let codec = options.run.codecOptions[FormatID("coin")]
        #expect(codec.choice("kernels") == "scalar" && codec.integer("work") == 1000)
        let limits = Limits(
            pixelCount: 1000, memoryByteCount: 1024, metadataByteCount: 1024, frameCount: 1000)
        #expect(options.run.limits == limits)
    }

    @Test(arguments: [
        ("page=7", Selection(pages: .page(6))), ("scale=0.5", Selection(scale: .factor(0.5))),
        ("size=4x5", Selection(scale: .size(ImageSize(width: 4, height: 5)))),
        ("", Selection.whole),
    ])
    func `a part and a size are chosen`(text: String, selection: Selection) throws {
        #expect(try CallOptions(parsing: text).conversion.selection == selection)
    }

    @Test(arguments: [
        ("target-psnr=40", EncodingTarget.psnr(40)), ("target-ssim=0.98", .similarity(0.98)),
    ])
    func `a target is chosen`(text: String, target: EncodingTarget) throws {
        #expect(try CallOptions(parsing: text).conversion.target == target)
    }

    @Test(arguments: [
        ("qualty=60", "unknown option qualty"), ("--jobs 3", "unknown option jobs"),
        ("=3", "unknown option "), ("-quality=3", "unknown option -quality"),
        ("quality", "expected a number"), ("quality=", "\"\" is not a number"),
        ("quality=nan", "is not a number from 0 to 100"), ("quality=101", "from 0 to 100"),
        ("effort=1.5", "is not a whole number"), ("strict=yes", "option strict has no value"),
        ("page=0", "counted from 1"), ("pages=3-1", "is not all or pages"),
        ("filter=box2", "is not one of"), ("kernels=mmx", "is not one of auto, scalar"),
        ("depth=12", "8 or 16"), ("target-ssim=1", "below 1"), ("target-psnr=0", "above 0"),
        ("target-size=0", "a number of bytes"), ("threads=0", "a number of threads"),
        ("max-pixels=many", "a count"), ("fit=3 size=4x4", "fit and size exclude each other"),
        ("page=1 pages=all", "exclude"), ("target-psnr=40 target-size=1K", "exclude"),
        ("enlarge", "goes with fit"), ("keep=iccc", "kinds of metadata"),
        ("background=#12", "a color"), ("region=1,1,0,1", "a region"), ("scale=0", "a factor"),
    ])
    func `what makes no sense is refused in words`(text: String, words: String) {
        let error = #expect(throws: CallError.self) { try CallOptions(parsing: text) }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        #expect(error?.status == IMGCONV_INVALID_OPTION)
    }

    /// What has no meaning in a program that converts one file by one call.
    private static let ofTheCommandAlone: Set = [
        "output-dir", "join", "skip-existing", "preserve-times", "progressive", "files-from",
        "files-format", "null", "base", "shard", "shard-by", "recursive", "include", "exclude",
        "name-template", "dry-run", "resume", "force", "fail-fast", "max-failures", "grace", "log",
        "jobs", "timeout", "quiet", "verbose", "json", "version", "help",
    ]

    @Test func `all options of the command are known that have a meaning in a library`() throws {
        let help = try ConvertTool.run(["--help"], in: TemporaryFolder()).text
        // The options that are described, not those that descriptions mention.
        let named = help.matches(of: /(?m)^  (?:-[a-z0], )?--([a-z-]+)/).map { String($0.output.1) }
        let names = Set(OptionRule.all.map(\.name))
        #expect(names.count == OptionRule.all.count)
        #expect(Set(named) == names.union(Self.ofTheCommandAlone))
    }
}
