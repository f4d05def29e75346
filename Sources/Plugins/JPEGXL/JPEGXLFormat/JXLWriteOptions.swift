internal import FormatKit

/// How to write a JPEG XL file.
struct JXLWriteOptions {
    let isLossless: Bool
    let distance: Double
    let effort: Int

    private static let defaultDistance = 1.0
    /// The quality of which that is the distance.
    static let defaultQuality = 90.0
    private static let defaultEffort = 7

    static let specs = [
        OptionSpec(
            "distance", .real(0.01...25), default: "from the quality, or 1",
            summary: "the largest visible error, 1 is invisible at a usual distance (lossy)"),
        OptionSpec.transcode(
            "take a JPEG file so that it can be rebuilt byte for byte, a fifth smaller"),
    ]

    /// Why a JPEG file is not taken as it is, if there is a reason.
    static func objection(to stream: CodedStream, _ settings: WriteSettings) -> String? {
        if settings.quality != nil { return "a quality is asked for" }
        if settings.options.contains("distance") { return "jxl.distance is set" }
        return stream.traits.first.map { "libjxl does not take JPEG files with \($0)" }
    }

    init(_ settings: WriteSettings) throws(ImageError) {
        try settings.checkRanges()
        effort = settings.effort ?? Self.defaultEffort
        isLossless = settings.isLossless
        let distance = settings.options.real("distance")
        if isLossless, distance != nil {
            throw .invalidOption(name: "jxl.distance", reason: "only for lossy files")
        }
        if settings.quality != nil, distance != nil {
            throw .invalidOption(
                name: "jxl.distance", reason: "a quality is given, too; one of them decides")
        }
        self.distance =
            distance ?? settings.quality.map(Self.distance(ofQuality:)) ?? Self.defaultDistance
    }

    /// Straight from 0.1 at 100 to 6.4 at 30, from where on it bends up to 25 at 0.
    private static func distance(ofQuality quality: Double) -> Double {
        if quality >= 30 { return 0.1 + (100 - quality) * 0.09 }
        let below = (30 - quality) / 30
        return 6.4 + 18.6 * below * below
    }
}
