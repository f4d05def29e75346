internal import FormatKit

/// What a user may choose about the networks, of whatever kind.
enum EncodingPlan {
    /// The options of all architectures; those that share a name share its meaning.
    static let specs: [OptionSpec] = ArchitectureTable.all.reduce(into: []) { specs, kind in
        specs += kind.options.filter { option in !specs.contains { $0.key == option.key } }
    }

    /// The architecture that is fitted.
    static func architecture(_ settings: WriteSettings) -> any Architecture.Type {
        SirenArchitecture.self
    }
}
