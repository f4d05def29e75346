import FormatKit

import CTIFFShim

/// How the pixels of a page are stored.
struct PageEncoding {
    let compression: TIFFCompression
    /// Whether and how pixels are made smaller than they come.
    let packing: RowPacking?
    let bitsPerSample: Int
    let samplesPerPixel: Int
    let photometric: UInt16
    /// 1 for none, 2 for differences of samples, 3 for those of the bytes of floats.
    let predictor: UInt16
    /// Whether samples of 8 or 16 bits, which come shifted, are stored as signed numbers.
    let isSigned: Bool
    /// The size of a stored row, in bytes.
    let rowByteCount: Int
    /// The number of rows of a strip, or of the image in a row of tiles.
    let blockRowCount: Int
    /// 0 for strips.
    let tileSize: Int

    /// The size that strips come close to, in bytes.
    private static let stripByteCount = 256 << 10

    /// Decides how to store the pixels that `header` announces.
    init(_ header: ImageHeader, _ options: TIFFOptions) throws(ImageError) {
        try options.compression.check(header)
        let layout = header.layout
        compression = options.compression
        packing =
            compression.takesPackedSamples && options.usesPredictor != true
            ? RowPacking(header, isInverted: compression == .ccitt) : nil
        bitsPerSample = packing?.bitCount ?? layout.sample.bitCount
        samplesPerPixel = packing == nil ? layout.channelCount : 1
        photometric = Self.photometric(layout, packing, compression)
        predictor = Self.predictor(header, options, isPacked: packing != nil)
        isSigned = header.form.contains(.signed) && layout.sample != .float32
        let rowBits = header.size.width.multipliedReportingOverflow(
            by: bitsPerSample * samplesPerPixel)
        guard !rowBits.overflow else { throw .unstorable(.tiff, "\(header.size) pixels") }
        rowByteCount = (rowBits.partialValue + 7) / 8
        tileSize = options.tileSize
        var rowCount = max(1, Self.stripByteCount / rowByteCount)
        // Units of JPEG have up to 16 rows.
        if compression == .jpeg { rowCount = (rowCount + 15) / 16 * 16 }
        blockRowCount = min(header.size.height, tileSize > 0 ? tileSize : rowCount)
    }

    private static func photometric(
        _ layout: PixelLayout, _ packing: RowPacking?, _ compression: TIFFCompression
    ) -> UInt16 {
        if case .palette = packing { return 3 }
        return switch layout.model {
        // Facsimile is black on white.
        case .gray: compression == .ccitt ? 0 : 1
        case .rgb: compression == .jpeg ? 6 : 2
        case .cmyk: 5
        }
    }

    private static func predictor(
        _ header: ImageHeader, _ options: TIFFOptions, isPacked: Bool
    ) -> UInt16 {
        guard options.usesPredictor ?? options.compression.takesPredictor, !isPacked else {
            return 1
        }
        let isReal = header.layout.sample == .float32 && !header.form.contains(.integers)
        return isReal ? 3 : 2
    }

    /// The size of a tile, in bytes.
    var tileByteCount: Int { tileSize * tileRowByteCount }

    /// The size of a row of a tile, in bytes; tiles are multiples of 16 pixels wide.
    var tileRowByteCount: Int { tileSize * bitsPerSample * samplesPerPixel / 8 }
}
