internal import BuiltInFormats
internal import ConvertKit
internal import FormatKit

/// The formats of this program: those that are built in, and plugins from outside.
enum Formats {
    /// A registry of all of them.
    ///
    /// - Parameter isTelling: Whether plugins that are left out are told of on standard error; the
    ///   processes that a command starts need not repeat it.
    /// - Returns: The registry.
    /// - Throws: ``/FormatKit/FormatRegistry/Conflict`` if two built-in formats clash.
    static func makeRegistry(
        isTelling: Bool = true
    ) throws(FormatRegistry.Conflict) -> FormatRegistry {
        try ExternalFormats.registry(adding: BuiltInFormats.plugins) { warning in
            if isTelling { StandardStreams.writeError("convert: \(warning)\n") }
        }
    }

    /// What the built-in formats are and can do.
    static let builtIn = BuiltInFormats.plugins.map(\.descriptor)

    /// What can be said with an option about the work of codecs.
    static func spec(of flag: CodecFlag) -> OptionSpec {
        guard let spec = flag.spec(in: builtIn) else {
            preconditionFailure("unreachable: a built-in codec has \(flag)")
        }
        return spec
    }
}
