/// What a caller chooses about the work of single codecs: values of ``FormatDescriptor/codecOptions``,
/// format by format.
package struct CodecOptions: Sendable, Equatable {
    private var values: [FormatID: OptionValues] = [:]

    /// Creates options with none set.
    package init() {}

    /// The values for the codec of a format.
    package subscript(format: FormatID) -> OptionValues {
        get { values[format] ?? OptionValues() }
        set { values[format] = newValue }
    }

    /// Sets an option of every one of `formats` whose codec has one of the name.
    package mutating func set(
        _ key: String, to value: OptionValues.Value, of formats: [FormatDescriptor]
    ) {
        for format in formats where format.codecOptions.contains(where: { $0.key == key }) {
            self[format.id].set(key, to: value)
        }
    }
}
