/// Delivers what another reader reads of a part of a picture, with the metadata that hold for it.
final class ChangedReader: StoredSampleReader {
    let header: ImageHeader
    /// How it got its size, if that is another than before.
    let resizing: ResizingReport?
    var heldByteCount: Int? { reader.heldByteCount }
    private let reader: any ImageReader

    /// Creates a reader.
    ///
    /// - Parameters:
    ///   - reader: Delivers the part.
    ///   - stored: The header of the whole picture.
    ///   - changes: What makes a part of it.
    ///   - resizing: How it got its size, if that is another than before.
    init(
        _ reader: any ImageReader, of stored: ImageHeader, _ changes: [PictureChange],
        resizing: ResizingReport?
    ) {
        var header = reader.header
        header.metadata = stored.metadata
        for change in changes {
            let changed = header.metadata.changed(by: change)
            header.metadata = changed.value
            header.losses += changed.losses
        }
        self.header = header
        self.reader = reader
        self.resizing = resizing
    }

    func deliverStoredSamples() {
        (reader as? any StoredSampleReader)?.deliverStoredSamples()
    }

    func rowCount(vouchingForFirst rowCount: Int) -> Int {
        reader.rowCount(vouchingForFirst: rowCount)
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        try reader.readRows(into: &band)
    }
}
