/// A pattern at a fixed place near the start of every file of a format.
public struct Signature: Sendable, Hashable {
    /// Where the pattern lies, in bytes from the start of the file.
    public let offset: Int
    /// The bytes to find.
    public let bytes: [UInt8]
    /// The bits of each byte that count, as many as ``bytes``.
    public let mask: [UInt8]

    /// Creates a pattern.
    ///
    /// - Precondition: `mask`, if given, is as long as `bytes`.
    public init(_ bytes: [UInt8], mask: [UInt8]? = nil, offset: Int = 0) {
        let mask = mask ?? [UInt8](repeating: 0xFF, count: bytes.count)
        precondition(mask.count == bytes.count)
        self.offset = offset
        self.bytes = zip(bytes, mask).map { $0 & $1 }
        self.mask = mask
    }

    /// The number of bytes of a file that must be seen to match.
    package var byteCount: Int { offset + bytes.count }

    /// How many bits the pattern fixes; the more, the surer a match.
    var weight: Int { mask.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Whether the start of a file matches.
    package func matches(_ head: [UInt8]) -> Bool {
        guard head.count >= byteCount else { return false }
        return zip(head[offset...], zip(bytes, mask)).allSatisfy { $0 & $1.1 == $1.0 }
    }
}
