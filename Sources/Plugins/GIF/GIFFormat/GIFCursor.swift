internal import FormatKit

/// Reads a file from front to back.
struct GIFCursor {
    let source: any ImageSource
    private var window: [UInt8] = []
    private var windowOffset = 0
    /// The offset of the next byte.
    private(set) var offset: Int

    private static let windowByteCount = 1 << 14

    init(_ source: any ImageSource, at offset: Int) {
        self.source = source
        self.offset = offset
    }

    /// Whether there is no further byte.
    var isAtEnd: Bool { offset >= source.byteCount }

    /// The next byte.
    mutating func byte() throws(ImageError) -> UInt8 {
        if !(windowOffset..<windowOffset + window.count).contains(offset) {
            window = try source.bytes(at: offset, count: Self.windowByteCount)
            windowOffset = offset
            guard !window.isEmpty else { throw truncated }
        }
        defer { offset += 1 }
        return window[offset - windowOffset]
    }

    /// The next 16 bits, little-endian.
    mutating func word() throws(ImageError) -> Int {
        let low = try byte()
        return Int(low) | Int(try byte()) << 8
    }

    /// The next bytes.
    mutating func bytes(_ count: Int) throws(ImageError) -> [UInt8] {
        let bytes = try source.bytes(at: offset, count: count)
        guard bytes.count == count else { throw truncated }
        offset += count
        return bytes
    }

    /// Goes on behind `count` bytes.
    mutating func skip(_ count: Int) throws(ImageError) {
        guard offset + count <= source.byteCount else { throw truncated }
        offset += count
    }

    /// Goes on behind blocks of up to 255 bytes each and the empty one that ends them.
    mutating func skipBlocks() throws(ImageError) {
        while true {
            let count = try byte()
            guard count > 0 else { return }
            try skip(Int(count))
        }
    }

    /// What is in such blocks, of which the whole is a piece of metadata.
    mutating func blocks(_ limits: Limits) throws(ImageError) -> [UInt8] {
        var content: [UInt8] = []
        while true {
            let count = try byte()
            guard count > 0 else { return content }
            try limits.checkMetadata(content.count + Int(count))
            for _ in 0..<count { content.append(try byte()) }
        }
    }

    private var truncated: ImageError {
        .truncated(.gif, "the file ends before its trailer", offset: source.byteCount)
    }
}
