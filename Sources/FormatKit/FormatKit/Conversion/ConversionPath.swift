/// What passes from the reader to the writer.
public enum ConversionPath: Sendable, Equatable {
    /// Pixels, decoded and encoded. Where both sides know the same kind of stream, the words say why
    /// it could not pass as it is; a clause such as `the picture is turned upright`.
    case pixels(since: String?)
    /// The coded stream of this format, as it is.
    case stream(CodedStream)
    /// Of several pages some, by their places counted from 0, as the coded streams that they are; the
    /// words say why the first of the others could not pass so.
    case pages([Int: CodedStream], since: String?)

    /// The stream, if it is what passes.
    public var stream: CodedStream? {
        if case .stream(let stream) = self { stream } else { nil }
    }

    /// The formats of the streams, in order, if nothing else passes.
    public var streamFormats: [FormatID] {
        switch self {
        case .stream(let stream): [stream.format]
        case .pages(let streams, since: nil):
            Set(streams.values.map(\.format)).sorted { $0.rawValue < $1.rawValue }
        case .pixels, .pages: []
        }
    }

    /// Why pixels pass although a stream might, if that is so.
    public var objection: String? {
        switch self {
        case .pixels(let reason), .pages(_, let reason): reason
        case .stream: nil
        }
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

    /// A path, and everything that is known to be lost on it.
    struct Result {
        let path: ConversionPath
        let losses: [Loss]
    }

    /// The path.
    ///
    /// - Throws: ``ImageError/streamRefused(_:_:)`` if the settings ask for a stream in any case, and
    ///   there is a reason against it.
    func path(to format: FormatID) throws(ImageError) -> Result {
        guard let streams = capabilities?.streams, !streams.isEmpty, settings.streamUse != .never
        else { return decoded(since: nil) }
        if pages.hasJoinedStreams, streams.contains(where: \.isPageable) {
            return try path(ofPages: streams.filter(\.isPageable), to: format)
        }
        guard let stream = pages.stream, let capability = Self.capability(of: stream, in: streams)
        else {
            guard settings.streamUse == .always else { return decoded(since: nil) }
            throw .streamRefused(
                format,
                "the input holds no \(Self.names(streams)) stream that can be had alone")
        }
        let isMoved = pages.indices != [0]
        guard
            let objection = isMoved && !isSearching
                ? "other pages than the first are wanted"
                : change(of: plan.first, readBy: first) ?? capability.objection(stream, settings)
        else {
            return Result(path: .stream(stream), losses: stream.losses)
        }
        guard settings.streamUse != .always else { throw .streamRefused(format, objection) }
        return decoded(since: objection)
    }

    private func decoded(since objection: String?) -> Result {
        Result(path: .pixels(since: objection), losses: plan.losses)
    }

    private static func capability(
        of stream: CodedStream, in streams: [StreamCapability]
    ) -> StreamCapability? {
        streams.first { $0.format == stream.format }
    }

    private static func names(_ streams: [StreamCapability]) -> String {
        streams.map(\.format.rawValue).joined(separator: " or ")
    }

    /// The path of pages of several files, each of which passes as it can.
    private func path(
        ofPages capabilities: [StreamCapability], to format: FormatID
    ) throws(ImageError) -> Result {
        var streams: [Int: CodedStream] = [:]
        var (losses, objection) = (pages.losses, String?.none)
        for (place, index) in pages.indices.enumerated() {
            let reader = try pages.open(index)
            let planned = try plan.plan(at: place, for: reader.header)
            var (own, reason) = (planned.losses, String?.none)
            if let stream = pages.joinedStreamReader?.stream,
                let capability = Self.capability(of: stream, in: capabilities)
            {
                reason =
                    change(of: planned, readBy: reader) ?? capability.objection(stream, settings)
                if reason == nil { (streams[place], own) = (stream, stream.losses) }
            } else {
                reason = "there is no \(Self.names(capabilities)) stream"
            }
            losses += pages.losses(own, ofPage: index).filter { !losses.contains($0) }
            if objection == nil { objection = reason.map { "page \(place + 1): \($0)" } }
        }
        if let objection, settings.streamUse == .always { throw .streamRefused(format, objection) }
        guard !streams.isEmpty else { return decoded(since: objection) }
        return Result(path: .pages(streams, since: objection), losses: losses)
    }

    /// What is not to stay as it is of a picture, if anything is.
    private func change(of planned: ConversionPlan, readBy reader: any ImageReader) -> String? {
        if isSearching { return "a quality is searched" }
        // Whatever stands between the reader and the plan changes the picture.
        guard pages.isUnchanged(reader) else {
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
