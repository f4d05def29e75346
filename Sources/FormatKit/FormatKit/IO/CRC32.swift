/// The cyclic redundancy check of zlib, of the chunks of PNG and of the boxes of `.coin`
/// (ISO/IEC 13239).
///
/// Polynomial 0xEDB88320 (reflected), initial value and final XOR 0xFFFFFFFF.
package struct CRC32: Sendable {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in
            value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
        }
    }

    private var state: UInt32 = 0xFFFF_FFFF

    /// Starts before the first byte.
    package init() {}

    /// The check value of the bytes so far.
    package var value: UInt32 { ~state }

    /// Takes the next bytes.
    package mutating func update(_ bytes: Span<UInt8>) {
        var state = state
        let table = Self.table
        for index in bytes.indices {
            state = state >> 8 ^ table[Int(UInt8(truncatingIfNeeded: state) ^ bytes[index])]
        }
        self.state = state
    }

    /// The check value of some bytes, one after the other.
    package static func checksum(_ parts: [UInt8]...) -> UInt32 {
        var check = CRC32()
        for part in parts { check.update(part.span) }
        return check.value
    }
}
