import FormatKit
import TestSupport
import Testing

@testable import HDRFormat

/// A file made line by line.
struct HDRFile {
    var lines: [String] = []
    var format = "32-bit_rle_rgbe"
    var size = "-Y 1 +X 2"
    var content: [UInt8] = [128, 64, 32, 128, 0, 0, 0, 0]

    var bytes: [UInt8] {
        let head = ["#?RADIANCE", "FORMAT=\(format)"] + lines + ["", size, ""]
        return Array(head.joined(separator: "\n").utf8) + content
    }

    func decoded(_ context: CodecContext = CodecContext()) throws -> Image {
        try Image(decoding: bytes, as: HDRPlugin(), context: context)
    }

    func samples(_ context: CodecContext = CodecContext()) throws -> [Float] {
        try decoded(context).samples
    }
}

extension Image {
    /// Samples that are reals.
    var samples: [Float] {
        stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(
                bitPattern: bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
        }
    }

    /// A picture of reals.
    init(_ width: Int, _ height: Int, _ samples: [Float], metadata: ImageMetadata = ImageMetadata())
    {
        self.init(
            header: ImageHeader(
                size: ImageSize(width: width, height: height),
                layout: PixelLayout(.rgb, .float32), metadata: metadata),
            bytes: samples.flatMap { sample in
                (0..<4).map { UInt8(truncatingIfNeeded: sample.bitPattern >> UInt32(8 * $0)) }
            })
    }

    /// A picture of light that stays what it is.
    static func light(_ width: Int, _ height: Int, seed: UInt64 = 1) -> Image {
        var random = SplitMix64(seed: seed)
        let samples = (0..<width * height).flatMap { index -> [Float] in
            // Parts that are alike, and others.
            guard index / 20 % 2 == 0 else { return [0.25, 0.5, 1] }
            let scale = HDRPixel.scales[Int.random(in: 100...160, using: &random)]
            return (0..<3).map { channel in
                Float(UInt8.random(in: channel == 1 ? 128...255 : 0...255, using: &random)) * scale
            }
        }
        return Image(width, height, samples)
    }
}

@Suite struct HDRReadingTests {
    @Test func `mantissas share an exponent`() throws {
        let image = try HDRFile().decoded()
        #expect(image.header.layout == PixelLayout(.rgb, .float32))
        #expect(image.samples == [0.5, 0.25, 0.125, 0, 0, 0])
        #expect(image.header.metadata.gamma == 1)
        #expect(HDRPixel.scales.allSatisfy(\.isFinite) && HDRPixel.largest.isFinite)
    }

    private static let pixel: [UInt8] = [128, 64, 32, 128]
    private static let channels: [UInt8] = pixel.flatMap { value -> [UInt8] in [128 + 8, value] }
    private static let bytes: [UInt8] = pixel.flatMap { value -> [UInt8] in
        [3, value, value, value, 128 + 5, value]
    }

    static let rows: [(size: String, content: [UInt8], width: Int)] = [
        ("-Y 1 +X 8", [2, 2, 0, 8] + channels, 8),
        ("-Y 1 +X 8", [2, 2, 0, 8] + bytes, 8),
        ("-Y 1 +X 8", pixel + [1, 1, 1, 7], 8),
        ("-Y 1 +X 258", pixel + [1, 1, 1, 1, 1, 1, 1, 1], 258),
        ("-Y 2 +X 8", pixel + [1, 1, 1, 7] + [2, 2, 0, 8] + channels, 8),
        ("-Y 1 +X 4", pixel + pixel + pixel + pixel, 4),
    ]

    @Test(arguments: rows.indices)
    func `rows are in runs of either kind, or in none`(index: Int) throws {
        let (size, content, width) = Self.rows[index]
        let samples = try HDRFile(size: size, content: content).samples()
        #expect(samples.count % (3 * width) == 0)
        #expect(
            samples == (0..<samples.count).map { [0.5, 0.25, 0.125][$0 % 3] })
    }

    @Test(
        arguments: [
            ("-Y 1 +X 2", .up), ("-Y 1 -X 2", .upMirrored), ("+Y 1 -X 2", .down),
            ("+Y 1 +X 2", .downMirrored), ("+X 1 -Y 2", .leftMirrored), ("-X 1 -Y 2", .right),
            ("-X 1 +Y 2", .rightMirrored), ("+X 1 +Y 2", .left),
        ] as [(String, Orientation)])
    func `the size says how the picture is turned`(
        size: String, orientation: Orientation
    ) throws {
        let header = try HDRFile(size: size).decoded().header
        #expect(header.size == ImageSize(width: 2, height: 1))
        #expect(header.metadata.orientation == orientation)
    }

    /// The place of the first pixel in the upright picture, and that of the second.
    @Test(
        arguments: [
            ("-Y 2 +X 3", (0, 0), (1, 0)), ("-Y 2 -X 3", (2, 0), (1, 0)),
            ("+Y 2 -X 3", (2, 1), (1, 1)), ("+Y 2 +X 3", (0, 1), (1, 1)),
            ("+X 3 -Y 2", (0, 0), (0, 1)), ("-X 3 -Y 2", (2, 0), (2, 1)),
            ("-X 3 +Y 2", (2, 1), (2, 0)), ("+X 3 +Y 2", (0, 1), (0, 0)),
        ] as [(String, (Int, Int), (Int, Int))])
    func `pixels lie where the size says`(
        size: String, first: (Int, Int), second: (Int, Int)
    ) throws {
        let content = (1...6).flatMap { index -> [UInt8] in [UInt8(10 * index), 0, 128, 136] }
        let sink = MemorySink()
        _ = try Converter(registry: FormatRegistry([HDRPlugin()]), context: CodecContext())
            .convert(
                MemorySource(HDRFile(size: size, content: content).bytes), to: HDRPlugin(),
                settings: WriteSettings()
            ) { sink }
        let image = try Image(decoding: sink.bytes, as: HDRPlugin())
        #expect(image.header.size == ImageSize(width: 3, height: 2))
        #expect(image.header.metadata.orientation == .up)
        func red(_ place: (Int, Int)) -> Float { image.samples[3 * (3 * place.1 + place.0)] }
        #expect(red(first) == 10 && red(second) == 20)
    }

    @Test func `XYZ becomes RGB`() throws {
        // White of sRGB, and its red.
        let white = HDRPixel.bytes(0.9505, 1, 1.089)
        let red = HDRPixel.bytes(0.4124, 0.2126, 0.0193)
        let content = [white, red].flatMap { [$0.0, $0.1, $0.2, $0.3] }
        let image = try HDRFile(format: "32-bit_rle_xyze", content: content).decoded()
        for (found, expected) in zip(image.samples, [1, 1, 1, 1, 0, 0] as [Float]) {
            #expect(abs(found - expected) < 0.02)
        }
        #expect(image.header.metadata.chromaticities == .sRGB)
    }

    @Test func `what variables say is carried, told or named`() throws {
        let file = HDRFile(lines: [
            "# made by hand", "SOFTWARE=mine", "EXPOSURE=2", "EXPOSURE= 1.5", "GAMMA=2.2",
            "COLORCORR=1 2 4", "PIXASPECT=2", "PRIMARIES=.64 .33 .29 .60 .15 .06 .3333 .3333",
            "VIEW=-vtv", "oconv a b", "VIEW=again",
        ])
        let header = try file.decoded().header
        let metadata = header.metadata
        #expect(
            metadata.texts == [
                TextEntry("Comment", "made by hand"), TextEntry("Software", "mine"),
            ])
        #expect(abs((metadata.gamma ?? 0) - 1 / 2.2) < 1e-9)
        #expect(metadata.chromaticities?.green == Chromaticity(0.29, 0.6))
        #expect(metadata.chromaticities?.white == Chromaticity(0.3333, 0.3333))
        #expect(metadata.resolution == Resolution(horizontal: 2, vertical: 1, unit: .none))
        #expect(metadata.blocks.map(\.name) == ["EXPOSURE", "COLORCORR"])
        #expect(
            header.losses.map(\.description) == [
                "the header lines VIEW and oconv are left out"
            ])
        #expect(header.details.contains(ImageDetail("exposure", .real(3))))
    }

    @Test func `what is no number is left out, not the picture`() throws {
        let sound = ["EXPOSURE=2", "PIXASPECT=2"]
        let header = try HDRFile(
            lines: sound + ["EXPOSURE=much", "GAMMA=0", "COLORCORR=1 2", "PRIMARIES=1 2"]
        ).decoded().header
        #expect(header.metadata == (try HDRFile(lines: sound).decoded().header.metadata))
        #expect(
            header.losses.map(\.description) == [
                "EXPOSURE has no number and is left out: much",
                "GAMMA is not positive and is left out: 0",
                "COLORCORR has not 3 numbers and is left out: 1 2",
                "PRIMARIES has not 8 numbers and is left out: 1 2",
            ])
    }

    static let refused: [([UInt8], ImageError)] = [
        (Array("#!RADIANCE\n".utf8), .malformed(.hdr, "expected #?", offset: 0)),
        (
            HDRFile(format: "png").bytes,
            .unsupported(.hdr, "pixels in the format png")
        ),
        (
            HDRFile(size: "-Y 1 +Y 2").bytes,
            .malformed(
                .hdr, "expected a size such as -Y 480 +X 640, found -Y 1 +Y 2", offset: 35)
        ),
        (HDRFile(size: "-Y 0 +X 2").bytes, .malformed(.hdr, "size 2x0", offset: 35)),
        (
            HDRFile(size: "-Y 1 +X 8", content: [2, 2, 0, 9]).bytes,
            .malformed(.hdr, "a row has 9 pixels, expected 8", offset: 47)
        ),
        (
            HDRFile(size: "-Y 1 +X 8", content: [2, 2, 0, 8, 137, 1]).bytes,
            .malformed(.hdr, "a run of 9 bytes, with 8 left in the row", offset: 49)
        ),
        (
            HDRFile(size: "-Y 1 +X 8", content: [2, 2, 0, 8, 0]).bytes,
            .malformed(.hdr, "a run of 0 bytes, with 8 left in the row", offset: 49)
        ),
        (
            HDRFile(content: [1, 1, 1, 1, 1]).bytes,
            .malformed(.hdr, "a run of 1 pixels, with 2 left in the row", offset: 45)
        ),
        (
            HDRFile(content: [9, 9, 9, 9, 1, 1, 1, 2]).bytes,
            .malformed(.hdr, "a run of 2 pixels, with 1 left in the row", offset: 49)
        ),
    ]

    @Test(arguments: refused.indices)
    func `says what is wrong and where`(index: Int) {
        let (file, error) = Self.refused[index]
        #expect(throws: error) { try Image(decoding: file, as: HDRPlugin()) }
    }

    private static func files() throws -> [[UInt8]] {
        [
            try Image.light(40, 3).encoded(by: HDRPlugin()),
            HDRFile(
                lines: ["EXPOSURE=2", "# text"], size: "+X 2 -Y 8",
                content: pixel + [1, 1, 1, 7] + [2, 2, 0, 8] + channels
            ).bytes,
        ]
    }

    @Test func `refuses every prefix`() throws {
        for bytes in try Self.files() {
            let misjudged = HDRPlugin().misjudgedPrefixes(of: bytes)
            #expect(misjudged.isEmpty, "\(misjudged)")
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `survives damage to any byte`(seed: UInt64) throws {
        for bytes in try Self.files() { HDRPlugin().readDamaged(bytes, seed: seed) }
    }

    @Test func `checks limits before it takes memory`() throws {
        #expect(
            throws: ImageError.limitExceeded(
                .pixels, requested: 65_535 * 65_535, allowed: 1 << 28)
        ) { try HDRFile(size: "-Y 65535 +X 65535").decoded() }
        let endless = Array("#?RADIANCE\n".utf8) + [UInt8](repeating: 0x41, count: 100)
        #expect(throws: ImageError.limitExceeded(.metadata, requested: 51, allowed: 50)) {
            try Image(
                decoding: endless, as: HDRPlugin(),
                context: CodecContext(limits: Limits(metadataByteCount: 50)))
        }
    }

    @Test func `what follows the pixels is told`() throws {
        let log = WarningLog()
        var file = HDRFile()
        file.content += [1, 2, 3]
        _ = try file.decoded(log.context())
        #expect(log.warnings == ["3 bytes after the end of the image are ignored"])
    }
}

@Suite struct HDRRoundTripTests {
    @Test(arguments: [(1, 1), (7, 3), (8, 2), (127, 2), (300, 5), (32_767, 1), (32_768, 1)])
    func `keeps samples of 8 bits and one exponent`(width: Int, height: Int) throws {
        let image = Image.light(width, height)
        for rows in [1, 3] {
            let bytes = try image.encoded(by: HDRPlugin(), rowsPerBand: rows)
            let found = try Image(decoding: bytes, as: HDRPlugin())
            #expect(found.bytes == image.bytes && found.header.size == image.header.size)
            #expect(bytes == (try found.encoded(by: HDRPlugin())))
        }
        let flat = Image(width, height, [Float](repeating: 0.5, count: 3 * width * height))
        if (8...300).contains(width) {
            #expect(try flat.encoded(by: HDRPlugin()).count < 60 + height * (4 + 4 * 8))
        }
    }

    @Test(
        arguments: [
            ([1, 0.999, 0.001], [1, 1, 0]), ([0.9999, 0, 0], [1, 0, 0]),
            ([255, 254.4, 0.5], [255, 254, 1]), ([.leastNonzeroMagnitude, 0, 0], [0, 0, 0]),
            ([3e38, 0, 1], [HDRPixel.largest, 0, 0]), ([-1, .nan, 2], [0, 0, 2]),
            ([-.infinity, .infinity, 0], [0, HDRPixel.largest, 0]), ([-0.0, 0, 0], [0, 0, 0]),
        ] as [([Float], [Float])])
    func `samples are rounded to the nearest`(samples: [Float], expected: [Float]) throws {
        let log = WarningLog()
        let bytes = try Image(1, 1, samples).encoded(by: HDRPlugin(), context: log.context())
        #expect(try Image(decoding: bytes, as: HDRPlugin()).samples == expected)
        let oddCount = samples.filter { !($0 >= 0 && $0 <= HDRPixel.largest) }.count
        #expect(log.warnings.count == min(1, oddCount))
        #expect(log.warnings.allSatisfy { $0.hasPrefix("\(oddCount) sample") })
    }

    @Test func `is never off by more than half a step`() throws {
        var random = SplitMix64(seed: 7)
        let samples = (0..<3000).map { _ in Float.random(in: 0...4, using: &random) }
        let bytes = try Image(1000, 1, samples).encoded(by: HDRPlugin())
        let found = try Image(decoding: bytes, as: HDRPlugin()).samples
        for pixel in stride(from: 0, to: samples.count, by: 3) {
            let most = samples[pixel..<pixel + 3].max() ?? 0
            for place in pixel..<pixel + 3 {
                #expect(abs(found[place] - samples[place]) <= most / 256)
            }
        }
    }

    @Test func `keeps what a header says`() throws {
        var metadata = ImageMetadata(
            resolution: Resolution(horizontal: 2, vertical: 1, unit: .none),
            texts: [TextEntry("Comment", "one"), TextEntry("Software", "two")])
        metadata.gamma = 1
        metadata.chromaticities = Chromaticities(
            white: Chromaticity(0.3127, 0.329), red: Chromaticity(0.708, 0.292),
            green: Chromaticity(0.17, 0.797), blue: Chromaticity(0.131, 0.046))
        metadata.blocks = [
            FormatBlock(.hdr, "EXPOSURE", Array("2.5".utf8), dependsOnSamples: true)
        ]
        let image = Image(1, 1, [1, 0.5, 0.25], metadata: metadata)
        let found = try Image(decoding: image.encoded(by: HDRPlugin()), as: HDRPlugin())
        #expect(found.header.metadata == metadata && found.header.losses.isEmpty)
        #expect(HDRHeader.losses(metadata).isEmpty)
    }

    @Test func `what has no place is named`() {
        var metadata = ImageMetadata(
            resolution: Resolution(horizontal: 300, vertical: 300, unit: .inch),
            texts: [
                TextEntry("Title", "A"), TextEntry("Comment", "a\nb"), TextEntry("Comment", " a"),
            ])
        metadata.gamma = 0.5
        #expect(HDRHeader.losses(metadata).map(\.name) == ["text", "resolution", "gamma"])
    }

    @Test func `refuses what it cannot write`() throws {
        #expect(throws: ImageError.unstorable(.hdr, "pixels are rgb uint8")) {
            try Image.noise(2, 2, PixelLayout(.rgb, .uint8)).encoded(by: HDRPlugin())
        }
        let writer = try HDRPlugin().makeWriter(
            sink: MemorySink(), header: Image(2, 1, [0, 0, 0, 0, 0, 0]).header,
            settings: WriteSettings(), context: CodecContext())
        #expect(throws: ImageError.codecFailure(.hdr, "0 rows written, expected 1")) {
            try writer.finish()
        }
    }
}

/// What other people's programs think of our files, and we of theirs.
@Suite struct HDRJudgeTests {
    static let magick = ForeignTool("convert-im6")
    static let vips = ForeignTool("vips")

    /// Light from 0 to 1.
    private static func picture(_ width: Int, _ height: Int) -> Image {
        let picture = TestImages.picture(width: width, height: height)
        return Image(width, height, picture.bytes.map { Float($0) / 256 })
    }

    @Test(.enabled(if: magick.isInstalled), arguments: [(5, 3), (40, 30), (300, 7)])
    func `ImageMagick finds our samples`(width: Int, height: Int) throws {
        let bytes = try Self.picture(width, height).encoded(by: HDRPlugin())
        let expected = try Image(decoding: bytes, as: HDRPlugin()).samples
        // What it has read it calls light, and would encode it.
        let outcome = try Self.magick.run(
            ["%", "-set", "colorspace", "sRGB", "-depth", "16", "-endian", "LSB", "rgb:-"],
            on: bytes, pathExtension: "hdr")
        #expect(outcome.status == 0, "\(outcome.diagnostics)")
        try #require(outcome.output.count == 2 * expected.count)
        for (index, sample) in expected.enumerated() {
            let found = Int(outcome.output[2 * index]) | Int(outcome.output[2 * index + 1]) << 8
            #expect(abs(Float(found) - min(1, sample) * 65_535) <= 1)
        }
    }

    @Test(.enabled(if: magick.isInstalled), arguments: [(5, 3), (40, 30), (300, 7)])
    func `reads what ImageMagick writes`(width: Int, height: Int) throws {
        let picture = TestImages.picture(width: width, height: height)
        let made = try Self.magick.run(
            ["%", "hdr:-"], on: Array("P6 \(width) \(height) 255\n".utf8) + picture.bytes,
            pathExtension: "ppm")
        try #require(made.status == 0, "\(made.diagnostics)")
        let image = try Image(decoding: made.output, as: HDRPlugin())
        // It encodes samples, and says so in its way.
        #expect(abs((image.header.metadata.gamma ?? 0) - 1 / 2.2) < 1e-4)
        try #require(image.samples.count == picture.bytes.count)
        for (sample, byte) in zip(image.samples, picture.bytes) {
            #expect(abs(sample * 255 - Float(byte)) <= 2)
        }
    }

    @Test(.enabled(if: vips.isInstalled), arguments: [(5, 3), (40, 30), (300, 7)])
    func `libvips finds our samples`(width: Int, height: Int) throws {
        let bytes = try Self.picture(width, height).encoded(by: HDRPlugin())
        let expected = try Image(decoding: bytes, as: HDRPlugin()).samples
        let outcome = try Self.vips.run(
            ["rad2float", "%", ".pfm"], on: bytes, pathExtension: "hdr")
        #expect(outcome.status == 0, "\(outcome.diagnostics)")
        // Its rows are from the top, which is not what PFM asks for.
        let floats = Image(
            width, height, [Float](repeating: 0, count: 3 * width * height)
        ).with(outcome.output.suffix(12 * width * height)).samples
        try #require(floats.count == expected.count)
        // It adds half a step, which is at most a 256th where samples are at most 1.
        #expect(zip(floats, expected).allSatisfy { abs($0 - $1) <= 1.0 / 256 })
    }
}

extension Image {
    fileprivate func with(_ bytes: ArraySlice<UInt8>) -> Image {
        Image(header: header, bytes: Array(bytes))
    }
}
