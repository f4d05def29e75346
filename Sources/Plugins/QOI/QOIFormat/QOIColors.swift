internal import FormatKit

/// What a file can say of its colors: that they are sRGB, or that and linear.
enum QOIColors {
    /// Whether colors are proportional to light.
    static func areLinear(_ metadata: ImageMetadata) -> Bool {
        metadata.gamma.map { abs($0 - 1) <= tolerance } ?? false
    }

    /// What a file cannot say: another curve, or other primaries.
    static func losses(_ header: ImageHeader) -> [Loss] {
        let metadata = header.metadata
        var losses: [Loss] = []
        if let gamma = metadata.gamma, abs(gamma - 1 / 2.2) > tolerance, !areLinear(metadata) {
            losses.append(.metadata(.gamma))
        }
        if metadata.chromaticities?.isClose(to: .sRGB) == false {
            losses.append(.metadata(.chromaticities))
        }
        return losses
    }

    private static let tolerance = 0.001
}
