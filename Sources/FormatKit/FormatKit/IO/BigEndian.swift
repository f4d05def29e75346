extension RandomAccessCollection where Element == UInt8, Index == Int {
    /// The big-endian integer of `byteCount` bytes at a distance from the start, or `nil` where they
    /// do not all exist.
    package func bigEndian(at distance: Int, count byteCount: Int) -> Int? {
        guard distance >= 0, distance <= count - byteCount else { return nil }
        return self[(startIndex + distance)..<(startIndex + distance + byteCount)]
            .reduce(0) { $0 << 8 | Int($1) }
    }

    /// The big-endian integer of four bytes at a distance from the start.
    ///
    /// - Precondition: The bytes exist.
    package func bigEndian32(at distance: Int = 0) -> UInt32 {
        self[(startIndex + distance)..<(startIndex + distance + 4)]
            .reduce(0) { $0 << 8 | UInt32($1) }
    }
}

extension FixedWidthInteger {
    /// The bytes of the integer, the most significant first.
    package var bigEndianBytes: [UInt8] {
        stride(from: bitWidth - 8, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: self >> $0)
        }
    }
}
