/// The order in which a TIFF structure stores the bytes of its numbers.
package enum ByteOrder: Sendable {
    /// `II`: the least significant first.
    case little
    /// `MM`: the most significant first.
    case big

    /// The order of this machine.
    package static var host: ByteOrder { Int(littleEndian: 1) == 1 ? .little : .big }

    /// The unsigned number of `count` bytes at `offset`, or `nil` where there is none or it does
    /// not fit an `Int`.
    package func integer(_ bytes: [UInt8], at offset: Int, count: Int) -> Int? {
        guard offset >= 0, count <= 8, offset <= bytes.count - count else { return nil }
        var value: UInt64 = 0
        for index in 0..<count {
            let place = self == .little ? count - 1 - index : index
            value = value << 8 | UInt64(bytes[offset + place])
        }
        return Int(exactly: value)
    }

    /// The `count` bytes of a number.
    package func bytes(_ value: Int, count: Int) -> [UInt8] {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        return self == .little ? bytes : bytes.reversed()
    }
}
