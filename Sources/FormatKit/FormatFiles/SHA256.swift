internal import CSHA256
public import FormatKit

/// The digest of bytes that come piece by piece (FIPS 180-4): says whether a file is the same.
public struct SHA256: Sendable {
    private static let blockByteCount = 64
    /// FIPS 180-4 §5.3.3.
    private var state: [UInt32] = [
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB,
        0x5BE0_CD19,
    ]
    /// What is left of the last piece, less than a block.
    private var rest: [UInt8] = []
    private var byteCount: UInt64 = 0

    /// Starts with no bytes.
    public init() {}

    /// Adds bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        byteCount += UInt64(bytes.count)
        var start = 0
        if !rest.isEmpty {
            start = min(bytes.count, Self.blockByteCount - rest.count)
            unsafe rest += bytes[..<start]
            guard rest.count == Self.blockByteCount else { return }
            let block = rest
            unsafe block.withUnsafeBytes { unsafe compress($0) }
            rest = []
        }
        let whole = (bytes.count - start) / Self.blockByteCount * Self.blockByteCount
        unsafe compress(UnsafeRawBufferPointer(rebasing: bytes[start..<start + whole]))
        unsafe rest += bytes[(start + whole)...]
    }

    /// Adds the UTF-8 bytes of a text.
    public mutating func update(_ text: String) {
        unsafe Array(text.utf8).withUnsafeBytes { unsafe update($0) }
    }

    /// The digest of everything so far, in hexadecimal digits.
    public var hexadecimal: String {
        var copy = self
        // FIPS 180-4 §5.1.1: a one bit, zeros, and the length in bits.
        let zeroCount = (119 - Int(byteCount % 64)) % 64
        let length = (0..<8).map { UInt8(truncatingIfNeeded: (byteCount << 3) >> (56 - 8 * $0)) }
        let padding = [0x80] + [UInt8](repeating: 0, count: zeroCount) + length
        unsafe padding.withUnsafeBytes { unsafe copy.update($0) }
        return copy.state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    private mutating func compress(_ blocks: UnsafeRawBufferPointer) {
        guard let base = blocks.baseAddress, blocks.count > 0 else { return }
        unsafe state.withUnsafeMutableBufferPointer {
            unsafe sha256_compress(
                $0.baseAddress, base.assumingMemoryBound(to: UInt8.self),
                blocks.count / Self.blockByteCount)
        }
    }
}

extension SHA256 {
    /// The digest of all bytes of a source, in hexadecimal digits.
    ///
    /// - Throws: ``/FormatKit/ImageError`` as the source does, or `isCancelled` says to stop.
    public static func digest(
        of source: any ImageSource, isCancelled: () -> Bool = { false }
    ) throws(ImageError) -> String {
        var digest = SHA256()
        let chunkByteCount = min(1 << 18, max(1, source.byteCount))
        try AvailableMemory.check(chunkByteCount)
        var chunk = [UInt8](repeating: 0, count: chunkByteCount)
        var offset = 0
        while true {
            if isCancelled() { throw .cancelled }
            let count = try unsafe chunk.withUnsafeMutableBufferPointer {
                (buffer) throws(ImageError) -> Int in
                let bytes = UnsafeMutableRawBufferPointer(buffer)
                let count = try unsafe source.read(at: offset, into: bytes)
                unsafe digest.update(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
                return count
            }
            if count < chunk.count { return digest.hexadecimal }
            offset += count
        }
    }
}
