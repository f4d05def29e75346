/// A buffer for consecutive rows of an image.
///
/// Readers fill bands and writers empty them, so that the memory of a conversion does not grow
/// with the height of the image.
public struct PixelBand: Sendable, Equatable {
    /// The number of columns.
    public let width: Int
    /// How the pixels lie in ``bytes``.
    public let layout: PixelLayout
    /// The number of rows that fit.
    public let rowCapacity: Int
    /// The number of rows that hold pixels.
    public private(set) var rowCount = 0
    /// `rowCapacity` rows without padding, samples in host byte order.
    public private(set) var bytes: [UInt8]

    /// Creates an empty band.
    ///
    /// - Precondition: `width` and `rowCapacity` are positive.
    public init(width: Int, layout: PixelLayout, rowCapacity: Int) {
        precondition(width > 0 && rowCapacity > 0)
        self.width = width
        self.layout = layout
        self.rowCapacity = rowCapacity
        bytes = [UInt8](repeating: 0, count: rowCapacity * layout.bytesPerRow(width: width))
    }

    /// Creates a full band.
    ///
    /// - Precondition: `bytes` holds a positive whole number of rows.
    public init(width: Int, layout: PixelLayout, bytes: [UInt8]) {
        let bytesPerRow = layout.bytesPerRow(width: width)
        precondition(bytesPerRow > 0 && !bytes.isEmpty && bytes.count % bytesPerRow == 0)
        self.width = width
        self.layout = layout
        self.bytes = bytes
        rowCapacity = bytes.count / bytesPerRow
        rowCount = rowCapacity
    }

    /// The size of a row, in bytes.
    public var bytesPerRow: Int { layout.bytesPerRow(width: width) }

    /// The bytes of the rows that hold pixels.
    public var filledBytes: ArraySlice<UInt8> { bytes[..<(rowCount * bytesPerRow)] }

    /// Declares the first `count` rows to hold pixels and lends their bytes for writing.
    ///
    /// - Precondition: `count` is at most ``rowCapacity``.
    public mutating func fill<E: Error, R>(
        rowCount count: Int, _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        precondition(count >= 0 && count <= rowCapacity)
        rowCount = count
        let byteCount = count * bytesPerRow
        return try unsafe bytes.withUnsafeMutableBufferPointer { (buffer) throws(E) -> R in
            try unsafe body(
                UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(rebasing: buffer[..<byteCount])))
        }
    }

    /// Copies rows of a whole picture, from `row` on: as many as fit, or as are left.
    ///
    /// - Parameters:
    ///   - picture: All rows of a picture of this width and layout.
    ///   - row: The first row.
    /// - Returns: The number of rows.
    public mutating func fill(from picture: [UInt8], row: Int) -> Int {
        let rows = picture[(row * bytesPerRow)...]
        let count = min(rowCapacity, rows.count / bytesPerRow)
        unsafe fill(rowCount: count) { unsafe $0.copyBytes(from: rows.prefix($0.count)) }
        return count
    }

    /// Lends the bytes of the rows that hold pixels.
    public func withFilledBytes<E: Error, R>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        let byteCount = rowCount * bytesPerRow
        return try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(E) -> R in
            try unsafe body(
                UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: buffer[..<byteCount])))
        }
    }
}
