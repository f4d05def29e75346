internal import FormatKit

/// What a user may choose about the networks, of whatever kind.
enum EncodingPlan {
    /// The options of all architectures; those that share a name share its meaning.
    static let specs: [OptionSpec] = ArchitectureTable.all.reduce(
        into: [
            OptionSpec(
                "architecture", .choice(ArchitectureTable.all.map { $0.name }),
                default: LatentArchitecture.name,
                summary: "latent grids, or the networks of sines of the COIN paper")
        ]
    ) { specs, kind in
        specs += kind.options.filter { option in !specs.contains { $0.key == option.key } }
    }

    /// The architecture that is fitted.
    ///
    /// - Throws: ``ImageError/invalidOption(name:reason:)`` for an option that only others have, or a
    ///   quality beside a rate, so that none is ignored in silence.
    static func architecture(
        _ settings: WriteSettings
    ) throws(ImageError) -> any Architecture.Type {
        let options = settings.options
        if settings.quality != nil, options.contains("bpp") {
            throw .invalidOption(
                name: "coin.bpp", reason: "a quality is given, too; one of them decides")
        }
        let name = options.choice("architecture") ?? LatentArchitecture.name
        let chosen = ArchitectureTable.all.first { $0.name == name } ?? LatentArchitecture.self
        for spec in specs.dropFirst() where options.contains(spec.key) {
            guard let own = chosen.options.first(where: { $0.key == spec.key }) else {
                let owners = ArchitectureTable.all.filter { kind in
                    kind.options.contains { $0.key == spec.key }
                }
                throw .invalidOption(
                    name: "coin.\(spec.key)",
                    reason: "only with coin.architecture="
                        + owners.map { $0.name }.joined(separator: " or "))
            }
            // Ranges may differ between architectures.
            if case .real(let range) = own.kind, let value = options.real(spec.key),
                !range.contains(value)
            {
                throw .invalidOption(
                    name: "coin.\(spec.key)",
                    reason: "\"\(value)\" is not \(own.kind), with coin.architecture=\(name)")
            }
        }
        return chosen
    }
}
