/// Compresses the pixels of one frame: see ``LZWDecoder``.
struct LZWEncoder {
    /// The blocks so far, each with its size in front.
    private(set) var output: [UInt8] = []
    private var block: [UInt8] = []

    private let clearCode: Int
    private let firstBitCount: Int
    private var bitCount: Int
    private var nextCode: Int
    private var prefix: Int?
    private var bits: UInt64 = 0
    private var heldBitCount = 0
    /// A table of strings by hashing: a code and an index that follows it, 0 where there is none.
    private var keys = [UInt32](repeating: 0, count: tableSize)
    private var codes = [UInt16](repeating: 0, count: tableSize)

    private static let tableSize = 1 << 14
    private static let capacity = 1 << 12

    /// Starts with indices of so many bits, 2 to 8.
    init(indexBitCount: Int) {
        clearCode = 1 << indexBitCount
        firstBitCount = indexBitCount + 1
        bitCount = firstBitCount
        nextCode = clearCode + 2
        write(clearCode)
    }

    /// Compresses more indices.
    mutating func add(_ indices: ArraySlice<UInt8>) {
        var rest = indices
        if prefix == nil { prefix = rest.popFirst().map(Int.init) }
        guard var current = prefix else { return }
        for index in rest {
            let key = UInt32(current + 1) << 8 | UInt32(index)
            var place = Int((key &* 0x9E37_79B1) >> 18)
            while keys[place] != 0, keys[place] != key { place = (place + 1) % Self.tableSize }
            if keys[place] == key {
                current = Int(codes[place])
                continue
            }
            write(current)
            if nextCode < Self.capacity {
                (keys[place], codes[place]) = (key, UInt16(nextCode))
                grow()
            } else {
                clear()
            }
            current = Int(index)
        }
        prefix = current
    }

    /// Ends the frame; ``output`` is complete.
    mutating func finish() {
        if let prefix {
            write(prefix)
            if nextCode < Self.capacity { grow() }
        }
        write(clearCode + 1)
        while heldBitCount > 0 { writeByte() }
        writeBlock()
        output.append(0)
    }

    /// The blocks so far, which the caller has then taken.
    mutating func takeOutput() -> [UInt8] {
        defer { output = [] }
        return output
    }

    /// A code has been given away; the reader knows it one code later.
    private mutating func grow() {
        if nextCode == 1 << bitCount { bitCount += 1 }
        nextCode += 1
    }

    private mutating func clear() {
        write(clearCode)
        (bitCount, nextCode) = (firstBitCount, clearCode + 2)
        keys = [UInt32](repeating: 0, count: Self.tableSize)
    }

    private mutating func write(_ code: Int) {
        bits |= UInt64(code) << UInt64(heldBitCount)
        heldBitCount += bitCount
        while heldBitCount >= 8 { writeByte() }
    }

    private mutating func writeByte() {
        block.append(UInt8(truncatingIfNeeded: bits))
        bits >>= 8
        heldBitCount -= 8
        if block.count == 255 { writeBlock() }
    }

    private mutating func writeBlock() {
        guard !block.isEmpty else { return }
        output.append(UInt8(block.count))
        output += block
        block.removeAll(keepingCapacity: true)
    }
}
