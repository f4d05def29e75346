internal import CAVIFShim
internal import FormatKit

extension Orientation {
    /// Turnings counterclockwise, then a mirror, for each orientation in the order of their numbers
    /// (ISO/IEC 23000-22 §7.3.6.7).
    private static let transformations: [(rotation: Int32, mirror: Int32)] = [
        (0, 0), (0, 2), (2, 0), (0, 1), (1, 1), (3, 0), (3, 1), (1, 0),
    ]

    /// The orientation that a file's transformation amounts to.
    ///
    /// Two turnings and a mirror are the other mirror alone, which is how such files come here.
    init(rotation: Int32, mirror: Int32) {
        var (rotation, mirror) = (rotation, mirror)
        if rotation >= 2, mirror != 0, (rotation, mirror) != (3, 1) {
            rotation -= 2
            mirror = 3 - mirror
        }
        if (rotation, mirror) == (1, 2) { (rotation, mirror) = (3, 1) }
        let index = Self.transformations.firstIndex { $0 == (rotation, mirror) } ?? 0
        self = Orientation(rawValue: index + 1) ?? .up
    }

    /// The transformation that turns the picture upright.
    var transformation: cavif_transformation {
        let (rotation, mirror) = Self.transformations[rawValue - 1]
        return cavif_transformation(rotation: rotation, mirror: mirror)
    }
}
