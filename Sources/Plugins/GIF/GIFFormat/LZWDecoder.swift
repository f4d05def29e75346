internal import FormatKit

/// Decompresses the pixels of one frame: codes of a growing number of bits, the lowest first, in
/// blocks of up to 255 bytes (GIF89a, appendix F).
struct LZWDecoder {
    private var cursor: GIFCursor
    /// The bytes of the current block that have not been taken.
    private var blockByteCount = 0
    private var hasEnded = false

    private let clearCode: Int
    private let firstBitCount: Int
    private var bitCount: Int
    private var bits: UInt64 = 0
    private var heldBitCount = 0

    /// Of each code, the one that it continues, and its last index.
    private var prefixes = [UInt16](repeating: 0, count: capacity)
    private var suffixes = [UInt8](repeating: 0, count: capacity)
    private var nextCode: Int
    private var previous: Int?
    /// The first index of the previous code.
    private var first = UInt8(0)
    /// Indices that have been decoded and not taken, the next one last.
    private var pending: [UInt8] = []

    /// 12 bits are the most.
    private static let capacity = 1 << 12

    init(_ frame: GIFFrame, of source: any ImageSource) {
        cursor = GIFCursor(source, at: frame.pixelOffset)
        clearCode = 1 << frame.indexBitCount
        firstBitCount = frame.indexBitCount + 1
        bitCount = firstBitCount
        nextCode = clearCode + 2
        for index in 0..<min(clearCode, 256) { suffixes[index] = UInt8(index) }
        pending.reserveCapacity(Self.capacity)
    }

    /// Where the next byte is read.
    var offset: Int { cursor.offset }

    /// Fills a row with indices; returns how many there were.
    mutating func fill(_ row: inout [UInt8]) throws(ImageError) -> Int {
        var count = 0
        while count < row.count {
            if let index = pending.popLast() {
                row[count] = index
                count += 1
            } else {
                guard try decodeNext() else { return count }
            }
        }
        return count
    }

    /// Decodes a code; returns whether there was one before the end.
    private mutating func decodeNext() throws(ImageError) -> Bool {
        while true {
            guard !hasEnded, let code = try readCode() else { return false }
            if code == clearCode {
                (bitCount, nextCode, previous) = (firstBitCount, clearCode + 2, nil)
            } else if code == clearCode + 1 {
                hasEnded = true
            } else {
                try take(code)
                return true
            }
        }
    }

    private mutating func take(_ code: Int) throws(ImageError) {
        // The one code that may come before it is known: the previous one and its first index.
        let isNew = code == nextCode && previous != nil
        guard code < clearCode || code < nextCode && previous != nil || isNew else {
            throw .malformed(.gif, "the code \(code) has no meaning", offset: cursor.offset)
        }
        if isNew { pending.append(first) }
        var rest = isNew ? previous ?? 0 : code
        while rest > clearCode {
            pending.append(suffixes[rest])
            rest = Int(prefixes[rest])
        }
        guard rest < 256 else {
            throw .malformed(.gif, "the color \(rest) has no meaning", offset: cursor.offset)
        }
        first = suffixes[rest]
        pending.append(first)
        if let previous, nextCode < Self.capacity {
            prefixes[nextCode] = UInt16(previous)
            suffixes[nextCode] = first
            nextCode += 1
            if nextCode == 1 << bitCount, bitCount < 12 { bitCount += 1 }
        }
        previous = code
    }

    /// The next code, or `nil` behind the last block.
    private mutating func readCode() throws(ImageError) -> Int? {
        while heldBitCount < bitCount {
            if blockByteCount == 0 {
                blockByteCount = Int(try cursor.byte())
                if blockByteCount == 0 {
                    hasEnded = true
                    return nil
                }
            }
            bits |= UInt64(try cursor.byte()) << UInt64(heldBitCount)
            blockByteCount -= 1
            heldBitCount += 8
        }
        let code = Int(bits & (1 << UInt64(bitCount) - 1))
        bits >>= UInt64(bitCount)
        heldBitCount -= bitCount
        return code
    }
}
