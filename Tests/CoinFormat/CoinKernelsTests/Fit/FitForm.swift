import CoinKernels
import Testing

/// The sizes of a model to test with.
struct FitForm: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let configuration: FitConfiguration

    /// Names sizes; `first` has the finest level of luma, chroma and alpha.
    init(
        _ width: Int, _ height: Int, levels: Int, first: (luma: Int, chroma: Int?, alpha: Int?),
        networks: (contexts: Int, entropy: Int, synthesis: Int) = (4, 6, 4), scales: Int = 0
    ) {
        var configuration = FitConfiguration(
            width: width, height: height, levels: levels,
            first: [first.luma, first.chroma, first.chroma, first.alpha],
            spatialContexts: networks.contexts, entropyWidth: networks.entropy,
            synthesisWidth: networks.synthesis,
            channelCount: (first.chroma == nil ? 1 : 3) + (first.alpha == nil ? 0 : 1))
        configuration.similarityScales = scales
        self.configuration = configuration
        let levelNames = [first.luma, first.chroma, first.alpha].map { $0.map(String.init) ?? "-" }
        testDescription =
            "\(width)x\(height), \(levels) levels from \(levelNames.joined(separator: " "))"
            + (scales > 0 ? ", \(scales) scales" : "")
    }

    /// Every group, each first level, odd sizes, several bands of rows, and rows that are wider
    /// than the columns that go through a network together.
    static let all = [
        FitForm(1, 1, levels: 1, first: (0, nil, nil)),
        FitForm(1, 1, levels: 3, first: (0, 1, 0)),
        FitForm(5, 7, levels: 3, first: (0, nil, nil), networks: (2, 2, 2)),
        FitForm(13, 9, levels: 4, first: (1, nil, nil), networks: (16, 8, 6)),
        FitForm(11, 6, levels: 3, first: (0, nil, 0)),
        FitForm(9, 17, levels: 4, first: (1, nil, 1)),
        FitForm(6, 5, levels: 1, first: (0, 0, nil)),
        FitForm(21, 19, levels: 5, first: (0, 1, nil)),
        FitForm(37, 34, levels: 7, first: (0, 2, nil), networks: (8, 14, 16)),
        FitForm(18, 35, levels: 6, first: (2, 0, nil)),
        FitForm(20, 50, levels: 4, first: (0, 1, nil)),
        FitForm(300, 5, levels: 2, first: (0, 1, nil)),
        FitForm(19, 23, levels: 4, first: (0, 1, 0)),
        FitForm(270, 3, levels: 3, first: (1, 2, 1)),
        FitForm(530, 2, levels: 7, first: (0, 2, nil)),
    ]

    /// Errors of luma by structural similarity: one window and several, odd sizes at each scale, several
    /// bands of windows, and rows wider than a chunk of them.
    static let similar = [
        FitForm(11, 11, levels: 2, first: (0, nil, nil), scales: 1),
        FitForm(23, 25, levels: 3, first: (0, 1, nil), scales: 2),
        FitForm(47, 45, levels: 3, first: (0, 1, 0), scales: 3),
        FitForm(12, 75, levels: 4, first: (1, nil, 0), scales: 1),
        FitForm(531, 27, levels: 3, first: (0, 1, nil), scales: 2),
        FitForm(89, 91, levels: 2, first: (1, 1, nil), scales: 4),
    ]
}
