internal import CPNGShim
internal import FormatKit

/// Writes the rows of one picture.
struct PNGRowWriter {
    private let encoder: PNGEncoder
    private let header: ImageHeader
    private let indexing: PNGIndexing?
    private let options: PNGWriteOptions
    private let context: CodecContext
    /// All rows, of an image to be interlaced.
    private var pixels: [UInt8] = []

    init(
        encoder: PNGEncoder, header: ImageHeader, indexing: PNGIndexing?,
        options: PNGWriteOptions, context: CodecContext
    ) {
        self.encoder = encoder
        self.header = header
        self.indexing = indexing
        self.options = options
        self.context = context
    }

    /// The form in which libpng gets the picture.
    var image: cpng_image {
        let isPalette = indexing?.palette.isEmpty == false
        let compression =
            options.compression ?? PNGWriteOptions.defaultCompression(isIndexed: indexing != nil)
        return cpng_image(
            width: UInt32(header.size.width), height: UInt32(header.size.height),
            channel_count: indexing == nil ? Int32(header.layout.channelCount) : 1,
            sample_bits: Int32(indexing?.bitCount ?? header.layout.sample.bitCount),
            is_palette: isPalette ? 1 : 0, is_interlaced: options.isInterlaced ? 1 : 0,
            compression: Int32(compression),
            filter: options.filter.shimValue(isIndexed: indexing != nil))
    }

    private var bytesPerRow: Int {
        header.size.width * (indexing == nil ? header.layout.bytesPerPixel : 1)
    }

    mutating func write(_ band: PixelBand) throws(ImageError) {
        let rows = try indexing?(band.filledBytes)
        if options.isInterlaced {
            if pixels.isEmpty { pixels.reserveCapacity(bytesPerRow * header.size.height) }
            if let rows { pixels += rows } else { pixels += band.filledBytes }
        } else if let rows {
            let (encoder, bytesPerRow) = (encoder, bytesPerRow)
            try unsafe rows.withUnsafeBufferPointer { (rows) throws(ImageError) in
                try unsafe encoder.writeRows(
                    UnsafeRawBufferPointer(rows), bytesPerRow: bytesPerRow)
            }
        } else {
            let (encoder, bytesPerRow) = (encoder, bytesPerRow)
            try unsafe band.withFilledBytes { (rows) throws(ImageError) in
                try unsafe encoder.writeRows(rows, bytesPerRow: bytesPerRow)
            }
        }
    }

    /// Writes what is left of the pixels.
    mutating func finish() throws(ImageError) {
        if options.isInterlaced { try writeInterlaced() }
    }

    private mutating func writeInterlaced() throws(ImageError) {
        let (encoder, context, bytesPerRow) = (encoder, context, bytesPerRow)
        let sliceByteCount = max(1, (1 << 20) / bytesPerRow) * bytesPerRow
        try unsafe pixels.withUnsafeBufferPointer { (buffer) throws(ImageError) in
            let bytes = UnsafeRawBufferPointer(buffer)
            for _ in 0..<Self.passCount {
                for start in stride(from: 0, to: bytes.count, by: sliceByteCount) {
                    try context.checkCancellation()
                    let end = min(start + sliceByteCount, bytes.count)
                    try unsafe encoder.writeRows(
                        UnsafeRawBufferPointer(rebasing: bytes[start..<end]),
                        bytesPerRow: bytesPerRow)
                }
            }
        }
        pixels = []
    }

    /// The passes of Adam7.
    private static let passCount = 7
}

extension PNGWriteOptions.Filter {
    /// Indices are no quantities: differences between them tell nothing.
    func shimValue(isIndexed: Bool) -> cpng_filter {
        switch self {
        case .auto: isIndexed ? .none : .auto
        case .none: .none
        case .sub: .sub
        case .up: .up
        case .average: .average
        case .paeth: .paeth
        case .all: .all
        }
    }
}
