/// What passes from the reader to the writer.
public enum ConversionPath: Sendable, Equatable {
    /// Pixels, decoded and encoded. Where both sides know the same kind of stream, the words say why
    /// it could not pass as it is; a clause such as `the picture is turned upright`.
    case pixels(since: String?)
    /// The coded stream of this format, as it is.
    case stream(CodedStream)

    /// The stream, if it is what passes.
    public var stream: CodedStream? {
        if case .stream(let stream) = self { stream } else { nil }
    }

    /// Why pixels pass although a stream might, if that is so.
    public var objection: String? {
        if case .pixels(let reason) = self { reason } else { nil }
    }
}

/// Decides whether a stream can pass as it is: all that headers tell is known, and pixels have been
/// planned.
struct PathPlanner {
    let pages: SelectedPages
    /// The reader of the first picture, with whatever has been put in front of it.
    let first: any ImageReader
    let plan: SequencePlan
    let capabilities: WriteCapabilities?
    let settings: WriteSettings
    let preferences: ConversionPreferences
    /// Whether a quality is searched.
    let isSearching: Bool

    /// The path.
    ///
    /// - Throws: ``ImageError/streamRefused(_:_:)`` if the settings ask for a stream in any case, and
    ///   there is a reason against it.
    func path(to format: FormatID) throws(ImageError) -> ConversionPath {
        guard let streams = capabilities?.streams, !streams.isEmpty, settings.streamUse != .never
        else { return .pixels(since: nil) }
        let isRequired = settings.streamUse == .always
        let shared = pages.stream.flatMap { stream in
            streams.first { $0.format == stream.format }.map { (stream, $0) }
        }
        guard let (stream, capability) = shared else {
            guard isRequired else { return .pixels(since: nil) }
            let names = streams.map(\.format.rawValue).joined(separator: " or ")
            throw .streamRefused(format, "the input holds no \(names) stream that can be had alone")
        }
        guard let objection = change ?? capability.objection(stream, settings) else {
            return .stream(stream)
        }
        guard !isRequired else { throw .streamRefused(format, objection) }
        return .pixels(since: objection)
    }

    /// What is not to stay as it is, if anything is.
    private var change: String? {
        let planned = plan.first
        if isSearching { return "a quality is searched" }
        if pages.indices != [0] { return "other pages than the first are wanted" }
        // Whatever stands between the reader and the plan changes the picture.
        guard pages.isUnchanged(first) else {
            return "only a part of the picture, or another size of it, is wanted"
        }
        if planned.isTurned { return "the picture is turned upright" }
        if planned.isColorConverted { return "colors are converted" }
        let (source, target) = (planned.source, planned.target)
        if source.layout != target.layout || source.form != target.form {
            return "samples change from \(source.layout) to \(target.layout)"
        }
        if source.size != target.size { return "the size changes" }
        let keepsAll =
            preferences.metadata == Set(MetadataKind.allCases) && preferences.isKeepingLocation
        return keepsAll ? nil : "not all metadata is kept"
    }
}
