internal import FormatKit

/// Takes a PNG file as it is written, and passes on its pixels, which are what PDF's filter decodes with
/// PNG's predictors (ISO 32000-1 §7.4.4).
final class PNGPixels: ImageSink {
    /// What stands in front of the pixels.
    struct Head {
        /// The bits of a sample, or of an index.
        fileprivate(set) var bitCount = 8
        /// Colors of three bytes; none where samples are no indices.
        fileprivate(set) var palette: [UInt8] = []
    }

    /// What the next bytes are.
    private enum Part {
        case signature, start, content(Chunk), checksum
    }

    private enum Chunk {
        case header, palette, pixels, other
    }

    private(set) var byteCount = 0
    private let begin: (Head) throws(ImageError) -> Void
    private let pass: ([UInt8]) throws(ImageError) -> Void
    private var head = Head()
    private var part = Part.signature
    /// How many bytes the part has left.
    private var leftCount = 8
    /// The bytes of a part that is needed as a whole.
    private var collected: [UInt8] = []
    private var hasBegun = false

    /// Starts with a file.
    ///
    /// - Parameters:
    ///   - begin: Called before the first pixels.
    ///   - pass: Takes the pixels, compressed.
    init(
        begin: @escaping (Head) throws(ImageError) -> Void = { _ in },
        pass: @escaping ([UInt8]) throws(ImageError) -> Void
    ) {
        self.begin = begin
        self.pass = pass
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ImageError) {
        guard offset == byteCount else {
            throw .codecFailure(.pdf, "compressed pixels come out of order")
        }
        byteCount += bytes.count
        var rest = unsafe Array(bytes)[...]
        while !rest.isEmpty {
            let piece = rest.prefix(leftCount)
            rest = rest.dropFirst(piece.count)
            leftCount -= piece.count
            try take(piece)
            // Parts may be empty.
            while leftCount == 0 { endPart() }
        }
    }

    private func take(_ piece: ArraySlice<UInt8>) throws(ImageError) {
        switch part {
        case .start, .content(.header), .content(.palette): collected += piece
        case .content(.pixels):
            if !hasBegun {
                hasBegun = true
                try begin(head)
            }
            try pass(Array(piece))
        case .signature, .content, .checksum: break
        }
    }

    private func endPart() {
        defer { collected.removeAll(keepingCapacity: true) }
        switch part {
        case .signature, .checksum: (part, leftCount) = (.start, 8)
        case .start:
            leftCount = collected[..<4].reduce(0) { $0 << 8 | Int($1) }
            part = .content(Self.chunk(named: collected[4...]))
        case .content(let chunk):
            if chunk == .header, collected.count > 8 { head.bitCount = Int(collected[8]) }
            if chunk == .palette { head.palette = collected }
            (part, leftCount) = (.checksum, 4)
        }
    }

    private static func chunk(named name: ArraySlice<UInt8>) -> Chunk {
        switch String(decoding: name, as: UTF8.self) {
        case "IHDR": .header
        case "PLTE": .palette
        case "IDAT": .pixels
        default: .other
        }
    }

    /// Nothing is kept that could be read.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int { 0 }

    func commit() {}

    func discard() {}
}
