/// Random numbers that a seed repeats.
///
/// Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators".
struct Random {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number from 0 up to, but not, `bound`; 0 if there is none.
    mutating func below(_ bound: Int) -> Int {
        bound > 0 ? Int(next() % UInt64(bound)) : 0
    }
}

extension [UInt8] {
    /// Damages the bytes in one of the ways that find faults of parsers.
    mutating func mutate(with other: [UInt8], _ random: inout Random) {
        guard !isEmpty else { return self = other }
        // Headers decide more than pixels: every other time near the start.
        let place = random.below(random.below(2) == 0 ? count : Swift.min(count, 256))
        let length = random.below(Swift.min(count - place, 64)) + 1
        let range = place..<Swift.min(place + length, count)
        switch random.below(8) {
        case 0: self[place] ^= 1 << random.below(8)
        case 1: self[place] = UInt8(random.below(256))
        case 2, 3: overwrite(place, with: Self.number(&random))
        case 4: removeSubrange(range)
        case 5: insert(contentsOf: self[range], at: random.below(count))
        case 6: replaceSubrange(range, with: repeatElement(UInt8(0), count: range.count))
        default:
            let start = random.below(other.count)
            overwrite(place, with: Array(other[start...].prefix(length)))
        }
    }

    private mutating func overwrite(_ place: Int, with bytes: [UInt8]) {
        for (offset, byte) in bytes.enumerated() where place + offset < count {
            self[place + offset] = byte
        }
    }

    /// A number at the edge of what 1, 2, 4 or 8 bytes hold, in either byte order.
    private static func number(_ random: inout Random) -> [UInt8] {
        let bitCount = 8 << random.below(4)
        let edges: [UInt64] = [
            0, 1, 2, 16, 255, 256, 1 << 16, (1 << 31) - 1, 1 << 31, .max, .max >> 1, .max - 1,
            .max << 4,
        ]
        let value = edges[random.below(edges.count)]
        let bytes = stride(from: 0, to: bitCount, by: 8).map {
            UInt8(truncatingIfNeeded: value >> UInt64($0))
        }
        return random.below(2) == 0 ? bytes : bytes.reversed()
    }

    /// Makes the check values of PNG's chunks right, as far as there are chunks.
    mutating func repairPNG() {
        var start = 8
        while start + 12 <= count {
            let length = self[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            let end = start + 8 + length
            guard end + 4 <= count else { return }
            let sum = Self.crc32(self[start + 4..<end])
            for byte in 0..<4 {
                self[end + byte] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32(byte)))
            }
            start = end + 4
        }
    }

    private static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(~0) { crcTable[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
    }
}

private let crcTable: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
}
