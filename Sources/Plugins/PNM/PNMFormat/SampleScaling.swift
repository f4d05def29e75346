internal import FormatKit

/// Scales samples from 0…maximum to the whole range of their type, rounding to the nearest.
struct SampleScaling {
    private let table: [UInt16]
    private let maximum: Int
    /// Whether nothing is to be done.
    let isIdentity: Bool

    /// - Precondition: `maximum` is from 1 to 65535, and at most 255 for samples of 8 bits.
    init(maximum: Int, sample: SampleType, isInverted: Bool = false) {
        let full = sample == .uint16 ? 65_535 : 255
        self.maximum = maximum
        isIdentity = maximum == full && !isInverted
        table = (0...maximum).map { value in
            let scaled = (value * full + maximum / 2) / maximum
            return UInt16(isInverted ? full - scaled : scaled)
        }
    }

    /// The sample for a value, or `nil` where the value exceeds the maximum.
    func callAsFunction(_ value: Int) -> UInt16? {
        value <= maximum ? table[value] : nil
    }

    /// Scales bytes in place; returns the index of the first that exceeds the maximum.
    func scale(bytes: UnsafeMutableRawBufferPointer) -> Int? {
        guard !isIdentity else { return nil }
        return unsafe table.withUnsafeBufferPointer { table in
            for index in bytes.indices {
                let value = unsafe Int(bytes[index])
                guard value <= maximum else { return index }
                unsafe bytes[index] = UInt8(truncatingIfNeeded: table[value])
            }
            return nil
        }
    }

    /// Converts big-endian pairs of bytes to samples in host order, in place; returns the index of
    /// the first byte of a pair that exceeds the maximum.
    func scale(bigEndianPairs pairs: UnsafeMutableRawBufferPointer) -> Int? {
        unsafe table.withUnsafeBufferPointer { table in
            for index in stride(from: 0, to: pairs.count, by: 2) {
                let stored = unsafe pairs.loadUnaligned(fromByteOffset: index, as: UInt16.self)
                let value = UInt16(bigEndian: stored)
                guard Int(value) <= maximum else { return index }
                let sample = unsafe isIdentity ? value : table[Int(value)]
                unsafe pairs.storeBytes(of: sample, toByteOffset: index, as: UInt16.self)
            }
            return nil
        }
    }
}
