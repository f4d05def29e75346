internal import FormatKit

/// What a file says in front of its pixels.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 2 | `BM` |
/// | 2 | 4 | size of the file |
/// | 6 | 4 | reserved |
/// | 10 | 4 | offset of the pixels |
/// | 14 | n | the header of the picture, whose first field is n |
/// | 14 + n | | masks of channels, if the header has none; colors |
///
/// Numbers are little-endian. Headers of 12 bytes have their own form; all others begin with that
/// of 40, some without its last fields.
struct BMPHeader {
    let size: ImageSize
    /// Whether the first row is the upper one.
    let isTopDown: Bool
    /// The bits of a pixel: 1, 2, 4, 8, 16, 24 or 32.
    let bitCount: Int
    let compression: BMPCompression
    let pixelOffset: Int
    /// The size of compressed pixels, or 0 where nothing is said.
    let pixelByteCount: Int
    /// The colors of pixels of up to 8 bits.
    private(set) var colors: [RGBAColor] = []
    /// Where the channels of other pixels lie.
    private(set) var masks: BMPMasks?
    /// Pixels per meter, or `nil`.
    let resolution: Resolution?
    /// What the header says of colors, from its 57th byte on.
    let colorFields: [UInt8]
    /// The size of the header of the picture.
    let byteCount: Int

    /// The sizes of headers that are known.
    static let byteCounts: Set<Int> = [12, 16, 40, 52, 56, 64, 108, 124]

    init(of source: any ImageSource) throws(ImageError) {
        let head = try source.bytes(at: 0, count: 18)
        guard head.prefix(2).elementsEqual(Array("BM".utf8).prefix(head.count)) else {
            throw .malformed(.bmp, "expected BM", offset: 0)
        }
        guard head.count == 18 else { throw Self.truncated(source) }
        byteCount = head.word32(at: 14)
        guard Self.byteCounts.contains(byteCount) else {
            throw .unsupported(.bmp, "a header of \(byteCount) bytes")
        }
        var fields = try source.bytes(at: 14, count: byteCount)
        guard fields.count == byteCount else { throw Self.truncated(source) }
        pixelOffset = head.word32(at: 10)
        // What is not said is 0.
        fields += [UInt8](repeating: 0, count: 124 - byteCount)
        let isCore = byteCount == 12
        let height = isCore ? fields.word16(at: 6) : fields.signed32(at: 8)
        size = ImageSize(
            width: isCore ? fields.word16(at: 4) : fields.signed32(at: 4), height: abs(height))
        isTopDown = height < 0
        guard size.width > 0, size.height > 0, size.height <= Int(Int32.max) else {
            throw .malformed(.bmp, "size \(size.width)x\(height)", offset: 18)
        }
        bitCount = fields.word16(at: isCore ? 10 : 14)
        let method = isCore ? 0 : fields.word32(at: 16)
        compression = try BMPCompression(method, bitCount: bitCount, headerByteCount: byteCount)
        pixelByteCount = isCore ? 0 : fields.word32(at: 20)
        resolution = isCore ? nil : Self.resolution(fields)
        colorFields = byteCount >= 108 ? Array(fields[56...]) : []
        try readColors(source, fields, colorCount: isCore ? 0 : fields.word32(at: 32), method)
    }

    private static func truncated(_ source: any ImageSource) -> ImageError {
        .truncated(.bmp, "the file ends inside its header", offset: source.byteCount)
    }

    private static func resolution(_ fields: [UInt8]) -> Resolution? {
        let (x, y) = (fields.signed32(at: 24), fields.signed32(at: 28))
        guard x > 0, y > 0 else { return nil }
        return Resolution(
            horizontal: Double(x) / 100, vertical: Double(y) / 100, unit: .centimeter)
    }

    /// Reads the masks or the table of colors, which follow the header.
    private mutating func readColors(
        _ source: any ImageSource, _ fields: [UInt8], colorCount: Int, _ method: Int
    ) throws(ImageError) {
        let start = 14 + byteCount
        var maskByteCount = 0
        if bitCount > 8 {
            var values = [40, 44, 48, 52].map { fields.word32(at: $0) }
            if compression == .masks, byteCount == 40 {
                maskByteCount = method == 6 ? 16 : 12
                let bytes = try source.bytes(at: start, count: maskByteCount)
                guard bytes.count == maskByteCount else { throw Self.truncated(source) }
                values = Array((bytes + [0, 0, 0, 0]).words32.prefix(4))
            }
            masks = try BMPMasks(compression == .masks ? values : nil, bitCount: bitCount)
        }
        guard pixelOffset >= start + maskByteCount else {
            throw .malformed(
                .bmp, "pixels at \(pixelOffset), inside the header of \(start) bytes", offset: 10)
        }
        guard bitCount <= 8 else { return }
        let entryByteCount = byteCount == 12 ? 3 : 4
        let full = 1 << bitCount
        // As many as there is room for, in front of the pixels.
        let count = min(
            colorCount == 0 ? full : min(colorCount, full), (pixelOffset - start) / entryByteCount)
        let bytes = try source.bytes(at: start, count: count * entryByteCount)
        guard bytes.count == count * entryByteCount else { throw Self.truncated(source) }
        guard count > 0 else { throw .malformed(.bmp, "there are no colors", offset: start) }
        colors = stride(from: 0, to: bytes.count, by: entryByteCount).map {
            RGBAColor(red: bytes[$0 + 2], green: bytes[$0 + 1], blue: bytes[$0])
        }
    }

    /// The bytes of a row that is not compressed, or `nil` if they cannot be counted.
    var bytesPerRow: Int? {
        let (bits, overflow) = size.width.multipliedReportingOverflow(by: bitCount)
        return overflow ? nil : (bits + 31) / 32 * 4
    }
}

/// How pixels are stored.
enum BMPCompression: Equatable {
    case none
    /// Runs of indices of 4 or 8 bits.
    case runs
    /// Channels of any number of bits.
    case masks

    init(_ method: Int, bitCount: Int, headerByteCount: Int) throws(ImageError) {
        let isOS2 = headerByteCount == 16 || headerByteCount == 64
        switch (method, bitCount) {
        case (0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (0, 24), (0, 32): self = .none
        case (1, 8), (2, 4): self = .runs
        case (3, 16) where !isOS2, (3, 32) where !isOS2, (6, 16), (6, 32): self = .masks
        case (4, 0), (5, 0):
            throw .unsupported(.bmp, "a \(method == 4 ? "JPEG" : "PNG") file inside")
        default:
            throw .unsupported(.bmp, "compression \(method) of pixels of \(bitCount) bits")
        }
    }
}

extension [UInt8] {
    /// 16 bits, little-endian.
    func word16(at offset: Int) -> Int { Int(self[offset]) | Int(self[offset + 1]) << 8 }

    /// 32 bits, little-endian.
    func word32(at offset: Int) -> Int {
        word16(at: offset) | word16(at: offset + 2) << 16
    }

    /// 32 bits with a sign, little-endian.
    func signed32(at offset: Int) -> Int {
        Int(Int32(truncatingIfNeeded: word32(at: offset)))
    }

    /// All whole numbers of 32 bits.
    var words32: [Int] { stride(from: 0, to: count - 3, by: 4).map { word32(at: $0) } }
}
