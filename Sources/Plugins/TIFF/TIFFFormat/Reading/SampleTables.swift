import FormatKit

/// What each value that a sample of up to 16 bits can have becomes.
enum SampleTables {
    /// The values of samples of `bits` bits when the range is scaled, rounded to nearest.
    ///
    /// Of signed samples, the lowest becomes 0.
    static func scale(
        bits: Int, to sample: SampleType, isInverted: Bool = false, isSigned: Bool = false
    ) -> [UInt16] {
        let (maximum, target) = ((1 << bits) - 1, (1 << sample.bitCount) - 1)
        let lowest = isSigned ? 1 << (bits - 1) : 0
        return (0...maximum).map { code in
            let value = code ^ lowest
            return UInt16(((isInverted ? maximum - value : value) * target + maximum / 2) / maximum)
        }
    }

    /// The tables of red, green and blue of a color map of 16-bit entries.
    ///
    /// Most maps hold 8-bit colors: times 257 as they should be, or times 256, or as they are.
    static func palette(_ map: [UInt16]) -> (sample: SampleType, tables: [[UInt16]]) {
        let count = map.count / 3
        func tables(_ value: (UInt16) -> UInt16) -> [[UInt16]] {
            (0..<3).map { map[$0 * count..<($0 + 1) * count].map(value) }
        }
        if map.allSatisfy({ $0 < 256 }), map.contains(where: { $0 > 1 }) {
            return (.uint8, tables { $0 })
        }
        let isEightBit =
            map.allSatisfy { $0 >> 8 == $0 & 0xFF } || map.allSatisfy { $0 & 0xFF == 0 }
        return isEightBit ? (.uint8, tables { $0 >> 8 }) : (.uint16, tables { $0 })
    }
}
