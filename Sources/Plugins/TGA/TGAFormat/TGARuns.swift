internal import FormatKit

/// Decodes pixels in runs: a byte says how many follow less 1, and with 128 that they are all like the
/// one behind it.
struct TGARuns {
    private let source: any ImageSource
    private let size: Int
    private var bytes: SourceBytes
    /// Stored pixels so far.
    private(set) var pixels: [UInt8] = []

    init(_ file: TGAHeader, of source: any ImageSource) {
        self.source = source
        size = file.bytesPerPixel
        bytes = SourceBytes(of: source, at: file.tableRange.upperBound)
        pixels.reserveCapacity(file.size.pixelCount * size)
    }

    /// Decodes all pixels.
    ///
    /// - Throws: ``ImageError`` if the file ends before them, after as many as there are.
    mutating func decode(_ count: Int, _ context: CodecContext) throws(ImageError) {
        let end = count * size
        var sinceCheck = 0
        while pixels.count < end {
            let code = try byte()
            let length = min((Int(code & 0x7F) + 1) * size, end - pixels.count)
            if code & 0x80 != 0 {
                var pixel: [UInt8] = []
                for _ in 0..<size { pixel.append(try byte()) }
                for _ in 0..<length / size { pixels += pixel }
            } else {
                for _ in 0..<length { pixels.append(try byte()) }
            }
            sinceCheck += length
            if sinceCheck > 1 << 20 {
                try context.checkCancellation()
                sinceCheck = 0
            }
        }
    }

    /// Where the next byte lies.
    var offset: Int { bytes.offset }

    private mutating func byte() throws(ImageError) -> UInt8 {
        guard let byte = try bytes.next() else {
            throw .truncated(.tga, "pixels are missing", offset: source.byteCount)
        }
        return byte
    }
}
