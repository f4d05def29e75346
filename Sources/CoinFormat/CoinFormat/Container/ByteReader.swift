/// A bounds-checked cursor over borrowed bytes (§3).
///
/// The reader never copies and cannot outlive the bytes it reads.
struct ByteReader: ~Copyable, ~Escapable {
    private let bytes: Span<UInt8>
    private let base: Int

    /// The offset of the next unread byte, from the start of the file.
    var offset: Int { base + position }
    private var position = 0

    /// Reads from `bytes`, which start at offset `base` of the file.
    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, base: Int = 0) {
        self.bytes = bytes
        self.base = base
    }

    /// The number of unread bytes.
    var remaining: Int { bytes.count - position }

    /// Reads an unsigned little-endian integer.
    mutating func read<T: FixedWidthInteger & UnsignedInteger>(
        _: T.Type = T.self
    ) throws(BitstreamError) -> T {
        let start = position
        try skip(MemoryLayout<T>.size)
        var value: T = 0
        for index in (start..<position).reversed() {
            value = value << 8 | T(truncatingIfNeeded: bytes[index])
        }
        return value
    }

    /// Reads an unsigned number of 7 bits a byte, the low ones first; a byte's high bit says that
    /// more follow (§3).
    mutating func readVarint(
        _ field: String, in range: ClosedRange<Int> = 0...Varint.maximum
    ) throws(BitstreamError) -> Int {
        let start = offset
        var value = 0
        for index in 0..<Varint.maximumByteCount {
            let byte = try read(UInt8.self)
            value |= Int(byte & 0x7F) << (7 * index)
            guard byte & 0x80 == 0 else { continue }
            guard byte != 0 || index == 0 else {
                throw .invalidField(
                    field, found: "\(value) in \(index + 1) bytes",
                    expected: "the shortest form", offset: start)
            }
            guard range.contains(value) else {
                throw .invalidField(
                    field, found: "\(value)",
                    expected: "\(range.lowerBound) to \(range.upperBound)", offset: start)
            }
            return value
        }
        throw .invalidField(
            field, found: "longer than \(Varint.maximumByteCount) bytes",
            expected: "\(range.lowerBound) to \(range.upperBound)", offset: start)
    }

    /// Reads an IEEE binary32 number.
    mutating func readFloat() throws(BitstreamError) -> Float {
        Float(bitPattern: try read(UInt32.self))
    }

    /// Reads a byte and checks its range.
    @discardableResult
    mutating func readByte(
        _ field: String, in range: ClosedRange<UInt8>
    ) throws(BitstreamError) -> UInt8 {
        let start = offset
        let value = try read(UInt8.self)
        guard range.contains(value) else {
            throw .invalidField(
                field, found: "\(value)",
                expected: range.count == 1
                    ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)",
                offset: start)
        }
        return value
    }

    /// Reads `count` bytes.
    mutating func readBytes(_ count: Int) throws(BitstreamError) -> [UInt8] {
        let start = position
        try skip(count)
        return (start..<position).map { bytes[$0] }
    }

    /// Passes over `count` bytes.
    mutating func skip(_ count: Int) throws(BitstreamError) {
        guard count <= remaining else {
            throw .truncated(offset: offset, needed: count, available: remaining)
        }
        position += count
    }
}

/// Numbers of as many bytes as they need (§3).
enum Varint {
    /// 2^31 − 1.
    static let maximum = Int(Int32.max)
    static let maximumByteCount = 5

    /// The bytes that a number takes.
    static func byteCount(_ value: Int) -> Int {
        max(1, (Int.bitWidth - value.leadingZeroBitCount + 6) / 7)
    }
}

extension [UInt8] {
    /// Appends a number of as many bytes as it needs.
    ///
    /// - Precondition: It is 0…2^31 − 1.
    mutating func append(varint value: Int) {
        precondition((0...Varint.maximum).contains(value))
        var rest = value
        while rest >= 0x80 {
            append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    /// Appends the little-endian bytes of `value`.
    mutating func append<T: FixedWidthInteger>(littleEndian value: T) {
        for shift in stride(from: 0, to: T.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: value >> T(shift)))
        }
    }
}
