internal import FormatKit

/// What headers of 108 and of 124 bytes say of colors.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 4 | what kind of color space it is |
/// | 4 | 36 | X, Y, Z of red, green and blue, in 2³⁰ths |
/// | 40 | 12 | the exponents of red, green and blue, in 2¹⁶ths |
/// | 52 | 4 | the rendering intent; only in 124 bytes, as are the next two |
/// | 56 | 4 | where the profile begins, from the start of the header |
/// | 60 | 4 | the size of the profile |
enum BMPColors {
    /// The kinds of color spaces.
    enum Kind: Int {
        case calibrated = 0
        case sRGB = 0x7352_4742
        case windows = 0x5769_6E20
        case linked = 0x4C49_4E4B
        case embedded = 0x4D42_4544
    }

    /// The bits of rendering intents, in the order of ``RenderingIntent``.
    static let intents = [4, 2, 1, 8]

    /// Reads what is said into metadata; returns what is lost, and where a profile ends.
    static func read(
        _ header: BMPHeader, _ source: any ImageSource, _ model: ColorModel,
        _ limits: Limits, into metadata: inout ImageMetadata
    ) throws(ImageError) -> (losses: [Loss], end: Int) {
        let fields = header.colorFields
        guard !fields.isEmpty else { return ([], 0) }
        switch Kind(rawValue: fields.word32(at: 0)) {
        case .calibrated:
            return (calibration(fields, into: &metadata), 0)
        case .sRGB:
            let intent = fields.word32(at: 52)
            guard header.byteCount == 124, intent != 0 else { return ([], 0) }
            guard let index = intents.firstIndex(of: intent) else {
                let words = "the rendering intent \(intent) is unknown and left out"
                return ([.part(of: .renderingIntent, words)], 0)
            }
            metadata.renderingIntent = RenderingIntent(rawValue: UInt8(index))
            return ([], 0)
        case .embedded where header.byteCount == 124:
            let (start, count) = (14 + fields.word32(at: 56), fields.word32(at: 60))
            try limits.checkMetadata(count)
            let icc = try source.bytes(at: start, count: count)
            // It lies behind the pixels, which may all be there.
            guard icc.count == count else { return ([cut], source.byteCount) }
            guard takes(icc, model) else { return ([unfit], start + count) }
            metadata.icc = icc
            return ([], start + count)
        case .linked:
            return ([.part(of: .icc, "the ICC profile is in another file and left out")], 0)
        case .windows: return ([], 0)
        case .embedded, nil:
            let name = String(latin1: fields.prefix(4).reversed())
            return ([.part(of: .icc, "the color space \"\(name)\" is unknown and left out")], 0)
        }
    }

    private static let cut = Loss.part(
        of: .icc, "the file ends before its ICC profile does, which is left out")

    private static let unfit = Loss.part(
        of: .icc, "the ICC profile is damaged or not one for such pixels, and is left out")

    /// Whether a profile is one for such pixels.
    static func takes(_ icc: [UInt8], _ model: ColorModel) -> Bool {
        ColorModel(profile: icc) == model
    }

    /// The primaries, whose sum is white, and the exponent; most files have zeros.
    private static func calibration(
        _ fields: [UInt8], into metadata: inout ImageMetadata
    ) -> [Loss] {
        let points = (0..<3).map { color in
            (0..<3).map { Double(fields.signed32(at: 4 + 12 * color + 4 * $0)) }
        }
        let white = (0..<3).map { axis in points.reduce(0) { $0 + $1[axis] } }
        let colors = ([white] + points).map(chromaticity)
        if let white = colors[0], let red = colors[1], let green = colors[2], let blue = colors[3] {
            metadata.chromaticities = Chromaticities(
                white: white, red: red, green: green, blue: blue)
        }
        let exponents = (0..<3).map { fields.word32(at: 40 + 4 * $0) }
        guard exponents[0] > 0 else { return [] }
        guard exponents.allSatisfy({ $0 == exponents[0] }) else {
            return [.part(of: .gamma, "the gammas of channels differ and are left out")]
        }
        metadata.gamma = 65_536 / Double(exponents[0])
        return []
    }

    private static func chromaticity(_ point: [Double]) -> Chromaticity? {
        let sum = point[0] + point[1] + point[2]
        guard sum > 0, point.allSatisfy({ $0 >= 0 }) else { return nil }
        return Chromaticity(point[0] / sum, point[1] / sum)
    }
}
