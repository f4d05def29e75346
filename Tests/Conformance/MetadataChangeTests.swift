import BuiltInFormats
import FormatKit
import TestSupport
import Testing

/// Kinds of metadata × changes of the picture × formats: what a change makes untrue is not in the
/// output, and what is lost is told.
@Suite struct MetadataChangeTests {
    /// What is asked for.
    enum Change: CaseIterable {
        case none, crop, turn, resize, toSRGB
    }

    private static let kinds: [MetadataKind] = [
        .icc, .exif, .xmp, .iptc, .photoshop, .geotiff, .texts, .resolution, .codePoints, .gamma,
        .modificationTime, .background, .contentLight, .masteringDisplay,
    ]

    private static let formats = BuiltIn.registry.descriptors.filter {
        // Those of which fits take long, or that have no place for these pixels.
        $0.read != nil && $0.write != nil && !["coin", "pbm"].contains($0.id.rawValue)
    }.map(\.id.rawValue)

    private static func picture(_ kind: MetadataKind, isTurned: Bool) -> Image {
        var all = ImageMetadata(
            icc: BuiltInFormats.colorEngine.profile(
                for: .codePoints(.displayP3), model: .rgb), exif: ChangingBlocks.exif,
            xmp: Array(ChangingBlocks.xmp.utf8),
            resolution: Resolution(horizontal: 300, vertical: 200, unit: .inch),
            texts: [TextEntry("Comment", "a")])
        all.iptc = [0x1C, 2, 5, 0, 1, 0x61]
        all.photoshop = ChangingBlocks.photoshop
        all.geotiff = ChangingBlocks.geotiff
        all.codePoints = .displayP3
        all.gamma = 0.5
        all.modificationTime = ModificationTime(
            year: 2026, month: 1, day: 2, hour: 3, minute: 4, second: 5)
        all.background = .rgb(257, 514, 771)
        all.contentLight = ContentLightLevel(maximum: 1000, frameAverage: 100)
        all.masteringDisplay = MasteringDisplay(
            chromaticities: .sRGB, maximumLuminance: 1000, minimumLuminance: 0.1)
        var metadata = all.keeping([kind])
        if isTurned {
            metadata.orientation = .right
        } else if metadata.exif != nil {
            metadata.exif = ExifOrientation.setting(.up, in: metadata.exif)
        }
        // Of few colors, so that every format can keep them.
        var image = Image.noise(40, 30, PixelLayout(.rgb, .uint8), metadata: metadata)
        image.bytes = image.bytes.map { $0 & 0xC0 }
        return image
    }

    private func convert(
        _ image: Image, to format: any FormatPlugin, _ change: Change, isStrict: Bool
    ) throws -> (bytes: [UInt8], losses: [Loss]) {
        let sink = MemorySink()
        let region =
            change == .crop ? PixelRegion(columns: 4..<24, rows: 5..<15) : nil
        // Mixed colors are more than some formats hold, which shows only as they are written.
        let isLimited = format.descriptor.write?.losslessness == .limited
        let report = try Converter(
            registry: try FormatRegistry([CannedFormat(image), format]), context: CodecContext(),
            isStrict: isStrict,
            preferences: ConversionPreferences(
                orientation: change == .turn ? .apply : .keep,
                isConvertedToSRGB: change == .toSRGB),
            colorEngine: BuiltInFormats.colorEngine, isVerifying: true
        ).convert(
            MemorySource(CannedFormat.bytes),
            selection: Selection(
                region: region,
                fit: change == .resize ? Selection.Fit(ImageSize(width: 20, height: 20)) : nil,
                resampling: Resampling(filter: isLimited ? .nearest : nil)),
            to: format, settings: WriteSettings()
        ) { sink }
        return (sink.bytes, report.losses)
    }

    @Test(arguments: kinds, formats)
    func `what does not hold is not there, and what is lost is told`(
        kind: MetadataKind, format: String
    ) throws {
        let plugin = try #require(BuiltIn.registry.plugin(named: format))
        for change in Change.allCases {
            let image = Self.picture(kind, isTurned: change == .turn)
            let (bytes, losses) = try convert(image, to: plugin, change, isStrict: false)
            let found = try BuiltIn.registry.makeReader(
                source: MemorySource(bytes), context: CodecContext()
            ).reader.header.metadata
            if losses.isEmpty {
                #expect(
                    try convert(image, to: plugin, change, isStrict: true).bytes == bytes)
            } else {
                #expect(throws: ImageError.lossRefused(losses)) {
                    try convert(image, to: plugin, change, isStrict: true)
                }
            }
            check(bytes, found, losses, kind, change, "\(format), \(change)")
        }
    }

    private func check(
        _ bytes: [UInt8], _ found: ImageMetadata, _ losses: [Loss], _ kind: MetadataKind,
        _ change: Change, _ comment: Comment
    ) {
        let isGone = [Change.crop, .turn].contains(change)
        if isGone {
            #expect(!bytes.contains(sequence: Array(ChangingBlocks.secret.utf8)), comment)
        }
        // Nothing of a kind is missed without a word, unless colors say the same otherwise.
        let isOfColors =
            MetadataKind.colorDescriptions.contains(kind) || change == .toSRGB
        if !isOfColors, !found.kinds.contains(kind) {
            #expect(losses.contains { $0.name == kind.rawValue }, comment)
        }
        let xmp = String(decoding: found.xmp ?? [], as: UTF8.self)
        #expect(!xmp.contains("MotionPhoto") && !xmp.contains("hdrgm:Version"), comment)
        if change == .resize, kind == .xmp, found.xmp != nil {
            #expect(xmp.contains("exif:PixelXDimension=\"20\""), comment)
            #expect(xmp.contains("<exif:PixelYDimension>15</exif:PixelYDimension>"), comment)
        }
        if change == .resize, kind == .resolution, let resolution = found.resolution {
            let inches = resolution.unit == .centimeter ? 2.54 : 1
            #expect(abs(resolution.horizontal * inches - 300) < 1, comment)
        }
        guard change == .crop, kind == .xmp, found.xmp != nil else { return }
        #expect(xmp.contains("CroppedAreaLeftPixels=\"104\""), comment)
        #expect(xmp.contains("<exif:PixelYDimension>10</exif:PixelYDimension>"), comment)
    }
}
