package import FormatKit

/// What the command line says about the outputs of a run: everything that changes their bytes.
///
/// What a run has done before is recognized by a digest of ``fingerprint``, so what does not change
/// outputs belongs into ``RunOptions``.
package struct ConversionOptions: Sendable {
    /// 0 (smallest) … 100 (best).
    package var quality: Double?
    /// What each output is to come to, for which a quality is searched.
    package var target: EncodingTarget?
    /// Whether every sample must survive.
    package var isLossless = false
    /// The part of each input that is converted, and its size.
    package var selection = Selection.whole
    /// What becomes of metadata, orientation, transparency and depth.
    package var preferences = ConversionPreferences()
    /// What converts colors.
    package var colorEngine: (any ColorEngine)?
    /// The number of pictures written for each input, coarse first, the last one the output.
    package var previewCount = 1
    /// 1 (fastest) … 9 (best).
    package var effort: Int?
    /// Options as typed, `format.key=value`.
    package var assignments: [String] = []
    /// Whether what can be had of a damaged file is written.
    package var isSalvaging = false
    /// Whether a loss is an error.
    package var isStrict = false

    /// Creates options with every default.
    package init() {}

    /// The settings for a format's writer.
    ///
    /// - Throws: ``CommandError/usage(_:)`` if a value is out of range, or an option is not one
    ///   of `format`'s.
    package func writeSettings(
        for format: FormatDescriptor, registry: FormatRegistry
    ) throws(CommandError) -> WriteSettings {
        if let quality, !(0...100).contains(quality) {
            throw .usage("--quality is a number from 0 to 100")
        }
        if let effort, !(1...9).contains(effort) {
            throw .usage("--effort is a whole number from 1 to 9")
        }
        var texts: [String: String] = [:]
        for assignment in assignments {
            let (key, value) = try parse(assignment, for: format, registry: registry)
            texts[key] = value
        }
        if target != nil, previewCount > 1 {
            throw .usage("--progressive has no target of a size or a quality")
        }
        do throws(ImageError) {
            let settings = WriteSettings(
                quality: quality, isLossless: isLossless, effort: effort,
                options: try OptionValues(parsing: texts, for: format))
            try target?.check(format, settings)
            return settings
        } catch {
            throw .usage(error.message)
        }
    }

    private func parse(
        _ assignment: String, for format: FormatDescriptor, registry: FormatRegistry
    ) throws(CommandError) -> (key: String, value: String) {
        guard let equals = assignment.firstIndex(of: "="),
            // Names of formats from outside have dots, too.
            let dot = assignment[..<equals].lastIndex(of: ".")
        else {
            throw .usage("--option \(assignment): expected format.key=value")
        }
        let name = String(assignment[..<dot])
        guard let owner = registry.plugin(named: name)?.descriptor else {
            throw .usage("--option \(assignment): unknown format \(name)")
        }
        guard owner.id == format.id else {
            throw .usage("--option \(assignment): the output is \(format.id), not \(owner.id)")
        }
        let key = assignment[assignment.index(after: dot)..<equals]
        return (String(key), String(assignment[assignment.index(after: equals)...]))
    }
}
