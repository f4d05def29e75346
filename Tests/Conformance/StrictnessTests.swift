import BuiltInFormats
import FormatKit
import TestSupport
import Testing

/// `--strict` refuses a conversion exactly when something is lost, whatever the writer.
///
/// What is lost is judged by reading the file that the conversion writes without `--strict`. All files
/// are verified, too: what is right must not be refused.
@Suite struct StrictnessTests {
    /// A picture, with a name for failures.
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let image: Image

        init(
            _ description: String, _ layout: PixelLayout, bits: Int? = nil,
            _ change: (inout ImageMetadata) -> Void = { _ in }
        ) {
            self.description = description
            var image = Self.picture(layout, bits: bits ?? layout.sample.bitCount)
            image.header.significantBits = bits ?? layout.sample.bitCount
            change(&image.header.metadata)
            self.image = image
        }

        /// Samples that have no more bits than they say; reals lie between 0 and 1.
        private static func picture(_ layout: PixelLayout, bits: Int) -> Image {
            let image = TestImages.picture(
                width: 8, height: 8, layout: PixelLayout(layout.model, .uint8, alpha: layout.alpha))
            let samples = image.bytes.enumerated().flatMap { index, byte -> [UInt8] in
                let value = (Int(byte) << 8 | (Int(byte) * 7 & 0xFF)) >> (16 - min(bits, 16))
                let part = Double(value) / Double((1 << min(bits, 16)) - 1)
                switch layout.sample {
                case .uint8: return [byte]
                case .uint16:
                    let sample = UInt16((part * 65_535).rounded())
                    return unsafe withUnsafeBytes(of: sample) { unsafe Array($0) }
                case .float32:
                    return unsafe withUnsafeBytes(of: Float(part)) { unsafe Array($0) }
                }
            }
            var header = image.header
            header.layout = layout
            return Image(header: header, bytes: samples)
        }
    }

    private static let rgb8 = PixelLayout(.rgb, .uint8)
    private static let gray16 = PixelLayout(.gray, .uint16)

    private static let layouts: [Case] =
        ColorModel.allCases.flatMap { model in
            SampleType.allCases.flatMap { sample in
                AlphaMode.allCases.map { PixelLayout(model, sample, alpha: $0) }
            }
        }.filter { $0.model != .cmyk || $0.alpha == .opaque }
        .map { Case($0.description, $0) }

    private static let depths: [Case] = [9, 10, 12, 14, 16].flatMap { (bits: Int) in
        [gray16, PixelLayout(.rgb, .uint16, alpha: .straight)].map {
            Case("\(bits) bits of " + $0.description, $0, bits: bits)
        }
    }

    private static func texts(_ entries: TextEntry...) -> Case {
        Case("texts \(entries.map(\.keyword))", rgb8) { $0.texts = entries }
    }

    private static let exif: [UInt8] =
        [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 0x01, 0x0F, 0, 2, 0, 0, 0, 4]
        + Array("Abc\0".utf8) + [0, 0, 0, 0]

    private static let metadata: [Case] = [
        Case("Exif", rgb8) { $0.exif = exif },
        Case("damaged Exif", rgb8) { $0.exif = [0x49, 0x49, 1] },
        Case("XMP", rgb8) { $0.xmp = Array("<x:xmpmeta/>".utf8) },
        Case("IPTC", rgb8) { $0.iptc = [0x1C, 2, 5, 0, 1, 0x61] },
        Case("Photoshop", rgb8) {
            $0.photoshop = Array("8BIM".utf8) + [4, 0x0A, 0, 0, 0, 0, 0, 1, 1, 0]
        },
        Case("resolution", rgb8) {
            $0.resolution = Resolution(horizontal: 300, vertical: 300, unit: .inch)
        },
        Case("a wild resolution", rgb8) {
            $0.resolution = Resolution(horizontal: 1e11, vertical: 1, unit: .inch)
        },
        Case("orientation", rgb8) { $0.orientation = .left },
        texts(TextEntry("Comment", "a")), texts(TextEntry("Title", "a")),
        texts(TextEntry("Comment", "a", language: "de")), texts(TextEntry("日", "a")),
        texts(TextEntry("Comment", "日"), TextEntry("Comment", "b")),
        Case("a long comment", rgb8) {
            $0.texts = [TextEntry("Comment", String(repeating: "a", count: 70_000))]
        },
    ]

    private static let colors: [Case] =
        [
            (1, 13), (12, 13), (9, 1), (9, 14), (9, 16), (9, 18), (1, 8), (5, 13), (22, 17),
        ].map { (primaries: UInt8, transfer: UInt8) in
            Case("cicp \(primaries), \(transfer)", rgb8) {
                $0.codePoints = ColorCodePoints(primaries: primaries, transfer: transfer)
            }
        } + [
            Case("cicp of limited range", rgb8) {
                $0.codePoints = ColorCodePoints(primaries: 12, transfer: 13, isFullRange: false)
            },
            Case("gamma", rgb8) { $0.gamma = 1 },
            Case("a known profile", rgb8) { $0.icc = profile(.codePoints(.displayP3)) },
            Case("a profile", rgb8) {
                $0.icc = profile(.calibration(gamma: 0.6, chromaticities: nil))
            },
            Case("a profile of other channels", gray16) {
                $0.icc = profile(.codePoints(.displayP3))
            },
            Case("a damaged profile", rgb8) { $0.icc = [UInt8](repeating: 7, count: 200) },
        ]

    private static func profile(_ account: ColorAccount) -> [UInt8]? {
        BuiltInFormats.colorEngine.profile(for: account, model: .rgb)
    }

    static let formats = BuiltIn.registry.descriptors.filter { $0.read != nil && $0.write != nil }
        .map(\.id.rawValue)

    private func convert(
        _ image: Image, to format: any FormatPlugin, isStrict: Bool
    ) throws -> (bytes: [UInt8], losses: [Loss], planned: [Loss]) {
        let registry = try FormatRegistry([CannedFormat(image), format])
        let sink = MemorySink()
        let prepared = try Converter(
            registry: registry, context: CodecContext(), isStrict: isStrict,
            colorEngine: BuiltInFormats.colorEngine, isVerifying: true
        ).prepare(
            MemorySource(CannedFormat.bytes), to: format,
            settings: WriteSettings(effort: format.descriptor.id.rawValue == "coin" ? 1 : nil))
        let planned = prepared.report.losses
        let losses = try prepared.run(to: sink).losses
        return (sink.bytes, losses, planned)
    }

    @Test(arguments: formats, layouts + depths + metadata + colors)
    func `strictness refuses exactly what loses something`(format: String, input: Case) throws {
        let plugin = try #require(BuiltIn.registry.plugin(named: format))
        let (losses, planned): ([Loss], [Loss])
        let bytes: [UInt8]
        do {
            (bytes, losses, planned) = try convert(input.image, to: plugin, isStrict: false)
        } catch ImageError.unstorable {
            return
        }
        let reader = try BuiltIn.registry.makeReader(
            source: MemorySource(bytes), context: CodecContext()
        ).reader
        var judgment = Judgment(input.image.header, reader.header, plugin)
        judgment.judgeOpacity(input.image, try Image(reading: reader))
        let lost = judgment.losses
        #expect(Set(losses.map(\.name)) == lost, "planned \(losses)")
        if lost.isEmpty {
            #expect(try convert(input.image, to: plugin, isStrict: true).bytes == bytes)
        } else {
            // What only pixels tell is not known when a plan is refused.
            #expect(throws: ImageError.lossRefused(planned.isEmpty ? losses : planned)) {
                try convert(input.image, to: plugin, isStrict: true)
            }
        }
    }
}

/// What a file lacks of a picture, in the names of losses.
private struct Judgment {
    private(set) var losses: Set<String> = []
    private let engine = BuiltInFormats.colorEngine
    private let storesAlpha: Bool

    init(_ source: ImageHeader, _ found: ImageHeader, _ plugin: any FormatPlugin) {
        let from = source.layout
        var to = found.layout
        // A format that stores opacity need not say that all pixels are opaque.
        storesAlpha = plugin.descriptor.write?.layouts.contains { $0.hasAlpha } == true
        if from.hasAlpha, !to.hasAlpha, storesAlpha { to.alpha = .straight }
        func note(_ name: String, _ isLost: Bool) {
            if isLost { losses.insert(name) }
        }
        let isRounded = from.sample == .float32 && to.sample != .float32
        note("range", isRounded)
        let bits = isRounded ? to.sample.bitCount : source.significantBits
        note("bit_depth", found.significantBits < bits)
        note("alpha", from.hasAlpha && !to.hasAlpha)
        note("color", from.model != .gray && to.model == .gray)
        note("inks", from.model == .cmyk && to.model != .cmyk)
        note("premultiplication", from.alpha == .premultiplied && to.alpha == .straight)
        judge(source.metadata, found.metadata, source, found)
        // Reading may lose something again, and says so.
        let isReadLossy = found.losses.contains { $0.name == "icc" }
        let storesLight = plugin.descriptor.write?.storesLight == true
        let account = source.metadata.colorAccount
        var isConverted = false
        var isLight = false
        switch account {
        case .profile?: isConverted = from.model != to.model || storesLight
        case .codePoints?: isConverted = storesLight
        // Samples become light, of the same primaries.
        case .calibration?: isLight = storesLight
        case .curves?: isConverted = storesLight
        case nil: break
        }
        if isConverted, let account, engine.accepts(account, model: from.model) {
            // All grays have their place in sRGB.
            if from.model != .gray { losses.insert("gamut") }
        } else if !isReadLossy, !isLight {
            judgeColors(source.metadata, found.metadata, from.model)
        }
    }

    private mutating func judge(
        _ source: ImageMetadata, _ found: ImageMetadata, _ header: ImageHeader,
        _ result: ImageHeader
    ) {
        for kind in source.kinds where !MetadataKind.colorDescriptions.contains(kind) {
            switch kind {
            case .orientation:
                // Stored, or the picture turned.
                let isKept = found.orientation == source.orientation
                if !isKept, result.size != source.orientation.uprightSize(of: header.size) {
                    losses.insert("orientation")
                }
            case .resolution:
                if !isClose(source.resolution, found.resolution) { losses.insert("resolution") }
            case .exif where found.exif != nil && source.orientation != .up: break
            default:
                if found.keeping([kind]) != source.keeping([kind]) { losses.insert(kind.rawValue) }
            }
        }
    }

    /// Whether pixels were partly transparent and are not any more, though others still are.
    mutating func judgeOpacity(_ source: Image, _ found: Image) {
        let layout = PixelLayout(.rgb, .uint8, alpha: .straight)
        func alphas(_ image: Image) -> Set<UInt8> {
            guard image.header.layout.hasAlpha, let bytes = image.converted(to: layout)?.bytes
            else { return [] }
            return Set(stride(from: 3, to: bytes.count, by: 4).map { bytes[$0] })
        }
        let binary: Set<UInt8> = [0, 255]
        if storesAlpha, !alphas(source).isSubset(of: binary), alphas(found).isSubset(of: binary) {
            losses.insert("picture")
        }
        // What was rather transparent cannot be opaque.
        if !found.header.layout.hasAlpha, alphas(source).contains(where: { $0 < 128 }) {
            losses.insert("alpha")
        }
    }

    private func isClose(_ first: Resolution?, _ second: Resolution?) -> Bool {
        guard let a = first?.pixelsPerMeter, let b = second?.pixelsPerMeter else { return false }
        return abs(a.horizontal / b.horizontal - 1) < 1e-3
    }

    /// Colors may be said in another way that means exactly the same.
    private mutating func judgeColors(
        _ source: ImageMetadata, _ found: ImageMetadata, _ model: ColorModel
    ) {
        guard let account = source.colorAccount,
            let kind = MetadataKind.colorDescriptions
                .first(where: { source.kinds.contains($0) })
        else { return }
        guard let other = found.colorAccount, isEqual(account, other, model) else {
            losses.insert(kind.rawValue)
            return
        }
    }

    /// Whether two accounts make the same colors of samples.
    private func isEqual(
        _ first: ColorAccount, _ second: ColorAccount, _ model: ColorModel
    ) -> Bool {
        if first == second { return true }
        let layout = PixelLayout(model, .float32)
        let samples = (0..<30).map { Float($0 * 7 % 11) / 10 }
        let band = PixelBand(
            width: samples.count / layout.channelCount, layout: layout,
            bytes: unsafe samples.withUnsafeBytes { unsafe Array($0) })
        func colors(_ account: ColorAccount) -> [Float]? {
            guard let transform = try? engine.makeTransform(from: account, layout: layout) else {
                return nil
            }
            return unsafe transform.convert(band).bytes.withUnsafeBytes {
                unsafe Array($0.bindMemory(to: Float.self))
            }
        }
        guard let a = colors(first), let b = colors(second) else { return false }
        return zip(a, b).allSatisfy { abs($0 - $1) < 2e-3 }
    }
}
