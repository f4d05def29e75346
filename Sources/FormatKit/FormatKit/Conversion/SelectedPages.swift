/// The pictures of a file that a conversion takes, each cut and scaled as selected.
struct SelectedPages {
    private let reader: any ImageReader
    private let format: FormatID
    let selection: Selection
    /// Whether the size and the region are meant of the picture as it is shown.
    private let isUpright: Bool
    /// The size of the picture that a reader delivers at first, before anything is selected.
    let firstSize: ImageSize
    /// Their places in the file.
    let indices: [Int]
    private let dropsExtraSamples: Bool
    private let context: CodecContext
    /// What is left out whichever page is read.
    let losses: [Loss]

    /// Finds the pictures.
    ///
    /// - Throws: ``ImageError`` if the file has no such page or its format reads only the first.
    init(
        of reader: any ImageReader, format: FormatID, selection: Selection,
        isUpright: Bool = false, dropsExtraSamples: Bool = false, context: CodecContext
    ) throws(ImageError) {
        self.dropsExtraSamples = dropsExtraSamples
        self.context = context
        let isOfAll = selection.pages == .all || selection.isFirstOfAll
        losses = isOfAll ? Self.lossesOfSeparateImages(reader) : []
        self.reader = reader
        self.format = format
        self.selection = selection
        self.isUpright = isUpright
        firstSize = reader.header.size
        let count = reader.header.frameCount
        indices =
            selection.pages == .first ? [0] : try selection.pages.indices(of: count)
        if indices != [0], !(reader is any MultiImageReader) {
            throw .unsupported(format, "reading pages after the first of \(count)")
        }
    }

    private static func lossesOfSeparateImages(_ reader: any ImageReader) -> [Loss] {
        let loss = Loss.picture("the default image, which is none of the frames, is left out")
        if let joined = reader as? JoinedReader {
            return joined.inputsWithSeparateImage.map { loss.of(input: $0) }
        }
        let isSeparate = (reader as? any MultiImageReader)?.hasSeparateImage ?? false
        return isSeparate ? [loss] : []
    }

    /// Losses of a page, with the file that it is of if that is one of several.
    func losses(_ losses: [Loss], ofPage index: Int) -> [Loss] {
        guard let joined = reader as? JoinedReader else { return losses }
        return losses.map { $0.of(input: joined.input(ofPage: index)) }
    }

    /// Whether the file that a page is of has others, so that what it says of loops means something.
    func isOfAnimation(_ index: Int) -> Bool {
        (reader as? JoinedReader)?.hasFurtherPages(besides: index) ?? true
    }

    /// The coded stream of the file, if it can be had.
    var stream: CodedStream? { (reader as? any StreamReader)?.stream }

    /// Whether that is the file itself, so that its header is about nothing else.
    var isOwnStream: Bool { stream?.format == format }

    /// Whether pages of several files are joined, of which some have coded streams.
    var hasJoinedStreams: Bool { (reader as? JoinedReader)?.hasStreams ?? false }

    /// The reader of the coded stream of the page of joined files that has been opened last, if it has
    /// one.
    var joinedStreamReader: (any StreamReader)? { (reader as? JoinedReader)?.streamReader }

    /// Whether a reader that ``open(_:)`` has returned delivers the picture as it is in the file.
    func isUnchanged(_ opened: any ImageReader) -> Bool { opened === reader }

    /// A reader of one of the pictures; readers got before are no longer valid.
    func open(_ index: Int) throws(ImageError) -> any ImageReader {
        var native = firstSize
        if let pages = reader as? any MultiImageReader,
            indices != [0]
                || selection.pages != .first
                    && (pages.hasSeparateImage || pages.initialPage != 0)
        {
            try pages.selectPage(index)
            native = reader.header.size
        }
        let isUnwanted = dropsExtraSamples && reader.header.form.contains(.unspecifiedAlpha)
        let wanted: any ImageReader = isUnwanted ? DroppingReader(reader) : reader
        guard selection.region != nil || selection.scale != .native || selection.fit != nil else {
            context.ledger.want(0..<native.height, ofPage: index)
            return wanted
        }
        let stored = wanted.header
        let steps = try self.steps(to: wanted, native: native)
        context.ledger.want(steps.rows, ofPage: index)
        // What is as large as it is wanted stays what it is, also a stream.
        guard !steps.changes.isEmpty else { return wanted }
        return ChangedReader(
            steps.reader, of: stored, steps.changes, resizing: steps.report)
    }

    /// What makes the part of a picture that is selected, at the size that is selected.
    ///
    /// First the whole picture gets its size, then it is cut, then what is left is made to fit. Of
    /// these steps as many as possible are one: samples are mixed once.
    private func steps(
        to reader: any ImageReader, native: ImageSize
    ) throws(ImageError) -> SizeSteps {
        let stored = reader.header
        let meant = try selection.resolved(
            for: native, orientation: stored.metadata.orientation, isUpright: isUpright,
            limits: context.limits)
        var steps = SizeSteps(
            reader, resampling: selection.resampling, size: native, context: context)
        if meant.isWhole {
            try steps.sample(at: meant.result)
        } else if meant.size == native {
            try steps.cut(meant.region, to: meant.result)
        } else {
            try steps.sample(at: meant.size, region: meant.region)
            try steps.sample(at: meant.result)
        }
        return steps
    }
}
