// Values of the fields of a TIFF structure.

extension ByteOrder {
    /// The size of a value of each type of field, in bytes (TIFF 6.0 §2; 16 to 18 are BigTIFF's).
    package static func valueByteCount(type: Int) -> Int? {
        switch type {
        case 1, 2, 6, 7: 1
        case 3, 8: 2
        case 4, 9, 11, 13: 4
        case 5, 10, 12, 16, 17, 18: 8
        default: nil
        }
    }

    /// The value at `start` of a field of any numeric type, or `nil` where there is none (TIFF 6.0 §2).
    package func number(_ bytes: [UInt8], at start: Int = 0, type: Int) -> Double? {
        func unsigned(_ offset: Int, _ count: Int) -> Double? {
            integer(bytes, at: start + offset, count: count).map(Double.init)
        }
        func signed(_ offset: Int, _ count: Int) -> Double? {
            unsigned(offset, count).map { value in
                let span = Double(1 << (8 * count))
                return value >= span / 2 ? value - span : value
            }
        }
        func quotient(_ numerator: Double?, _ denominator: Double?) -> Double? {
            guard let numerator, let denominator, denominator != 0 else { return nil }
            return numerator / denominator
        }
        switch type {
        case 1: return unsigned(0, 1)
        case 3: return unsigned(0, 2)
        case 4: return unsigned(0, 4)
        case 5: return quotient(unsigned(0, 4), unsigned(4, 4))
        case 6: return signed(0, 1)
        case 8: return signed(0, 2)
        case 9: return signed(0, 4)
        case 10: return quotient(signed(0, 4), signed(4, 4))
        case 11:
            return integer(bytes, at: start, count: 4)
                .map { Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0))) }
        case 12:
            guard let first = integer(bytes, at: start, count: 4),
                let second = integer(bytes, at: start + 4, count: 4)
            else { return nil }
            let (high, low) = self == .little ? (second, first) : (first, second)
            return Double(bitPattern: UInt64(high) << 32 | UInt64(low))
        case 16: return unsigned(0, 8)
        default: return nil
        }
    }
}
