import FormatKit
import TestSupport
import Testing

@testable import PDFFormat

/// What other people's programs think of our documents.
@Suite struct PDFJudgeTests {
    static let qpdf = ForeignTool("qpdf")
    static let poppler = ForeignTool("pdftoppm")
    static let pdfimages = ForeignTool("pdfimages")
    static let mutool = ForeignTool("mutool")
    static let ghostscript = ForeignTool("gs")
    private let plugin = PDFPlugin()

    private static let layouts = PDFPlugin.layouts.sorted { $0.description < $1.description }

    /// A document of pages of every kind, with all that can be said of them.
    private static func everything() throws -> [UInt8] {
        var metadata = ImageMetadata(
            icc: nil, xmp: Array("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>".utf8),
            resolution: Resolution(horizontal: 300, vertical: 150, unit: .inch),
            orientation: .left, texts: [TextEntry("Title", "a (b"), TextEntry("Author", "Größe")])
        metadata.modificationTime = ModificationTime(
            year: 2026, month: 1, day: 2, hour: 3, minute: 4, second: 5)
        var images = layouts.map { Image.noise(40, 30, $0, metadata: metadata) }
        images.append(PDFGroup4Tests.picture(100, 70, .text))
        images.append(Image.noise(20_000, 1, PixelLayout(.gray, .uint8)))
        for index in images.indices { images[index].header.frameCount = images.count }
        return try images.encoded(by: PDFPlugin())
    }

    @Test(.enabled(if: qpdf.isInstalled)) func `qpdf finds nothing wrong`() throws {
        for bytes in [
            try Self.everything(),
            try Image.noise(1, 1, PixelLayout(.gray, .uint8)).encoded(by: plugin),
        ] {
            let outcome = try Self.qpdf.run(["--check", "%"], on: bytes, pathExtension: "pdf")
            #expect(outcome.status == 0 && outcome.diagnostics.isEmpty, "\(outcome.diagnostics)")
            #expect(outcome.text.contains("No syntax or stream encoding errors"))
        }
    }

    @Test(.enabled(if: mutool.isInstalled)) func `MuPDF draws every page`() throws {
        let outcome = try Self.mutool.run(
            ["draw", "-q", "-F", "ppm", "-o", "/dev/null", "-r", "36", "%"],
            on: try Self.everything(), pathExtension: "pdf")
        // Debian builds it without color management, and it says so.
        let complaints = outcome.diagnostics.split(separator: "\n")
            .filter { $0 != "warning: ICC support is not available" }
        #expect(outcome.status == 0 && complaints.isEmpty, "\(complaints)")
    }

    @Test(.enabled(if: pdfimages.isInstalled)) func `poppler finds every picture`() throws {
        let outcome = try Self.pdfimages.run(
            ["-list", "%"], on: try Self.everything(), pathExtension: "pdf")
        #expect(outcome.status == 0 && outcome.diagnostics.isEmpty, "\(outcome.diagnostics)")
        let lines = outcome.text.split(separator: "\n").dropFirst(2)
        let masks = Self.layouts.filter(\.hasAlpha).count
        #expect(lines.count == Self.layouts.count + masks + 2, "\(outcome.text)")
        #expect(lines.filter { $0.contains(" smask ") }.count == masks)
        #expect(lines.filter { $0.contains(" ccitt ") }.count == 1)
    }

    /// The samples of a page as a program draws it, in which a pixel is a point.
    private func drawn(
        _ image: Image, by tool: ForeignTool, _ arguments: [String]
    ) throws -> Image {
        let outcome = try tool.run(
            arguments, on: try image.encoded(by: plugin), pathExtension: "pdf")
        #expect(outcome.status == 0 && outcome.diagnostics.isEmpty, "\(outcome.diagnostics)")
        // `P5` or `P6`, perhaps a comment, width and height, 255.
        var fields: [String] = []
        var place = 0
        while fields.count < 4 {
            let line = outcome.output[place...].prefix { $0 != 0x0A }
            place += line.count + 1
            let text = String(decoding: line, as: UTF8.self)
            if !text.hasPrefix("#") { fields += text.split(separator: " ").map(String.init) }
            try #require(place < outcome.output.count, "\(fields)")
        }
        let layout = PixelLayout(fields[0] == "P5" ? .gray : .rgb, .uint8)
        let size = ImageSize(
            width: try #require(Int(fields[1])), height: try #require(Int(fields[2])))
        return Image(
            header: ImageHeader(size: size, layout: layout), bytes: Array(outcome.output[place...]))
    }

    /// The samples of a page as poppler draws it: it blurs what it enlarges, unless to more than four
    /// times, of which the middle of each pixel counts.
    private func drawnByPoppler(
        _ image: Image, _ arguments: [String]
    ) throws -> Image {
        var small = image
        small.header.metadata.resolution = Resolution(horizontal: 9, vertical: 9, unit: .inch)
        let large = try drawn(small, by: Self.poppler, arguments)
        let size = image.header.metadata.orientation.uprightSize(of: image.header.size)
        let (drawnSize, pixel) = (large.header.size, large.header.layout.bytesPerPixel)
        var bytes: [UInt8] = []
        for row in 0..<size.height {
            for column in 0..<size.width {
                let x = (2 * column + 1) * drawnSize.width / (2 * size.width)
                let y = (2 * row + 1) * drawnSize.height / (2 * size.height)
                let place = (y * drawnSize.width + x) * pixel
                bytes += large.bytes[place..<place + pixel]
            }
        }
        return Image(
            header: ImageHeader(size: size, layout: large.header.layout), bytes: bytes)
    }

    private static let popplerRGB = ["-r", "72", "%"]
    private static let popplerGray = ["-gray"] + popplerRGB
    private static let ghostscriptRGB = [
        "-q", "-sDEVICE=ppmraw", "-r72", "-o", "-", "%",
    ]

    @Test(.enabled(if: poppler.isInstalled), arguments: Orientation.allCases)
    func `poppler draws the same pixels, upright`(orientation: Orientation) throws {
        let upright = Image.noise(50, 30, PixelLayout(.rgb, .uint8))
        let found = try drawnByPoppler(upright.stored(as: orientation), Self.popplerRGB)
        #expect(found.header.size == upright.header.size && found.bytes == upright.bytes)
        let gray = Image.noise(41, 29, PixelLayout(.gray, .uint8))
        let foundGray = try drawnByPoppler(gray.stored(as: orientation), Self.popplerGray)
        #expect(foundGray.bytes == gray.bytes)
    }

    @Test(
        .enabled(if: ghostscript.isInstalled),
        arguments: [PixelLayout(.rgb, .uint8), .init(.gray, .uint8)])
    func `Ghostscript draws the same pixels`(layout: PixelLayout) throws {
        let image = Image.noise(50, 30, layout)
        let found = try drawn(image, by: Self.ghostscript, Self.ghostscriptRGB)
        let rgb = PixelLayout(.rgb, .uint8)
        #expect(found.header.size == image.header.size)
        #expect(found.converted(to: rgb)?.bytes == image.converted(to: rgb)?.bytes)
    }

    @Test(.enabled(if: poppler.isInstalled), arguments: PDFGroup4Tests.Look.allCases)
    func `poppler draws black and white`(look: PDFGroup4Tests.Look) throws {
        let image = PDFGroup4Tests.picture(203, 57, look)
        let found = try drawnByPoppler(image, Self.popplerGray)
        #expect(found.bytes == image.bytes)
    }

    @Test(.enabled(if: poppler.isInstalled)) func `poppler draws palettes and few grays`() throws {
        var gray = Image.noise(45, 8, PixelLayout(.gray, .uint8))
        gray.bytes = gray.bytes.map { $0 / 85 * 85 }
        gray.header.storage = .packedGray(bitCount: 2)
        #expect(try drawnByPoppler(gray, Self.popplerGray).bytes == gray.bytes)
        let colors = [
            RGBAColor(red: 1, green: 2, blue: 3), RGBAColor(red: 200, green: 100, blue: 0), .white,
        ]
        var random = SplitMix64(seed: 1)
        let pixels = random.bytes(45 * 8).flatMap { byte in
            let color = colors[Int(byte) % 3]
            return [color.red, color.green, color.blue]
        }
        let indexed = Image(
            header: ImageHeader(
                size: gray.header.size, layout: PixelLayout(.rgb, .uint8),
                storage: .palette(Palette(colors, indexBitCount: 2))), bytes: pixels)
        #expect(try drawnByPoppler(indexed, Self.popplerRGB).bytes == pixels)
    }

    @Test(.enabled(if: poppler.isInstalled), arguments: [SampleType.uint8, .uint16])
    func `poppler lays what is transparent on white`(sample: SampleType) throws {
        let image = Image.noise(40, 30, PixelLayout(.rgb, sample, alpha: .straight))
        let found = try drawnByPoppler(image, Self.popplerRGB)
        let converter = try #require(
            PixelConverter(from: image.header.layout, to: found.header.layout, background: .white))
        let expected = converter.convert(
            PixelBand(width: 40, layout: image.header.layout, bytes: image.bytes), firstRow: 0
        ).filledBytes
        let differences = zip(found.bytes, expected).map { abs(Int($0) - Int($1)) }
        #expect(try #require(differences.max()) <= 2)
    }

    @Test(.enabled(if: poppler.isInstalled)) func `poppler takes the high bytes of 16 bits`() throws
    {
        let image = Image.noise(40, 30, PixelLayout(.gray, .uint16))
        let found = try drawnByPoppler(image, Self.popplerGray)
        let isLittle = Int(1).littleEndian == 1
        let high = stride(from: isLittle ? 1 : 0, to: image.bytes.count, by: 2).map {
            image.bytes[$0]
        }
        let differences = zip(found.bytes, high).map { abs(Int($0) - Int($1)) }
        #expect(try #require(differences.max()) <= 1)
    }
}
