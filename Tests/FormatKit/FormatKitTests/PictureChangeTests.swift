import MetadataBlocks
import TestSupport
import Testing

@testable import FormatKit

/// What changes of a picture make of its metadata: kinds × changes.
@Suite struct PictureChangeTests {
    private static let size = ImageSize(width: 40, height: 30)
    private static let changes: [PictureChange] =
        [
            .rewritten, .convertedToSRGB,
            .cropped(PixelRegion(columns: 4..<10, rows: 3..<7), of: size),
            .resampled(from: size, to: ImageSize(width: 80, height: 60)),
            .resampled(from: size, to: ImageSize(width: 80, height: 20)),
        ] + Orientation.allCases.dropFirst().map { .turned($0, of: size) }

    /// Metadata of every kind.
    private static let all: ImageMetadata = {
        var metadata = ImageMetadata(
            icc: [1], exif: ChangingBlocks.exif, xmp: Array(ChangingBlocks.xmp.utf8),
            resolution: Resolution(horizontal: 300, vertical: 200, unit: .inch),
            orientation: .right, texts: [TextEntry("Title", "a")])
        metadata.codePoints = .displayP3
        metadata.gamma = 0.5
        metadata.chromaticities = .sRGB
        metadata.renderingIntent = .saturation
        metadata.masteringDisplay = MasteringDisplay(
            chromaticities: .sRGB, maximumLuminance: 1000, minimumLuminance: 0.1)
        metadata.contentLight = ContentLightLevel(maximum: 1000, frameAverage: 100)
        metadata.significantBits = [5, 6, 5]
        metadata.iptc = [0x1C, 2, 5, 0, 1, 0x61]
        metadata.photoshop = ChangingBlocks.photoshop
        metadata.geotiff = ChangingBlocks.geotiff
        metadata.modificationTime = ModificationTime(
            year: 2026, month: 1, day: 2, hour: 3, minute: 4, second: 5)
        metadata.background = .rgb(1, 2, 3)
        metadata.blocks = [FormatBlock(FormatID("toy"), "size", [1], size: size)]
        return metadata
    }()

    @Test func `the sample has every kind`() {
        #expect(Self.all.kinds == Set(MetadataKind.allCases))
        #expect(Set(Self.changes.map(\.kind)) == Set(PictureChange.Kind.allCases))
    }

    @Test(arguments: MetadataKind.allCases, changes)
    func `the table says what becomes of a kind`(kind: MetadataKind, change: PictureChange) {
        let changed = Self.all.changed(by: change)
        let (before, after) = (Self.all.keeping([kind]), changed.value.keeping([kind]))
        let losses = changed.losses.filter { $0.kind == kind }
        switch kind.effect(of: change.kind) {
        case .holds: #expect(before == after && losses.isEmpty)
        case .ends: #expect(!changed.value.kinds.contains(kind) && losses.isEmpty)
        // A resolution of a picture that is not laid on its side stays.
        case .follows where kind == .resolution:
            let isTransposing: Bool =
                if case .turned(let orientation, _) = change { orientation.isTransposing } else {
                    false
                }
            #expect((before != after) == isTransposing)
        case .follows: #expect(before != after)
        }
        if !changed.value.kinds.contains(kind), kind.effect(of: change.kind) == .follows,
            kind != .orientation
        {
            #expect(losses.isEmpty == false)
        }
    }

    @Test(arguments: changes)
    func `nothing of what is gone is left in a block`(change: PictureChange) {
        let changed = Self.all.changed(by: change).value
        let isShownAsBefore =
            [.rewritten, .convertedToSRGB].contains(change.kind) || change.showsTheSame
        for block in [changed.exif, changed.photoshop, changed.xmp] {
            let shows = block?.containsBytes(of: ChangingBlocks.secret) ?? false
            #expect(shows == isShownAsBefore)
        }
        // No change leaves a claim about what follows the picture, once it is written anew.
        let written = changed.changed(by: .rewritten)
        #expect(written.value.xmp?.containsBytes(of: "MotionPhoto") == false)
        #expect(written.value.xmp?.containsBytes(of: "hdrgm:Version") == false)
        #expect(written.value.xmp?.containsBytes(of: "Container:Directory") == false)
    }

    @Test func `what is told in pixels follows another size`() throws {
        let size = ImageSize(width: 20, height: 45)
        let changed = Self.all.changed(by: .resampled(from: Self.size, to: size)).value
        let block = try #require(changed.exif.flatMap(TIFFBlock.init))
        let child = try #require(
            block.first.flatMap { block.directory(at: ExifTag.exif, in: $0) })
        let subject = try #require(block.entry(ExifTag.subjectArea, in: child))
        #expect(block.numbers(of: subject) == [10, 23])
        #expect(block.number(ExifTag.pixelXDimension, in: child) == 20)
        #expect(block.number(ExifTag.pixelYDimension, in: child) == 45)
        // How large it is printed follows its pixels.
        #expect(changed.resolution == Self.all.resolution)
    }

    @Test(
        arguments: [
            ((4000, 3000), (400, 300), true), ((4000, 3000), (101, 76), true),
            ((300, 200), (1, 1), true), ((4000, 3000), (400, 303), false),
            ((40, 30), (80, 20), false),
        ] as [((Int, Int), (Int, Int), Bool)])
    func `proportions are kept but for rounding`(
        old: (Int, Int), new: (Int, Int), isKept: Bool
    ) {
        let change = PictureChange.resampled(
            from: ImageSize(width: old.0, height: old.1),
            to: ImageSize(width: new.0, height: new.1))
        #expect(change.showsTheSame == isKept)
    }

    @Test func `a change that changes nothing leaves all as it was`() {
        let none: [PictureChange] = [
            .cropped(PixelRegion(Self.size), of: Self.size), .turned(.up, of: Self.size),
            .resampled(from: Self.size, to: Self.size),
        ]
        for change in none {
            let changed = Self.all.changed(by: change)
            #expect(changed.value == Self.all && changed.losses.isEmpty)
        }
    }

    @Test(arguments: changes)
    func `any bytes are survived`(change: PictureChange) {
        var generator = SplitMix64(seed: 7)
        let blocks = [
            ChangingBlocks.exif, ChangingBlocks.geotiff, ChangingBlocks.photoshop,
            Array(ChangingBlocks.xmp.utf8),
        ]
        for round in 0..<400 {
            var bytes = blocks[round % 4]
            for _ in 0..<3 {
                bytes[Int(generator.next() % UInt64(bytes.count))] = generator.bytes(1)[0]
            }
            if round % 3 == 0 {
                bytes.removeLast(Int(generator.next() % UInt64(bytes.count)))
            }
            var metadata = ImageMetadata(exif: bytes, xmp: bytes)
            metadata.photoshop = bytes
            metadata.geotiff = bytes
            _ = metadata.changed(by: change)
        }
    }
}
