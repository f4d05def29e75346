extension RandomAccessCollection where Element == UInt8, Index == Int {
    /// The big-endian integer of `count` bytes at a distance from the start, or `nil` where they do
    /// not all exist.
    func bigEndian(at distance: Int, count byteCount: Int) -> Int? {
        guard distance >= 0, distance <= count - byteCount else { return nil }
        return self[(startIndex + distance)..<(startIndex + distance + byteCount)]
            .reduce(0) { $0 << 8 | Int($1) }
    }
}

extension FixedWidthInteger {
    /// The bytes of the integer, the most significant first.
    var bigEndianBytes: [UInt8] {
        stride(from: bitWidth - 8, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: self >> $0)
        }
    }
}
