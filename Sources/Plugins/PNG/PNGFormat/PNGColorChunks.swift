internal import FormatKit

/// The contents of the chunks that say how samples are to be understood as colors.
///
/// They are reported but not carried. Where several are present, cICP counts before iCCP, sRGB
/// and gAMA with cHRM, in this order (PNG, 3rd edition, §4.3).
struct PNGColorChunks {
    /// The content of gAMA: the exponent times 100 000.
    var gamma: [UInt8]?
    /// The content of cHRM: x and y of white, red, green and blue, times 100 000.
    var chromaticities: [UInt8]?
    /// The content of sRGB.
    var renderingIntent: [UInt8]?
    /// The content of cICP: primaries, transfer function, matrix, range.
    var cicp: [UInt8]?

    private static let standardGamma = 45_455
    private static let standardChromaticities = [
        31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000,
    ]

    private var gammaValue: Int? { gamma.map { Int($0.bigEndian32()) } }

    private var chromaticityValues: [Int]? {
        chromaticities.map { content in
            stride(from: 0, to: content.count, by: 4).map { Int(content.bigEndian32(at: $0)) }
        }
    }

    /// Whether values differ by no more than rounding and the odd digit of other writers.
    private static func isClose(_ value: Int, _ standard: Int) -> Bool {
        abs(value - standard) <= 100
    }

    /// What a reader of the written file will not know.
    func warnings(hasProfile: Bool) -> [String] {
        if let cicp {
            // Primaries and transfer function of sRGB are what is assumed anyway.
            return cicp.prefix(2) == [1, 13]
                ? []
                : [
                    "the cICP chunk (color primaries \(cicp[0]), transfer function \(cicp[1])) "
                        + "is not carried: colors may look different"
                ]
        }
        guard !hasProfile, renderingIntent == nil else { return [] }
        var warnings: [String] = []
        if let gammaValue, !Self.isClose(gammaValue, Self.standardGamma) {
            let gamma = Double(gammaValue) / 100_000
            warnings.append(
                "the gAMA chunk (\(gamma)) is not carried: tones may look different")
        }
        if let values = chromaticityValues,
            !zip(values, Self.standardChromaticities).allSatisfy(Self.isClose)
        {
            warnings.append("the cHRM chunk is not carried: colors may look different")
        }
        return warnings
    }

    /// The values for `convert info`.
    var details: [ImageDetail] {
        var details: [ImageDetail] = []
        if let cicp {
            details.append(ImageDetail("cicp", .list(cicp.map { .integer(Int($0)) })))
        }
        if let renderingIntent {
            details.append(
                ImageDetail("srgb_rendering_intent", .integer(Int(renderingIntent[0]))))
        }
        if let gammaValue {
            details.append(ImageDetail("gamma", .real(Double(gammaValue) / 100_000)))
        }
        if let values = chromaticityValues {
            details.append(
                ImageDetail("chromaticities", .list(values.map { .real(Double($0) / 100_000) })))
        }
        return details
    }
}
