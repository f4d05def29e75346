import FormatKit
import TestSupport
import Testing

/// All eight orientations through every pair of formats: whatever is asked for, a person sees the
/// same picture.
@Suite struct OrientationTests {
    /// The formats that can be read and written.
    static let targets = BuiltIn.registry.descriptors.filter { $0.read != nil && $0.write != nil }
        .map(\.id.rawValue)

    /// Pairs of a format that holds an orientation and any other, without those in which grays
    /// of a lossy decoder would be refused: a bitmap has none.
    static let pairs = targets.filter(holdsOrientation).flatMap { from in
        targets.filter { !(from == "coin" && $0 == "pbm") }.map { Pair(from: from, to: $0) }
    }

    struct Pair: Sendable, CustomTestStringConvertible {
        let from: String
        let to: String

        var testDescription: String { "\(from) to \(to)" }
        var isExact: Bool { [from, to].allSatisfy(BuiltIn.lossless.contains) }
    }

    private static func holdsOrientation(_ format: String) -> Bool {
        BuiltIn.registry[FormatID(format)]?.descriptor.write?.metadata.contains(.orientation)
            == true
    }

    @Test(arguments: pairs)
    func `the picture stands upright, its orientation kept or applied`(pair: Pair) throws {
        let (from, to) = (pair.from, pair.to)
        let picture = pair.isExact ? Self.noise : try Self.blocks(for: from)
        let folder = try TemporaryFolder()
        for orientation in Orientation.allCases {
            try folder.write(
                "in/\(orientation.rawValue).\(from)",
                try Self.file(of: picture.stored(as: orientation), from))
        }
        for handling in ["keep", "apply"] {
            let run = try ConvertTool.run(
                ["in", handling, "--to", to, "--orient", handling, "--quiet", "--jobs", "1"]
                    + Self.options(for: to), in: folder)
            try #require(run.status == 0, "\(run.errors)")
            for orientation in Orientation.allCases {
                let name = "\(handling)/\(orientation.rawValue).\(to)"
                let image = try Self.image(try #require(folder.read(name)))
                let isKept = handling == "keep" && Self.holdsOrientation(to)
                #expect(
                    image.header.metadata.orientation == (isKept ? orientation : .up), "\(name)")
                try expectEqual(image.upright(), picture, isExact: pair.isExact, name)
            }
        }
    }

    private func expectEqual(
        _ image: Image, _ picture: Image, isExact: Bool, _ name: String
    ) throws {
        try #require(image.header.size == picture.header.size, "\(name)")
        if isExact {
            let layout = picture.header.layout
            #expect(image.converted(to: layout)?.bytes == picture.bytes, "\(name)")
        } else {
            // Of the four pictures of this size the right one is by far the closest.
            let mirrored = [Orientation.upMirrored, .down, .downMirrored].map(picture.stored(as:))
            let distance = try Self.distance(image, picture)
            let others = try mirrored.map { try Self.distance(image, $0) }
            #expect(distance * 4 < others.min() ?? 0, "\(name): \(distance), others \(others)")
        }
    }
}

extension OrientationTests {
    /// A picture in which no two pixels are alike.
    static let noise = Image.noise(40, 24, PixelLayout(.rgb, .uint8))

    /// Flat squares of 8 pixels, black and white, in no symmetry: JPEG keeps them, and so does a
    /// bitmap.
    static func blocks(for format: String) throws -> Image {
        let layouts = try #require(BuiltIn.registry[FormatID(format)]?.descriptor.write?.layouts)
        let gray = PixelLayout(.gray, .uint8)
        let layout = layouts.contains(gray) ? gray : PixelLayout(.rgb, .uint8)
        let rows = ["#####", "##...", "#.###"].map { row in
            row.flatMap { [UInt8](repeating: $0 == "#" ? 0 : 255, count: 8 * layout.channelCount) }
        }
        return Image(
            header: ImageHeader(size: ImageSize(width: 40, height: 24), layout: layout),
            bytes: rows.flatMap { row in (0..<8).flatMap { _ in row } })
    }

    /// A file whose Exif block, which other programs look into, says the orientation too.
    static func file(of image: Image, _ format: String) throws -> [UInt8] {
        let plugin = try #require(BuiltIn.registry[FormatID(format)])
        var image = image
        image.header.metadata.exif = image.header.metadata.exifCarryingOrientation
        let isLossless = BuiltIn.lossless.contains(format)
        return try image.encoded(
            by: plugin,
            settings: isLossless
                ? WriteSettings(isLossless: true, effort: 1) : WriteSettings(quality: 100))
    }

    /// Every sample, or as many as the format keeps.
    static func options(for format: String) -> [String] {
        let isLossless = BuiltIn.lossless.contains(format)
        return isLossless ? ["--lossless", "--effort", "1"] : ["--quality", "100"]
    }

    private static func image(_ file: [UInt8]) throws -> Image {
        let (_, reader) = try BuiltIn.registry.makeReader(
            source: MemorySource(file), context: CodecContext())
        return try Image(reading: reader)
    }

    /// The sum of the squares of differences, in 8 bits of gray.
    private static func distance(_ image: Image, _ other: Image) throws -> Int {
        let gray = PixelLayout(.gray, .uint8)
        let (a, b) = (
            try #require(image.converted(to: gray)), try #require(other.converted(to: gray))
        )
        return zip(a.bytes, b.bytes).reduce(0) { sum, pair in
            sum + (Int(pair.0) - Int(pair.1)) * (Int(pair.0) - Int(pair.1))
        }
    }
}
