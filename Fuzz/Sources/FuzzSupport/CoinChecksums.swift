/// Gives every whole box of a `.coin` file the checksum of its type and payload.
///
/// - Parameter bytes: The file.
/// - Returns: Whether a box had another checksum.
@discardableResult
public func mendCoinChecksums(_ bytes: inout [UInt8]) -> Bool {
    var (position, hasChanged) = (8, false)
    while let (start, end) = nextBox(bytes, at: position) {
        let sum = crc32(bytes[start..<end])
        for k in 0..<4 {
            let byte = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(k)))
            hasChanged = hasChanged || bytes[end + k] != byte
            bytes[end + k] = byte
        }
        position = end + 4
    }
    return hasChanged
}

/// Where the type of a box starts and its payload ends, after which the checksum has room.
private func nextBox(_ bytes: [UInt8], at position: Int) -> (start: Int, end: Int)? {
    var (length, start, shift) = (0, position, 0)
    while true {
        guard start < bytes.count, shift < 35 else { return nil }
        let byte = bytes[start]
        length |= Int(byte & 0x7F) << shift
        (start, shift) = (start + 1, shift + 7)
        if byte < 0x80 { break }
    }
    let end = start + 4 + length
    return end + 4 <= bytes.count ? (start, end) : nil
}

private func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { crcTable[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
}

private let crcTable: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
}
