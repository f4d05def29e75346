import FormatKit
import Testing

@Suite struct TurningTests {
    /// The letter F as it is stored under each orientation, row by row.
    static let letters: [(Orientation, [String])] = [
        (.up, ["###", "#..", "##.", "#.."]), (.upMirrored, ["###", "..#", ".##", "..#"]),
        (.down, ["..#", ".##", "..#", "###"]), (.downMirrored, ["#..", "##.", "#..", "###"]),
        (.leftMirrored, ["####", "#.#.", "#..."]), (.right, ["#...", "#.#.", "####"]),
        (.rightMirrored, ["...#", ".#.#", "####"]), (.left, ["####", ".#.#", "...#"]),
    ]

    /// Stores the letter, each pixel of `layout` with bytes of its own.
    private func page(_ rows: [String], _ orientation: Orientation, layout: Int) -> [UInt8] {
        let pixel = ToyAlbum.layouts[layout].bytesPerPixel
        let pixels = rows.joined().flatMap { letter in
            (0..<pixel).map { letter == "#" ? UInt8(100 + $0) : UInt8($0) }
        }
        return Array("ALB1".utf8)
            + [1, UInt8(rows[0].count), UInt8(rows.count), UInt8(layout), 0]
            + [UInt8(orientation.rawValue)] + pixels
    }

    private func convert(
        _ file: [UInt8], metadata: Set<MetadataKind> = [.orientation],
        preferences: ConversionPreferences = ConversionPreferences(), limits: Limits = .default
    ) throws -> (bytes: [UInt8], report: Converter.Report) {
        let sink = MemorySink()
        let converter = Converter(
            registry: try FormatRegistry([ToyAlbum()]), context: CodecContext(limits: limits),
            isStrict: true, preferences: preferences)
        let report = try converter.convert(
            MemorySource(file), to: ToyAlbum(metadata: metadata), settings: WriteSettings(),
            makeSink: { sink })
        return (sink.bytes, report)
    }

    @Test(arguments: letters, 0..<4)
    func `pixels are turned upright`(letter: (Orientation, [String]), layout: Int) throws {
        let upright = page(Self.letters[0].1, .up, layout: layout)
        let file = page(letter.1, letter.0, layout: layout)
        let apply = ConversionPreferences(orientation: .apply)
        #expect(try convert(file, preferences: apply).bytes == upright)
        #expect(try convert(file).bytes == file)
        // Neither is not possible: where the orientation cannot or may not be stored, pixels turn.
        #expect(try convert(file, metadata: []).bytes == upright)
        #expect(
            try convert(file, preferences: ConversionPreferences(metadata: [])).bytes == upright)
        #expect(try convert(file, preferences: apply).report.plan.isTurned == (letter.0 != .up))
    }

    @Test func `what is held in memory is bounded`() throws {
        let file = page(Self.letters[5].1, .right, layout: 0)
        #expect(throws: ImageError.limitExceeded(.memory, requested: 12, allowed: 11)) {
            try convert(file, metadata: [], limits: Limits(memoryByteCount: 11))
        }
    }

    @Test func `metadata are turned too`() throws {
        var metadata = ImageMetadata(
            resolution: Resolution(horizontal: 100, vertical: 200, unit: .inch),
            orientation: .left)
        metadata.exif = metadata.exifCarryingOrientation
        let plan = try ConversionPlan(
            converting: ImageHeader(
                size: ImageSize(width: 3, height: 2), layout: ToyAlbum.layouts[0],
                metadata: metadata),
            to: ToyAlbum(metadata: Set(MetadataKind.allCases)),
            settings: WriteSettings(), preferences: ConversionPreferences(orientation: .apply))
        #expect(plan.target.size == ImageSize(width: 2, height: 3))
        #expect(plan.target.metadata.resolution?.horizontal == 200)
        #expect(plan.target.metadata.exif.flatMap(ExifOrientation.read) == .up)
        #expect(plan.target.metadata.orientation == .up)
    }
}
