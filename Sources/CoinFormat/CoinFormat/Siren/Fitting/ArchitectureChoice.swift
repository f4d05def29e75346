/// Chooses networks for a rate: how many layers of how many neurons, and how many tiles.
enum ArchitectureChoice {
    /// The most pixels that one tile has unless the user says otherwise: a Kodak image.
    ///
    /// A network's size grows with the pixels that it covers, and its cost with both, so a
    /// bounded tile is what makes the whole cost linear in pixels.
    static let tilePixelCount = 768 * 512

    /// The depth of networks by their number of parameters, as measured (`docs/notes/fitting.md`):
    /// small networks are deeper than in the COIN paper's table, the others as there.
    static func layerCount(parameterBudget: Int) -> Int {
        switch parameterBudget {
        case ..<300: 3
        case ..<1500: 5
        case ..<5400: 8
        case ..<20_000: 10
        default: 13
        }
    }

    /// The widths of the widest network that comes within three percent of a budget of weights and
    /// biases, with `layers` sine layers or a depth that suits the budget.
    static func architecture(
        parameterBudget: Int, channelCount: Int, layers: Int? = nil
    ) -> [Int] {
        let layers = layers ?? layerCount(parameterBudget: parameterBudget)
        let allowed = parameterBudget + parameterBudget * 3 / 100
        let width = SirenDescriptor.widthRange.last { width in
            let widths = [Int](repeating: width, count: layers)
            return SirenDescriptor(widths: widths).parameterCount(channelCount: channelCount)
                <= allowed
        }
        return [Int](repeating: width ?? 1, count: layers)
    }

    /// The most parameters that a network can have.
    static func maximumParameterCount(channelCount: Int) -> Int {
        let widths = [Int](
            repeating: SirenDescriptor.widthRange.upperBound,
            count: layerCount(parameterBudget: .max))
        return SirenDescriptor(widths: widths).parameterCount(channelCount: channelCount)
    }
}
