internal import FormatKit

/// How a part is divided into tiles, of the picture and of smaller ones.
struct EXRTiles: Equatable {
    /// Which smaller pictures there are.
    enum Levels: UInt8 {
        case one = 0
        case both
        case each
    }

    let width: Int
    let height: Int
    let levels: Levels
    private let isRoundingUp: Bool

    /// The tiles that the bytes of an attribute describe; `nil` if they make no sense.
    init?(_ bytes: [UInt8]) {
        width = Int(bytes.uint32(at: 0))
        height = Int(bytes.uint32(at: 4))
        guard let levels = Levels(rawValue: bytes[8] & 0xF), bytes[8] >> 4 <= 1,
            (1...Int(Int32.max) / 4).contains(width), (1...Int(Int32.max) / 4).contains(height)
        else { return nil }
        self.levels = levels
        isRoundingUp = bytes[8] >> 4 == 1
    }

    /// The attribute of tiles of this size and no smaller pictures.
    var bytesOfOneLevel: [UInt8] { [UInt8].bytes(width) + [UInt8].bytes(height) + [0] }

    /// The number of tiles in a row of the picture, and in a column.
    func columnCount(_ size: ImageSize) -> Int { size.width.dividedRoundingUp(by: width) }
    func rowCount(_ size: ImageSize) -> Int { size.height.dividedRoundingUp(by: height) }

    /// The number of tiles of all levels.
    func count(_ size: ImageSize) -> Int {
        let columns = levelSizes(size.width, of: size).map { $0.dividedRoundingUp(by: width) }
        let rows = levelSizes(size.height, of: size).map { $0.dividedRoundingUp(by: height) }
        switch levels {
        case .one, .both:
            return zip(columns, rows).reduce(0) { sum, level in
                sum.addingClamped(level.0.multipliedClamped(by: level.1))
            }
        case .each: return columns.reduce(0, +).multipliedClamped(by: rows.reduce(0, +))
        }
    }

    /// The number of pictures that are smaller.
    func smallerCount(_ size: ImageSize) -> Int {
        switch levels {
        case .one: 0
        case .both: levelSizes(size.width, of: size).count - 1
        case .each:
            levelSizes(size.width, of: size).count * levelSizes(size.height, of: size).count - 1
        }
    }

    /// A side of the picture on all levels.
    private func levelSizes(_ side: Int, of size: ImageSize) -> [Int] {
        let longest = levels == .both ? max(size.width, size.height) : side
        var count = Int.bitWidth - longest.leadingZeroBitCount
        if isRoundingUp, longest & (longest - 1) != 0 { count += 1 }
        if levels == .one { count = 1 }
        return (0..<count).map { level in
            let rest = isRoundingUp && side & (1 << level - 1) != 0 ? 1 : 0
            return max(1, side >> level + rest)
        }
    }
}
