internal import FormatKit

/// Reads the text of a file: numbers and words between white space and comments.
struct PNMScanner {
    let format: FormatID
    private let source: any ImageSource
    private var window: [UInt8] = []
    private var windowOffset = 0
    /// The offset of the next byte.
    private(set) var offset: Int
    private let windowByteCount: Int
    /// The comments so far, without their `#`; only those of a header are kept.
    private(set) var comments: [[UInt8]] = []
    private var commentByteCount = 0
    private let keepsComments: Bool

    /// More than any tool writes; what exceeds it is passed over.
    private static let commentLimit = 1 << 20

    /// Starts at `offset`, reading so many bytes at a time.
    init(
        _ source: any ImageSource, format: FormatID, at offset: Int, windowByteCount: Int,
        keepsComments: Bool = false
    ) {
        self.keepsComments = keepsComments
        self.source = source
        self.format = format
        self.offset = offset
        self.windowByteCount = windowByteCount
    }

    /// The next byte, which stays the next.
    private mutating func peek() throws(ImageError) -> UInt8? {
        if offset >= windowOffset + window.count {
            window = try source.bytes(at: offset, count: windowByteCount)
            windowOffset = offset
        }
        return window.isEmpty ? nil : window[offset - windowOffset]
    }

    /// The next byte of a comment or of a line of PAM.
    mutating func next() throws(ImageError) -> UInt8? {
        let byte = try peek()
        if byte != nil { offset += 1 }
        return byte
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// Skips white space and comments, which go from `#` to the end of the line.
    mutating func skipSpace() throws(ImageError) {
        while let byte = try peek() {
            if byte == UInt8(ascii: "#") {
                try skipLine()
            } else if Self.isSpace(byte) {
                offset += 1
            } else {
                return
            }
        }
    }

    private mutating func skipLine() throws(ImageError) {
        var comment: [UInt8] = []
        while let byte = try next(), byte != 0x0A, byte != 0x0D {
            if keepsComments, commentByteCount < Self.commentLimit {
                comment.append(byte)
                commentByteCount += 1
            }
        }
        // The first is the `#`, unless that has been taken.
        if comment.first == UInt8(ascii: "#") { comment.removeFirst() }
        if keepsComments, !comment.isEmpty { comments.append(comment) }
    }

    /// Takes the one white space, or the one comment, that ends a header.
    mutating func takeEnd() throws(ImageError) {
        let start = offset
        switch try next() {
        case nil: throw truncated("the file ends inside its header")
        case UInt8(ascii: "#"): try skipLine()
        case let byte? where Self.isSpace(byte): break
        default: throw .malformed(format, "expected white space after the header", offset: start)
        }
    }

    /// A whole number after any white space.
    mutating func number(_ what: String) throws(ImageError) -> Int {
        try skipSpace()
        let start = offset
        var value = 0
        while let byte = try peek(), (0x30...0x39).contains(byte) {
            value = value * 10 + Int(byte - 0x30)
            guard value <= Int(Int32.max) else {
                throw .malformed(format, "the \(what) exceeds \(Int32.max)", offset: start)
            }
            offset += 1
        }
        if offset > start { return value }
        guard try peek() != nil else { throw truncated("the file ends before its \(what)") }
        throw .malformed(format, "expected a number for the \(what)", offset: start)
    }

    /// A digit of a plain bitmap, which need not be separated from the next.
    mutating func bit() throws(ImageError) -> Int {
        try skipSpace()
        switch try next() {
        case UInt8(ascii: "0"): return 0
        case UInt8(ascii: "1"): return 1
        case nil: throw truncated("pixels are missing")
        default: throw .malformed(format, "expected 0 or 1", offset: offset - 1)
        }
    }

    /// The characters up to the next white space, which must be there.
    mutating func word(limit: Int) throws(ImageError) -> String {
        try skipSpace()
        var bytes: [UInt8] = []
        while let byte = try peek(), !Self.isSpace(byte), bytes.count < limit {
            bytes.append(byte)
            offset += 1
        }
        if try peek() == nil { throw truncated("the file ends inside its header") }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func truncated(_ reason: String) -> ImageError {
        .truncated(format, reason, offset: offset)
    }
}
