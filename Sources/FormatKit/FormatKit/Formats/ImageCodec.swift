/// One file being read.
///
/// Used by one thread at a time.
///
/// ```swift
/// let (size, layout) = (reader.header.size, reader.header.layout)
/// var band = PixelBand(width: size.width, layout: layout, rowCapacity: 64)
/// var remaining = size.height
/// while remaining > 0 {
///     try reader.readRows(into: &band)
///     remaining -= band.rowCount
///     print("\(band.filledBytes.count) bytes of pixels")
/// }
/// ```
public protocol ImageReader: AnyObject {
    /// Size, layout and metadata, known before any pixel.
    var header: ImageHeader { get }

    /// The memory that reading the pixels takes beyond a few rows, in bytes, or `nil` if no more is
    /// known than ``ReadCapabilities/streaming`` says.
    var heldByteCount: Int? { get }

    /// Reads the next rows, as many as fit into `band` or are left.
    ///
    /// - Precondition: `band` has the header's width and layout.
    /// - Throws: ``ImageError`` if the file is damaged or ends early.
    func readRows(into band: inout PixelBand) throws(ImageError)

    /// The number of rows that must have been read until all that is wrong with the first `rowCount` of them
    /// has been told.
    ///
    /// Damage may show later than in the rows that it is in: by a checksum, or by what a decoder says at the
    /// end. Whoever wants only some rows reads so many all the same.
    func rowCount(vouchingForFirst rowCount: Int) -> Int
}

extension ImageReader {
    /// No more is known than the descriptor says.
    public var heldByteCount: Int? { nil }

    /// All rows, and with them what follows the picture.
    public func rowCount(vouchingForFirst rowCount: Int) -> Int { header.size.height }
}

/// One file being written.
///
/// Used by one thread at a time.
public protocol ImageWriter: AnyObject {
    /// Writes the next rows.
    ///
    /// - Precondition: `band` has the width and layout that the writer was made for, and no more
    ///   rows come than the image has.
    /// - Throws: ``ImageError`` if the codec or the sink fails.
    func writeRows(_ band: PixelBand) throws(ImageError)

    /// Writes what remains after the last row.
    ///
    /// - Throws: ``ImageError`` if rows are missing, or the codec or the sink fails.
    func finish() throws(ImageError)
}

/// A reader of files that hold several pages or frames; at first ``initialPage`` is selected.
///
/// The frames of an animation are delivered as they are seen: each covers the whole canvas.
public protocol MultiImageReader: ImageReader {
    /// Selects the picture to read, counted from 0, and starts before its first row.
    ///
    /// The header is that picture's from then on; its `frameCount` stays the file's. Pictures may
    /// be selected in any order and again, also when rows are left; going on to the next is cheap.
    ///
    /// - Throws: ``ImageError`` if the picture's header is damaged or it exceeds the limits.
    /// - Precondition: `index` is less than `header.frameCount`.
    func selectPage(_ index: Int) throws(ImageError)

    /// Whether the picture that is delivered at first, before a page is selected, is none of them.
    var hasSeparateImage: Bool { get }

    /// The picture that is delivered at first, counted from 0: the first, unless a file holds one
    /// picture in several sizes.
    var initialPage: Int { get }
}

extension MultiImageReader {
    /// It is the first of them.
    public var hasSeparateImage: Bool { false }

    /// It is the first in the file.
    public var initialPage: Int { 0 }
}

/// A writer of files that can hold several pages or frames.
///
/// It is made with the header of the first, whose `frameCount` says how many will come.
public protocol MultiImageWriter: ImageWriter {
    /// Ends the picture whose rows were written last and starts the next.
    ///
    /// - Precondition: No more pictures come than the first header says. In a format of animations
    ///   `header` has the size and the layout of the first.
    /// - Throws: ``ImageError`` if rows are missing, the picture cannot be stored, or the codec or
    ///   the sink fails.
    func beginPage(_ header: ImageHeader) throws(ImageError)
}
