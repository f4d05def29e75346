// Values of entries: where they lie, as numbers, and as the bytes that are written.

extension TIFFBlock {
    /// The size of a value of each type, in bytes; those of BigTIFF have no place here.
    package static func valueByteCount(type: Int) -> Int? {
        type < 16 ? ByteOrder.valueByteCount(type: type) : nil
    }

    /// Where the values of an entry lie.
    package func values(of entry: Entry) -> Range<Int>? {
        guard let size = Self.valueByteCount(type: entry.type) else { return nil }
        // A count has 32 bits, so there is no overflow.
        let byteCount = size * entry.count
        let start = byteCount <= 4 ? entry.place + 8 : integer(entry.place + 8, 4)
        guard let start, start <= bytes.count - byteCount else { return nil }
        return start..<start + byteCount
    }

    /// The values of an entry as numbers, if they are some.
    package func numbers(of entry: Entry) -> [Double]? {
        guard let range = values(of: entry), entry.count > 0 else { return nil }
        let size = range.count / entry.count
        let numbers = (0..<entry.count).compactMap {
            order.number(bytes, at: range.lowerBound + $0 * size, type: entry.type)
        }
        return numbers.count == entry.count ? numbers : nil
    }

    /// The first value of an entry as a number.
    package func number(_ tag: Int, in directory: Directory) -> Double? {
        entry(tag, in: directory).flatMap { numbers(of: $0)?.first }
    }

    /// The value of an entry that is one SHORT.
    package func short(_ tag: Int, in directory: Directory) -> Int? {
        guard let entry = entry(tag, in: directory), entry.type == 3, entry.count == 1 else {
            return nil
        }
        return integer(entry.place + 8, 2)
    }

    /// The type, the number and the bytes of the values of an entry.
    package struct Value {
        package var type: Int
        package var count: Int
        package var bytes: [UInt8]

        package init(type: Int, count: Int, bytes: [UInt8]) {
            self.type = type
            self.count = count
            self.bytes = bytes
        }
    }

    /// One SHORT or, if that is too small for it, one LONG.
    package func integerValue(_ value: Int) -> Value {
        let isShort = value <= 0xFFFF
        return Value(type: isShort ? 3 : 4, count: 1, bytes: bytes(value, count: isShort ? 2 : 4))
    }

    /// DOUBLEs.
    package func doubleValues(_ values: [Double]) -> Value {
        Value(
            type: 12, count: values.count,
            bytes: values.flatMap { bytes(Int(truncatingIfNeeded: $0.bitPattern), count: 8) })
    }

    /// One RATIONAL near a positive number, or `nil` if the number is out of its range.
    package func rationalValue(_ value: Double) -> Value? {
        guard value >= 1e-4, value <= 4e9 else { return nil }
        // Whole numbers, and then as many digits as fit.
        let denominators = [1.0, 10, 100, 1000, 10_000, 100_000]
        let denominator =
            denominators.first { (value * $0).rounded() == value * $0 }
            ?? denominators.last { value * $0 <= 4e9 } ?? 1
        let numerator = (value * denominator).rounded()
        guard numerator >= 1, numerator <= 4e9 else { return nil }
        return Value(
            type: 5, count: 1,
            bytes: bytes(Int(numerator), count: 4) + bytes(Int(denominator), count: 4))
    }
}
