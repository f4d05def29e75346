public import FormatKit

/// Reads a file, or what came through a pipe, piece by piece: lines, or names with zeros between.
public struct PieceReader {
    private let source: any ImageSource
    private let separator: UInt8
    private let maximumByteCount: Int
    private var buffer: [UInt8] = []
    /// Where in ``buffer`` the next piece begins.
    private var start = 0
    /// Where in the source the bytes after ``buffer`` are.
    private var offset: Int
    /// The number of pieces so far: that of the last one, counted from 1.
    public private(set) var number = 0

    private static let chunkByteCount = 1 << 18

    /// Starts to read.
    ///
    /// - Parameters:
    ///   - source: What is read.
    ///   - separator: The byte after a piece; the last piece may lack it.
    ///   - offset: Where to begin, in bytes.
    ///   - maximumByteCount: The most bytes that a piece may have.
    public init(
        _ source: any ImageSource, separator: UInt8 = UInt8(ascii: "\n"), offset: Int = 0,
        maximumByteCount: Int = 1 << 20
    ) {
        self.source = source
        self.separator = separator
        self.offset = offset
        self.maximumByteCount = maximumByteCount
    }

    /// Where in the source the next piece begins, in bytes.
    public var position: Int { offset - (buffer.count - start) }

    /// The next piece without its separator; `nil` at the end.
    ///
    /// - Throws: ``/FormatKit/ImageError`` if reading fails or a piece is too long.
    public mutating func next() throws(ImageError) -> ArraySlice<UInt8>? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: separator) {
                defer { start = end + 1 }
                number += 1
                return buffer[start..<end]
            }
            let (pieceByteCount, isFirst) = (buffer.count - start, start == 0)
            guard pieceByteCount <= maximumByteCount else {
                throw .io(
                    "read", code: 0,
                    reason: "line \(number + 1) has more than \(maximumByteCount) bytes")
            }
            let chunk = try source.bytes(at: offset, count: Self.chunkByteCount)
            offset += chunk.count
            if chunk.isEmpty {
                guard pieceByteCount > 0 else { return nil }
                defer { start = buffer.count }
                number += 1
                return buffer[start...]
            }
            if !isFirst { buffer.removeFirst(start) }
            buffer += chunk
            (start, searched) = (0, pieceByteCount)
        }
    }
}
