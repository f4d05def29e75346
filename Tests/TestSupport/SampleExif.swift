/// Exif blocks for tests.
public enum SampleExif {
    /// One that says to turn the picture by 90° clockwise.
    public static let turned: [UInt8] =
        [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1]
        + [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0] + [0, 0, 0, 0]
}
