internal import BuiltInFormats
internal import ConvertKit
internal import FormatKit

/// One option of the command line, as a text may name it.
struct OptionRule: Sendable {
    /// The name, without hyphens before it.
    let name: String
    /// What a value is, or `nil` if there is none.
    let expected: String?
    /// Takes a value; returns whether it makes sense.
    let apply: @Sendable (inout CallOptions, String) -> Bool

    /// An option without a value.
    static func flag(
        _ name: String, _ set: @escaping @Sendable (inout CallOptions) -> Void
    ) -> OptionRule {
        OptionRule(name: name, expected: nil) { options, _ in
            set(&options)
            return true
        }
    }

    /// An option with a value.
    static func value<Value>(
        _ name: String, _ expected: String, _ parse: @escaping @Sendable (String) -> Value?,
        _ set: @escaping @Sendable (inout CallOptions, Value) -> Void
    ) -> OptionRule {
        OptionRule(name: name, expected: expected) { options, text in
            guard let value = parse(text) else { return false }
            set(&options, value)
            return true
        }
    }
}

extension OptionRule {
    /// All of them, in the order of `--help`.
    static let all: [OptionRule] =
        output + selection + sizes + picture + encoding + targets + machine + limits

    private static let output: [OptionRule] = [
        .value("to", "a format", { $0 }) { $0.formatName = $1 },
        .flag("overwrite") { $0.run.isReplacing = true },
        .flag("verify") { $0.run.isVerifying = true },
    ]

    private static let selection: [OptionRule] = [
        .value("region", "a region X,Y,WIDTH,HEIGHT", SelectionArguments.region) {
            $0.conversion.selection.region = $1
        },
        .value("page", "a page, counted from 1", positive) {
            $0.conversion.selection.pages = .page($1 - 1)
        },
        .value("pages", "all or pages such as 1-3,7", SelectionArguments.pages) {
            $0.conversion.selection.pages = $1
        },
    ]

    private static let sizes: [OptionRule] = [
        .value("fit", "a box WIDTHxHEIGHT or a side", SelectionArguments.box) {
            $0.conversion.selection.fit = Selection.Fit($1)
        },
        .flag("enlarge") { $0.isEnlarging = true },
        .value("size", "a size WIDTHxHEIGHT", SelectionArguments.size) {
            $0.conversion.selection.scale = .size($1)
        },
        .value("scale", "a factor above 0", SelectionArguments.factor) {
            $0.conversion.selection.scale = .factor($1)
        },
        .word("filter", ResamplingFilter.self) {
            $0.conversion.selection.resampling.filter = $1
        },
        .flag("linear-light") { $0.conversion.selection.resampling.isLinearLight = true },
    ]

    private static let picture: [OptionRule] = [
        .value("keep", "all, none or a list of kinds of metadata", PictureArguments.metadata) {
            $0.conversion.preferences.metadata = $1.kinds
            $0.conversion.preferences.isKeepingLocation = $1.includesLocation
        },
        .word("orient", ConversionPreferences.OrientationHandling.self) {
            $0.conversion.preferences.orientation = $1
        },
        .value("background", "a color such as #ff8000 or orange", RGBAColor.init(parsing:)) {
            $0.conversion.preferences.background = $1
        },
        .value("depth", "8 or 16", { Int($0).flatMap { [8, 16].contains($0) ? $0 : nil } }) {
            $0.conversion.preferences.depth = $1
        },
        .flag("dither") { $0.conversion.preferences.isDithered = true },
        .word("extra-samples", ConversionPreferences.ExtraSampleHandling.self) {
            $0.conversion.preferences.extraSamples = $1
        },
        .flag("to-srgb") { $0.conversion.preferences.isConvertedToSRGB = true },
        .flag("plain-cmyk") { $0.conversion.preferences.takesPlainCMYK = true },
    ]

    private static let encoding: [OptionRule] = [
        .value("quality", "a number from 0 to 100", number(0...100)) {
            $0.conversion.quality = $1
        },
        .flag("lossless") { $0.conversion.isLossless = true },
        .value("effort", "a whole number from 1 to 9", { Int($0) }) { $0.conversion.effort = $1 },
        .value("option", "format.key=value", { $0 }) { $0.conversion.assignments.append($1) },
        .flag("salvage") { $0.conversion.isSalvaging = true },
        .flag("strict") { $0.conversion.isStrict = true },
    ]

    private static let targets: [OptionRule] = [
        .value("target-size", "a number of bytes", bytes) { $0.conversion.target = .byteCount($1) },
        .value("target-psnr", "a number above 0 and at most 120", number(0...120, isOpen: true)) {
            $0.conversion.target = .psnr($1)
        },
        .value("target-ssim", "a number above 0 and below 1", fraction) {
            $0.conversion.target = .similarity($1)
        },
    ]

    /// Those that have a say in what can be chosen about their work.
    private static let formats = BuiltInFormats.plugins.map(\.descriptor)

    private static let machine: [OptionRule] = [
        .value("threads", "a number of threads", positive) { $0.run.threadCount = $1 },
        .word("kernels", of: CodecFlag.kernels.spec(in: formats)?.words ?? []) {
            $0.run.codecOptions.set(.kernels, to: .choice($1), of: formats)
        },
    ]

    private static let limits: [OptionRule] = [
        .value("max-pixels", "a count such as 512M", count) { $0.run.limits.pixelCount = $1 },
        .value("max-memory", "a size such as 2G", bytes) { $0.run.limits.memoryByteCount = $1 },
        .value("max-work", "a count such as 2T", count) {
            $0.run.codecOptions.set(.work, to: .integer($1), of: formats)
        },
        .value("max-metadata", "a size such as 16M", bytes) {
            $0.run.limits.metadataByteCount = $1
        },
        .value("max-frames", "a count such as 100", count) { $0.run.limits.frameCount = $1 },
    ]

    /// An option whose value is one of several words.
    private static func word<Word: RawRepresentable & CaseIterable & Sendable>(
        _ name: String, _ type: Word.Type,
        _ set: @escaping @Sendable (inout CallOptions, Word) -> Void
    ) -> OptionRule where Word.RawValue == String {
        .word(name, of: type.allCases.map(\.rawValue)) { options, text in
            if let word = Word(rawValue: text) { set(&options, word) }
        }
    }

    private static func word(
        _ name: String, of words: [String],
        _ set: @escaping @Sendable (inout CallOptions, String) -> Void
    ) -> OptionRule {
        .value(
            name, "one of \(words.joined(separator: ", "))", { words.contains($0) ? $0 : nil }, set)
    }

    @Sendable private static func positive(_ text: String) -> Int? {
        Int(text).flatMap { $0 > 0 ? $0 : nil }
    }

    @Sendable private static func count(_ text: String) -> Int? {
        CountArgument.parse(text, base: .decimal)
    }

    @Sendable private static func bytes(_ text: String) -> Int? {
        CountArgument.parse(text, base: .binary)
    }

    @Sendable private static func fraction(_ text: String) -> Double? {
        Double(text).flatMap { $0 > 0 && $0 < 1 ? $0 : nil }
    }

    /// Parses a number in a range, of which the lower end may be left out.
    private static func number(
        _ range: ClosedRange<Double>, isOpen: Bool = false
    ) -> @Sendable (String) -> Double? {
        { text in
            guard let number = Double(text), range.contains(number),
                !isOpen || number > range.lowerBound
            else { return nil }
            return number
        }
    }
}
