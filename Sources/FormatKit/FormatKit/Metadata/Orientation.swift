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
