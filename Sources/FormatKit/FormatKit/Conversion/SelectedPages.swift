/// The pictures of a file that a conversion takes, each cut and scaled as selected.
struct SelectedPages {
    private let reader: any ImageReader
    private let format: FormatID
    let selection: Selection
    /// Whether the size and the region are meant of the picture as it is shown.
    private let isUpright: Bool
    /// The size of the picture that a reader delivers at first, before anything is selected.
    private let firstSize: ImageSize
    /// Their places in the file.
    let indices: [Int]

    /// Finds the pictures.
    ///
    /// - Throws: ``ImageError`` if the file has no such page or its format reads only the first.
    init(
        of reader: any ImageReader, format: FormatID, selection: Selection,
        isUpright: Bool = false
    ) throws(ImageError) {
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
        if indices != [0], let pages = reader as? any MultiImageReader {
            try pages.selectPage(index)
            native = reader.header.size
        }
        guard selection.region != nil || selection.scale != .native else { return reader }
        let orientation = isUpright ? reader.header.metadata.orientation : .up
        let shown = try selection.resolved(for: orientation.uprightSize(of: native))
        let size = orientation.uprightSize(of: shown.size)
        let region = orientation.storedRegion(of: shown.region, in: shown.size)
        if let selecting = reader as? any SelectingReader {
            try selecting.select(region, ofSize: size)
            return selecting
        }
        guard size == native else {
            throw .unsupported(format, "reading at another size than its own (\(native))")
        }
        return CroppingReader(reader, region: region)
    }
}
