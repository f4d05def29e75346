internal import FormatKit

/// The chunks that say how samples are to be understood as colors, read and written.
///
/// Where several are present, cICP counts before iCCP, sRGB and gAMA with cHRM, in this order (PNG,
/// 3rd edition, §4.3). All are carried, so that the order stays the reader's business.
enum PNGColorChunks {
    /// The number of bytes of a chunk that is read here, or `nil` for others.
    static func byteCount(of type: PNGChunkType) -> Int? {
        switch type {
        case .gamma: 4
        case .chromaticities: 32
        case .standardRGB: 1
        case .codingIndependentColor: 4
        case .masteringDisplay, .draftMasteringDisplay: 24
        case .contentLight, .draftContentLight: 8
        default: nil
        }
    }

    /// Puts what a chunk says into `metadata`.
    ///
    /// - Returns: Whether the content makes sense.
    /// - Precondition: `content` has ``byteCount(of:)`` bytes.
    static func read(
        _ type: PNGChunkType, _ content: [UInt8], into metadata: inout ImageMetadata
    ) -> Bool {
        switch type {
        case .gamma:
            guard content.bigEndian32() > 0 else { return false }
            metadata.gamma = Double(content.bigEndian32()) / unit
        case .chromaticities:
            let values = (0..<8).map { Double(content.bigEndian32(at: 4 * $0)) / unit }
            metadata.chromaticities = chromaticities(values)
        case .standardRGB:
            guard let intent = RenderingIntent(rawValue: content[0]) else { return false }
            metadata.renderingIntent = intent
        case .codingIndependentColor:
            // Samples of a PNG are RGB, whatever the matrix says (PNG, 3rd edition, §11.3.2.6).
            guard content[2] == 0, content[3] <= 1 else { return false }
            metadata.codePoints = ColorCodePoints(
                primaries: content[0], transfer: content[1], matrix: content[2],
                isFullRange: content[3] == 1)
        case .masteringDisplay, .draftMasteringDisplay:
            metadata.masteringDisplay = masteringDisplay(content)
        default:
            metadata.contentLight = ContentLightLevel(
                maximum: Double(content.bigEndian32()) / luminanceUnit,
                frameAverage: Double(content.bigEndian32(at: 4)) / luminanceUnit)
        }
        return true
    }

    /// The number 1 in gAMA and cHRM.
    private static let unit = 100_000.0
    /// The number 1 in coordinates of mDCV.
    private static let coordinateUnit = 50_000.0
    /// 1 cd/m² in mDCV and cLLI.
    private static let luminanceUnit = 10_000.0

    /// Of x and y of white, red, green and blue.
    private static func chromaticities(_ values: [Double]) -> Chromaticities {
        Chromaticities(
            white: Chromaticity(values[0], values[1]), red: Chromaticity(values[2], values[3]),
            green: Chromaticity(values[4], values[5]), blue: Chromaticity(values[6], values[7]))
    }

    /// | offset | size | field |
    /// | --- | --- | --- |
    /// | 0 | 12 | x and y of red, green and blue, 16 bits each |
    /// | 12 | 4 | x and y of white |
    /// | 16 | 4 | the largest luminance |
    /// | 20 | 4 | the smallest luminance |
    private static func masteringDisplay(_ content: [UInt8]) -> MasteringDisplay {
        let values = (0..<8).map {
            Double(Int(content[2 * $0]) << 8 | Int(content[2 * $0 + 1])) / coordinateUnit
        }
        return MasteringDisplay(
            chromaticities: chromaticities(Array(values[6...]) + values[..<6]),
            maximumLuminance: Double(content.bigEndian32(at: 16)) / luminanceUnit,
            minimumLuminance: Double(content.bigEndian32(at: 20)) / luminanceUnit)
    }

    /// The chunks for `metadata`, but for the profile; with the kinds that do not fit into one.
    static func chunks(
        _ metadata: ImageMetadata
    ) -> (chunks: [(type: PNGChunkType, content: [UInt8])], misfits: [MetadataKind]) {
        var chunks: [(type: PNGChunkType, content: [UInt8])] = []
        var misfits: [MetadataKind] = []
        func add(_ type: PNGChunkType, _ kind: MetadataKind, _ content: [UInt8]?) {
            if let content { chunks.append((type, content)) } else { misfits.append(kind) }
        }
        if let points = metadata.codePoints {
            let isStorable = points.matrix == 0
            add(
                .codingIndependentColor, .codePoints,
                isStorable
                    ? [points.primaries, points.transfer, 0, points.isFullRange ? 1 : 0] : nil)
        }
        // A profile and sRGB exclude each other (§11.3.2.5).
        if let intent = metadata.renderingIntent, metadata.icc == nil {
            add(.standardRGB, .renderingIntent, [intent.rawValue])
        }
        let (gamma, primaries) = calibration(metadata)
        if let gamma { add(.gamma, .gamma, numbers([gamma], unit)) }
        if let colors = primaries {
            add(.chromaticities, .chromaticities, numbers(coordinates(colors), unit))
        }
        if let display = metadata.masteringDisplay {
            let values = coordinates(display.chromaticities)
            let points = numbers(Array(values[2...]) + values[..<2], coordinateUnit, UInt16.self)
            let luminances = numbers(
                [display.maximumLuminance, display.minimumLuminance], luminanceUnit)
            add(
                .masteringDisplay, .masteringDisplay,
                points.flatMap { points in luminances.map { points + $0 } })
        }
        if let light = metadata.contentLight {
            add(
                .contentLight, .contentLight,
                numbers([light.maximum, light.frameAverage], luminanceUnit))
        }
        return (chunks, misfits)
    }

    /// What gAMA and cHRM say: beside code points alone, what comes near them for readers that do
    /// not know those.
    private static func calibration(
        _ metadata: ImageMetadata
    ) -> (gamma: Double?, chromaticities: Chromaticities?) {
        let others: [MetadataKind] = [.icc, .renderingIntent, .gamma, .chromaticities]
        guard let points = metadata.codePoints, metadata.kinds.isDisjoint(with: others),
            points != .sRGB, let gamma = points.approximateGamma
        else { return (metadata.gamma, metadata.chromaticities) }
        return (gamma, points.chromaticities)
    }

    private static func coordinates(_ colors: Chromaticities) -> [Double] {
        [colors.white, colors.red, colors.green, colors.blue].flatMap { [$0.x, $0.y] }
    }

    /// Numbers as integers of a type, or `nil` if one is out of range.
    private static func numbers<T: FixedWidthInteger>(
        _ values: [Double], _ unit: Double, _: T.Type = UInt32.self
    ) -> [UInt8]? {
        let numbers = values.compactMap { value -> T? in
            let scaled = (value * unit).rounded()
            // PNG's integers end at 2³¹ − 1.
            return scaled >= 0 && scaled <= min(Double(T.max), 0x7FFF_FFFF) ? T(scaled) : nil
        }
        return numbers.count == values.count ? numbers.flatMap(\.bigEndianBytes) : nil
    }
}
