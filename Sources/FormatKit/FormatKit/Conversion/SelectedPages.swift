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
    /// What is left out whichever page is read.
    let losses: [Loss]

    /// Finds the pictures.
    ///
    /// - Throws: ``ImageError`` if the file has no such page or its format reads only the first.
    init(
        of reader: any ImageReader, format: FormatID, selection: Selection,
        isUpright: Bool = false, dropsExtraSamples: Bool = false
    ) throws(ImageError) {
        self.dropsExtraSamples = dropsExtraSamples
        let isSeparate = (reader as? any MultiImageReader)?.hasSeparateImage ?? false
        losses =
            isSeparate && selection.pages == .all
            ? [.picture("the default image, which is none of the frames, is left out")] : []
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

    /// A reader of one of the pictures; readers got before are no longer valid.
    ///
    /// Any format can be cropped; only those that say so can be read at another size, for the
    /// converter does not resample.
    func open(_ index: Int) throws(ImageError) -> any ImageReader {
        var native = firstSize
        if let pages = reader as? any MultiImageReader,
            indices != [0] || pages.hasSeparateImage && selection.pages != .first
        {
            try pages.selectPage(index)
            native = reader.header.size
        }
        let part = try part(native: native)
        let isUnwanted = dropsExtraSamples && part.header.form.contains(.unspecifiedAlpha)
        return isUnwanted ? DroppingReader(part) : part
    }

    /// The picture that is selected, or the part of it that is wanted.
    private func part(native: ImageSize) throws(ImageError) -> any ImageReader {
        guard selection.region != nil || selection.scale != .native else { return reader }
        let orientation = isUpright ? reader.header.metadata.orientation : .up
        let shown = try selection.resolved(for: orientation.uprightSize(of: native))
        let size = orientation.uprightSize(of: shown.size)
        let region = orientation.storedRegion(of: shown.region, in: shown.size)
        let changes: [PictureChange] = [
            .resampled(from: native, to: size), .cropped(region, of: size),
        ]
        let stored = reader.header
        if let selecting = reader as? any SelectingReader {
            try selecting.select(region, ofSize: size)
            return ChangedReader(selecting, of: stored, changes)
        }
        guard size == native else {
            throw .unsupported(format, "reading at another size than its own (\(native))")
        }
        return ChangedReader(CroppingReader(reader, region: region), of: stored, changes)
    }
}
