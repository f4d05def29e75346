/// What passes from the reader to the writer.
package enum ConversionPath: Sendable, Equatable {
    /// Pixels, decoded and encoded. Where both sides know the same kind of stream, the words say why
    /// it could not pass as it is; a clause such as `the picture is turned upright`.
    case pixels(since: String?)
    /// The coded stream of this format, as it is.
    case stream(CodedStream)
    /// The coded stream of this format with other metadata, its picture perhaps turned, but not encoded
    /// again.
    case edited(CodedStream, StreamEdit)
    /// Of several pages some, by their places counted from 0, as the coded streams that they are; the
    /// words say why the first of the others could not pass so.
    case pages([Int: CodedStream], since: String?)

    /// The stream, if it is what passes, edited or not.
    package var stream: CodedStream? {
        switch self {
        case .stream(let stream), .edited(let stream, _): stream
        case .pixels, .pages: nil
        }
    }

    /// What becomes another in the stream that passes, if anything does.
    package var edit: StreamEdit? {
        if case .edited(_, let edit) = self { edit } else { nil }
    }

    /// The formats of the streams, in order, if nothing else passes.
    package var streamFormats: [FormatID] {
        switch self {
        case .stream(let stream), .edited(let stream, _): [stream.format]
        case .pages(let streams, since: nil):
            Set(streams.values.map(\.format)).sorted { $0.rawValue < $1.rawValue }
        case .pixels, .pages: []
        }
    }

    /// Why pixels pass although a stream might, if that is so.
    package var objection: String? {
        switch self {
        case .pixels(let reason), .pages(_, let reason): reason
        case .stream, .edited: nil
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
    let plugin: any FormatPlugin
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
        guard let streams = plugin.descriptor.write?.streams, !streams.isEmpty,
            settings.streamUse != .never
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
        let way: Passage =
            isMoved && !isSearching
            ? .decoded("other pages than the first are wanted")
            : passage(of: stream, capability, plan.first, readBy: first, isAlone: true)
        switch way {
        case .whole: return Result(path: .stream(stream), losses: stream.losses)
        case .edited(let edit):
            return Result(path: .edited(stream, edit), losses: plan.losses)
        case .decoded(let objection):
            guard settings.streamUse != .always else { throw .streamRefused(format, objection) }
            return decoded(since: objection)
        }
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
                if case .decoded(let words) = passage(
                    of: stream, capability, planned, readBy: reader, isAlone: false)
                {
                    reason = words
                }
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

    /// How a stream can pass.
    private enum Passage {
        case whole
        case edited(StreamEdit)
        /// Only its pixels can, for this reason.
        case decoded(String)
    }

    /// How the stream of a picture can pass, which is to be all of the output if it `isAlone`.
    private func passage(
        of stream: CodedStream, _ capability: StreamCapability, _ planned: ConversionPlan,
        readBy reader: any ImageReader, isAlone: Bool
    ) -> Passage {
        if isSearching { return .decoded("a quality is searched") }
        // Whatever stands between the reader and the plan changes the picture.
        guard pages.isUnchanged(reader) else {
            return .decoded("only a part of the picture, or another size of it, is wanted")
        }
        let isEditable = isAlone && capability.isEditable && pages.isOwnStream
        let edit = StreamEdit(turning: planned.turning)
        if edit.isTurning, !isEditable || stream.turns == nil {
            return .decoded("the picture is turned upright")
        }
        if edit.isTurning, stream.turns?.orientations.contains(edit.turning) != true {
            return .decoded("the picture is turned upright, and an edge of it cuts through blocks")
        }
        if let change = Self.changeOfSamples(planned) { return .decoded(change) }
        let keepsAll =
            preferences.metadata == Set(MetadataKind.allCases) && preferences.isKeepingLocation
        guard keepsAll || isEditable else { return .decoded("not all metadata is kept") }
        if let objection = (plugin as? any StreamPlugin)?.objection(to: stream, with: settings) {
            return .decoded(objection)
        }
        return keepsAll && !edit.isTurning ? .whole : .edited(edit)
    }

    /// What is not to stay as it is of the samples of a picture, if anything is.
    private static func changeOfSamples(_ planned: ConversionPlan) -> String? {
        if planned.isColorConverted { return "colors are converted" }
        let (source, target) = (planned.source, planned.target)
        if source.layout != target.layout || source.form != target.form {
            return "samples change from \(source.layout) to \(target.layout)"
        }
        let isOfSize = planned.turning.uprightSize(of: source.size) == target.size
        return isOfSize ? nil : "the size changes"
    }
}

extension ConversionPlan {
    /// The orientation from which the picture is turned upright, or ``Orientation/up`` if it is not.
    fileprivate var turning: Orientation { isTurned ? source.metadata.orientation : .up }
}
