import FormatKit
import TestSupport
import Testing

/// Samples that are no numbers, and the smallest and dullest pictures, through every writer.
@Suite struct ExtremePictureTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func image(_ name: String) throws -> Image {
        let (_, reader) = try BuiltIn.registry.makeReader(
            source: MemorySource(try #require(folder.read(name), "\(name)")),
            context: CodecContext())
        return try Image(reading: reader)
    }

    private static func write(_ format: String) throws -> WriteCapabilities {
        try #require(BuiltIn.registry[FormatID(format)]?.descriptor.write)
    }

    /// Every sample, or as many as the format keeps.
    private static func options(for format: String) throws -> [String] {
        switch try write(format).losslessness {
        case .always: []
        case .optional: ["--lossless", "--effort", "1"]
        case .limited, .never: ["--quality", "100"]
        }
    }

    /// Reals, and the 8 bits that the nearest of 0…1 becomes.
    private static let reals: [(Float, UInt8)] = [
        (.nan, 0), (.infinity, 255), (-.infinity, 0), (-1, 0), (0, 0), (1, 255), (2, 255),
        (.signalingNaN, 0), (-.nan, 0), (.greatestFiniteMagnitude, 255), (-0.0, 0),
        (-.leastNonzeroMagnitude, 0),
    ]

    @Test(arguments: OrientationTests.targets)
    func `what is no number is kept, or clamped with a word`(format: String) throws {
        let size = ImageSize(width: 4, height: Self.reals.count / 4)
        let picture = Image(
            header: ImageHeader(size: size, layout: PixelLayout(.gray, .float32)),
            bytes: Self.reals.flatMap { real in
                unsafe withUnsafeBytes(of: real.0.bitPattern) { unsafe Array($0) }
            })
        let plugin = try #require(BuiltIn.registry.plugin(named: "tiff"))
        try folder.write("in.tiff", try picture.encoded(by: plugin))

        let layouts = try Self.write(format).layouts
        let keepsReals = layouts.contains(picture.header.layout)
        // Some reals have no place where others have.
        let storesReals = layouts.contains { $0.sample == .float32 }
        // Some say 16 bits and are lossless only in fewer.
        let options = try Self.options(for: format) + (storesReals ? [] : ["--depth", "8"])
        let strict = try ConvertTool.run(
            ["in.tiff", "strict.\(format)", "--strict"] + options, in: folder)
        let run = try ConvertTool.run(["in.tiff", "out.\(format)"] + options, in: folder)
        try #require(run.status == 0, "\(run.errors)")
        if keepsReals {
            #expect(strict.status == 0 && run.errors == "", "\(strict.errors)\(run.errors)")
            #expect(try image("out.\(format)").bytes == picture.bytes)
            return
        }
        strict.expectFailure(about: "in.tiff")
        #expect(folder.read("strict.\(format)") == nil)
        if storesReals {
            #expect(run.errorLines.count == 1, "\(run.errors)")
            #expect(run.errors.contains("24 samples that are negative"), "\(run.errors)")
        } else {
            #expect(run.errorLines.count == 2, "\(run.errors)")
            #expect(run.errors.contains("floating-point samples become"), "\(run.errors)")
            #expect(run.errors.contains("9 samples were clamped"), "\(run.errors)")
        }
        guard try Self.write(format).losslessness != .never else { return }
        let gray = try #require(
            try image("out.\(format)").converted(to: PixelLayout(.gray, .uint8)))
        #expect(gray.bytes == Self.reals.map(\.1))
    }

    /// Pictures of black and white only, which every format can hold.
    private static let pictures: [String: Image] = {
        func picture(_ width: Int, _ height: Int, _ value: (Int, Int) -> UInt8) -> Image {
            Image(
                header: ImageHeader(
                    size: ImageSize(width: width, height: height),
                    layout: PixelLayout(.gray, .uint8)),
                bytes: (0..<height).flatMap { y in (0..<width).map { x in value(x, y) } })
        }
        let stripes = { (x: Int, y: Int) in (x / 8 + y / 8) % 2 == 0 ? UInt8(0) : 255 }
        return [
            "black": picture(1, 1) { _, _ in 0 }, "white": picture(1, 1) { _, _ in 255 },
            "row": picture(200, 1, stripes), "column": picture(1, 200, stripes),
            "constant": picture(33, 17) { _, _ in 255 },
            "two": picture(2, 2) { x, _ in x == 0 ? 0 : 255 },
        ]
    }()

    @Test(arguments: OrientationTests.targets)
    func `the smallest pictures go to every format and back`(format: String) throws {
        let plugin = try #require(BuiltIn.registry.plugin(named: "png"))
        for (name, picture) in Self.pictures {
            try folder.write("in/\(name).png", try picture.encoded(by: plugin))
        }
        let options = try Self.options(for: format)
        for arguments in [
            ["in", "out", "--to", format] + options, ["out", "back", "--to", "png"],
        ] {
            let run = try ConvertTool.run(arguments + ["--quiet"], in: folder)
            try #require(run.status == 0, "\(run.errors)")
        }
        let isExact = try Self.write(format).losslessness != .never
        for (name, picture) in Self.pictures {
            let back = try image("back/\(name).png")
            #expect(back.header.size == picture.header.size, "\(name)")
            let gray = try #require(back.converted(to: PixelLayout(.gray, .uint8)))
            let difference = zip(gray.bytes, picture.bytes).map { abs(Int($0) - Int($1)) }.max()
            // Of a picture of one color little may be lost.
            let isPlain = Set(picture.bytes).count == 1
            let allowed = isExact ? 0 : isPlain ? 8 : 255
            #expect(try #require(difference) <= allowed, "\(name)")
        }
    }

    /// Color and opacity of pictures of which only the opacity says anything.
    @Test(arguments: OrientationTests.targets)
    func `a picture of opacity alone keeps it, or is flattened with a word`(
        format: String
    ) throws {
        let layout = PixelLayout(.rgb, .uint8, alpha: .straight)
        let size = ImageSize(width: 16, height: 16)
        let picture = Image(
            header: ImageHeader(size: size, layout: layout),
            bytes: (0..<256).flatMap { [10, 20, 30, UInt8($0)] })
        let plugin = try #require(BuiltIn.registry.plugin(named: "png"))
        try folder.write("in.png", try picture.encoded(by: plugin))
        let write = try Self.write(format)
        // On white what is transparent is white; a bitmap has only that and black.
        let isBitmap = format == "pbm"
        let run = try ConvertTool.run(
            ["in.png", "out.\(format)"] + (write.storesLight ? [] : Self.options(for: format)),
            in: folder)
        guard !isBitmap else { return run.expectFailure(about: "in.png") }
        try #require(run.status == 0, "\(run.errors)")
        let hasAlpha = write.layouts.contains { $0.hasAlpha }
        #expect(run.errors.contains("transparency is flattened on white") == !hasAlpha)
        let back = try #require(try image("out.\(format)").converted(to: layout))
        switch write.losslessness {
        case .always, .optional:
            // Light is other numbers, and has been multiplied by alpha.
            if hasAlpha, !write.storesLight { #expect(back.bytes == picture.bytes) }
            if hasAlpha, write.storesLight {
                #expect((0..<256).allSatisfy { back.bytes[4 * $0 + 3] == UInt8($0) })
            }
        case .limited:
            #expect(run.errors.contains("254 pixels partly transparent become"), "\(run.errors)")
            let colors: [[UInt8]] = [[0, 0, 0, 0], [10, 20, 30, 255]]
            let expected = (0..<256).flatMap { colors[$0 / 128] }
            #expect(back.bytes == expected)
        case .never: break
        }
        if !hasAlpha { #expect(back.bytes.prefix(3).allSatisfy { $0 > 245 }) }
    }
}
