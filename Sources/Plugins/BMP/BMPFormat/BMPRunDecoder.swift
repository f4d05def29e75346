internal import FormatKit

/// Decompresses runs of indices, from the lower left.
///
/// | bytes | meaning |
/// | --- | --- |
/// | n, index | n pixels; of 4 bits, of two indices in turn |
/// | 0, 0 | the next row |
/// | 0, 1 | the end |
/// | 0, 2, x, y | go on so far to the right and up |
/// | 0, n, … | n indices, filled up to an even number of bytes |
///
/// Pixels that are passed over have index 0; those behind the end of a row are passed over.
struct BMPRunDecoder {
    private let source: any ImageSource
    private let size: ImageSize
    private let bitCount: Int
    private var bytes: SourceBytes
    /// Rows from the bottom.
    private(set) var indices: [UInt8]
    private var x = 0
    private var y = 0

    init(_ header: BMPHeader, of source: any ImageSource) {
        self.source = source
        size = header.size
        bitCount = header.bitCount
        bytes = SourceBytes(of: source, at: header.pixelOffset, windowByteCount: 1 << 15)
        indices = [UInt8](repeating: 0, count: header.size.pixelCount)
    }

    /// Decodes up to the end, or up to the last pixel.
    mutating func decode(_ context: CodecContext) throws(ImageError) {
        var count = 0
        while y < size.height {
            count += 1
            if count % (1 << 16) == 0 { try context.checkCancellation() }
            let first = Int(try byte())
            let second = try byte()
            if first > 0 {
                run(first, second)
            } else if second == 1 {
                return
            } else if second == 0 {
                (x, y) = (0, y + 1)
            } else if second == 2 {
                x += Int(try byte())
                y += Int(try byte())
                guard y <= size.height else { throw outside }
            } else {
                try literals(Int(second))
            }
        }
        // The end may follow, or another row before it.
        for _ in 0..<2 {
            let mark = try source.bytes(at: offset, count: 2)
            guard mark.count == 2, mark[0] == 0, mark[1] <= 1 else { return }
            bytes.skip(2)
            if mark[1] == 1 { return }
        }
    }

    /// The number of rows that are complete.
    var rowCount: Int { min(y, size.height) }

    /// Where the next byte lies.
    var offset: Int { bytes.offset }

    private mutating func byte() throws(ImageError) -> UInt8 {
        guard let byte = try bytes.next() else {
            throw .truncated(.bmp, "pixels are missing", offset: source.byteCount)
        }
        return byte
    }

    private var outside: ImageError {
        .malformed(.bmp, "pixels lie outside of the picture", offset: offset)
    }

    /// Some programs fill rows up to a multiple of 4 pixels.
    private mutating func put(_ index: UInt8) {
        if x < size.width { indices[y * size.width + x] = index }
        x += 1
    }

    private mutating func run(_ count: Int, _ value: UInt8) {
        for place in 0..<count {
            put(bitCount == 8 ? value : place % 2 == 0 ? value >> 4 : value & 15)
        }
    }

    private mutating func literals(_ count: Int) throws(ImageError) {
        let byteCount = bitCount == 8 ? count : (count + 1) / 2
        for place in 0..<byteCount {
            let value = try byte()
            if bitCount == 8 {
                put(value)
            } else {
                put(value >> 4)
                if 2 * place + 1 < count { put(value & 15) }
            }
        }
        if byteCount % 2 == 1 { _ = try byte() }
    }
}
