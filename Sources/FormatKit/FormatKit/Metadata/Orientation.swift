/// How the stored picture must be turned to stand upright, numbered as in TIFF 6.0 and Exif.
public enum Orientation: Int, Sendable, Hashable, CaseIterable {
    /// As stored.
    case up = 1
    /// Mirrored left to right.
    case upMirrored
    /// Turned by 180°.
    case down
    /// Mirrored top to bottom.
    case downMirrored
    /// Mirrored along the main diagonal.
    case leftMirrored
    /// To be turned by 90° clockwise.
    case right
    /// Mirrored along the other diagonal.
    case rightMirrored
    /// To be turned by 90° counterclockwise.
    case left
}

extension Orientation {
    /// Whether rows become columns.
    package var isTransposing: Bool { rawValue >= Orientation.leftMirrored.rawValue }

    /// How an upright picture must be turned to be as stored again.
    public var inverse: Orientation {
        switch self {
        case .right: .left
        case .left: .right
        default: self
        }
    }

    /// The size of the upright picture.
    public func uprightSize(of size: ImageSize) -> ImageSize {
        isTransposing ? ImageSize(width: size.height, height: size.width) : size
    }

    /// Where a region of the upright picture, which has `size`, lies in the stored one.
    func storedRegion(of region: PixelRegion, in size: ImageSize) -> PixelRegion {
        func reversed(_ range: Range<Int>, _ count: Int) -> Range<Int> {
            count - range.upperBound..<count - range.lowerBound
        }
        let along =
            isReversingRows ? reversed(region.columns, size.width) : region.columns
        let down = isReversingColumns ? reversed(region.rows, size.height) : region.rows
        return isTransposing
            ? PixelRegion(columns: down, rows: along) : PixelRegion(columns: along, rows: down)
    }

    /// Whether going along a row of the upright picture goes backward in the stored one.
    package var isReversingRows: Bool {
        switch self {
        case .upMirrored, .down, .rightMirrored, .right: true
        case .up, .downMirrored, .leftMirrored, .left: false
        }
    }

    /// Whether going down the upright picture goes backward in the stored one.
    package var isReversingColumns: Bool {
        switch self {
        case .down, .downMirrored, .rightMirrored, .left: true
        case .up, .upMirrored, .leftMirrored, .right: false
        }
    }
}
