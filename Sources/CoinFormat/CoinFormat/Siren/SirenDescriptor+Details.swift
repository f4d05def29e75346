internal import FormatKit

extension SirenDescriptor {
    /// ω₀ of a scale in turns, to the precision that a binary32 number has.
    private static func omega(_ scale: Float) -> Double {
        (Double(scale) * 2 * .pi * 1e4).rounded() / 1e4
    }

    /// What `convert info` prints of a network.
    var details: [ImageDetail] {
        let isUniform = Set(widths).count == 1
        return [
            ImageDetail("layers", .integer(widths.count)),
            isUniform
                ? ImageDetail("width", .integer(widths[0]))
                : ImageDetail("widths", .list(widths.map { .integer($0) })),
            ImageDetail("first_omega", .real(Self.omega(firstScale))),
            ImageDetail("hidden_omega", .real(Self.omega(hiddenScale))),
        ]
    }
}
