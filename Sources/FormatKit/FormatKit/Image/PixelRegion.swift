/// A rectangle of pixels.
public struct PixelRegion: Sendable, Hashable, CustomStringConvertible {
    /// The columns.
    public var columns: Range<Int>
    /// The rows.
    public var rows: Range<Int>

    /// Creates a region.
    public init(columns: Range<Int>, rows: Range<Int>) {
        self.columns = columns
        self.rows = rows
    }

    /// The whole of a picture of `size`.
    public init(_ size: ImageSize) {
        self.init(columns: 0..<size.width, rows: 0..<size.height)
    }

    /// The size of the region.
    public var size: ImageSize { ImageSize(width: columns.count, height: rows.count) }

    /// Whether all pixels of `other` are in the region.
    public func contains(_ other: PixelRegion) -> Bool {
        columns.lowerBound <= other.columns.lowerBound
            && columns.upperBound >= other.columns.upperBound
            && rows.lowerBound <= other.rows.lowerBound && rows.upperBound >= other.rows.upperBound
    }

    /// The region as `X,Y,WIDTH,HEIGHT`.
    public var description: String {
        "\(columns.lowerBound),\(rows.lowerBound),\(columns.count),\(rows.count)"
    }
}
