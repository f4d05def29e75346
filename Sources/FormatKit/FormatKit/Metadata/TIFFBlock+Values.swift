// Values of entries: where they lie, as numbers, and as the bytes that are written.

extension TIFFBlock {
    /// The size of a value of each type, in bytes.
    static func valueByteCount(type: Int) -> Int? {
        switch type {
        case 1, 2, 6, 7: 1
        case 3, 8: 2
        case 4, 9, 11, 13: 4
        case 5, 10, 12: 8
        default: nil
        }
    }

    /// Where the values of an entry lie.
    func values(of entry: Entry) -> Range<Int>? {
        guard let size = Self.valueByteCount(type: entry.type) else { return nil }
        // A count has 32 bits, so there is no overflow.
        let byteCount = size * entry.count
        let start = byteCount <= 4 ? entry.place + 8 : integer(entry.place + 8, 4)
        guard let start, start <= bytes.count - byteCount else { return nil }
        return start..<start + byteCount
    }

    /// The values of an entry as numbers, if they are some.
    func numbers(of entry: Entry) -> [Double]? {
        guard let range = values(of: entry), entry.count > 0 else { return nil }
        let size = range.count / entry.count
        let numbers = (0..<entry.count).compactMap {
            number(at: range.lowerBound + $0 * size, type: entry.type)
        }
        return numbers.count == entry.count ? numbers : nil
    }

    private func number(at offset: Int, type: Int) -> Double? {
        func signed(_ offset: Int, _ count: Int) -> Double? {
            integer(offset, count).map { value in
                Double(value >= 1 << (8 * count - 1) ? value - 1 << (8 * count) : value)
            }
        }
        func quotient(_ numerator: Double?, _ denominator: Double?) -> Double? {
            guard let numerator, let denominator, denominator != 0 else { return nil }
            return numerator / denominator
        }
        switch type {
        case 1: return integer(offset, 1).map(Double.init)
        case 3: return integer(offset, 2).map(Double.init)
        case 4: return integer(offset, 4).map(Double.init)
        case 5:
            return quotient(
                integer(offset, 4).map(Double.init), integer(offset + 4, 4).map(Double.init))
        case 6: return signed(offset, 1)
        case 8: return signed(offset, 2)
        case 9: return signed(offset, 4)
        case 10: return quotient(signed(offset, 4), signed(offset + 4, 4))
        case 11: return integer(offset, 4).map { Double(Float(bitPattern: UInt32($0))) }
        case 12:
            guard let first = integer(offset, 4), let second = integer(offset + 4, 4) else {
                return nil
            }
            let (high, low) = isLittleEndian ? (second, first) : (first, second)
            return Double(bitPattern: UInt64(high) << 32 | UInt64(low))
        default: return nil
        }
    }

    /// The first value of an entry as a number.
    func number(_ tag: Int, in directory: Directory) -> Double? {
        entry(tag, in: directory).flatMap { numbers(of: $0)?.first }
    }

    /// The value of an entry that is one SHORT.
    func short(_ tag: Int, in directory: Directory) -> Int? {
        guard let entry = entry(tag, in: directory), entry.type == 3, entry.count == 1 else {
            return nil
        }
        return integer(entry.place + 8, 2)
    }

    /// The type, the number and the bytes of the values of an entry.
    struct Value {
        var type: Int
        var count: Int
        var bytes: [UInt8]
    }

    /// One SHORT or, if that is too small for it, one LONG.
    func integerValue(_ value: Int) -> Value {
        let isShort = value <= 0xFFFF
        return Value(type: isShort ? 3 : 4, count: 1, bytes: bytes(value, count: isShort ? 2 : 4))
    }

    /// DOUBLEs.
    func doubleValues(_ values: [Double]) -> Value {
        let bytes = values.flatMap { value in
            let bytes = (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
            return isLittleEndian ? bytes : bytes.reversed()
        }
        return Value(type: 12, count: values.count, bytes: bytes)
    }
}
