package import FormatKit

/// An option of the command line that says something about the work of codecs: of all that have an
/// option of the name.
package enum CodecFlag: String, Sendable, CaseIterable {
    /// The instruction set of hand-written code.
    case kernels
    /// The most multiply-adds that decoding may ask for.
    case work

    /// How the command line calls it.
    var option: String {
        switch self {
        case .kernels: "--kernels"
        case .work: "--max-work"
        }
    }

    /// What can be said, and what holds if nothing is: the option of the first format that has it.
    package func spec(in formats: [FormatDescriptor]) -> OptionSpec? {
        formats.lazy.flatMap(\.codecOptions).first { $0.key == rawValue }
    }
}

extension CodecOptions {
    /// Sets the option of all `formats` that have it.
    package mutating func set(
        _ flag: CodecFlag, to value: OptionValues.Value, of formats: [FormatDescriptor]
    ) {
        set(flag.rawValue, to: value, of: formats)
    }
}
