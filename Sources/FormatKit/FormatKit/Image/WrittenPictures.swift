/// What a writer has been given so far of a file's pictures, all of one size and layout.
///
/// Its preconditions are the caller's duties (``ImageWriter``, ``MultiImageWriter``); what is
/// missing at the end is an error.
package struct WrittenPictures: Sendable {
    /// The header of the picture whose rows come.
    package private(set) var header: ImageHeader
    /// The number of its rows that have come.
    package private(set) var rowCount = 0
    /// The number of pictures that have ended.
    package private(set) var endedCount = 0
    /// The number of pictures that the first header announces.
    package let count: Int
    private let format: FormatID

    /// Starts with the first picture.
    package init(in format: FormatID, _ header: ImageHeader) {
        self.format = format
        self.header = header
        count = header.frameCount
    }

    /// Takes note of rows.
    ///
    /// - Precondition: They are of the picture's width and layout, and not too many.
    package mutating func add(_ band: PixelBand) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        precondition(rowCount + band.rowCount <= header.size.height)
        rowCount += band.rowCount
    }

    /// Ends a picture.
    ///
    /// - Throws: ``ImageError/codecFailure(_:_:)`` if rows are missing.
    package mutating func endPicture() throws(ImageError) {
        guard rowCount == header.size.height else {
            throw .codecFailure(format, "\(rowCount) rows written, expected \(header.size.height)")
        }
        rowCount = 0
        endedCount += 1
    }

    /// Begins the next picture.
    ///
    /// - Precondition: It has been announced, and is like the first.
    package mutating func beginPicture(_ next: ImageHeader) {
        precondition(next.size == header.size && next.layout == header.layout)
        precondition(endedCount < count, "the first header tells of more pages")
        header = next
    }

    /// Ends the file.
    ///
    /// - Throws: ``ImageError/codecFailure(_:_:)`` if pictures are missing.
    package func checkComplete() throws(ImageError) {
        guard endedCount == count else {
            throw .codecFailure(format, "\(endedCount) frames written, expected \(count)")
        }
    }

    /// For how long the picture is shown.
    package var duration: FrameDuration { (header.animation ?? .default).duration }

    /// How far the file is.
    package var progress: Progress { Progress(fraction: Double(endedCount) / Double(count)) }
}
