import FormatKit

import CTIFFShim

/// How the decoded bytes of strips and tiles make up rows.
struct BlockGeometry {
    /// How much is decoded at a time.
    enum Unit {
        /// Rows of a strip that is too large to be held.
        case rows
        /// One strip, of each plane.
        case strip
        /// One row of tiles, of each plane.
        case tileRow
    }

    let unit: Unit
    let height: Int
    /// The size of a strip or tile, in pixels; strips are as wide as the image.
    let blockWidth: Int
    let blockHeight: Int
    /// The number of tiles beside each other; 1 for strips.
    let blocksAcross: Int
    /// The size of a row of a strip or tile, in bytes.
    let blockRowByteCount: Int
    /// The size of a strip or tile as libtiff decodes it, in bytes.
    let blockByteCount: Int
    /// How the chroma of YCbCr is packed; `nil` where rows are decoded as they are.
    let subsampling: Subsampling?
    /// The planes that are needed; one for interleaved samples.
    let planes: [Int]
    /// The number of rows that are buffered.
    let bufferRowCount: Int
    /// The size of a buffered row of one plane, in bytes.
    var rowByteCount: Int { blocksAcross * blockRowByteCount }
    /// The size of the buffered rows of one plane, in bytes.
    var planeByteCount: Int { bufferRowCount * rowByteCount }

    /// Strips larger than this are decoded by rows, so that memory does not grow with them.
    private static let largeStripByteCount = 1 << 20
    /// What is decoded at a time of such a strip, in bytes.
    private static let rowsByteCount = 1 << 16

    /// Works out the sizes, compares them with libtiff's and with the limits.
    init(
        _ fields: ctiff_layout, _ samples: SampleInterpretation, context: CodecContext
    ) throws(ImageError) {
        height = Int(fields.height)
        (blockWidth, blockHeight) = (Int(fields.block_width), Int(fields.block_height))
        guard blockWidth > 0, blockHeight > 0 else {
            throw .malformed(.tiff, "strips or tiles are \(blockWidth)x\(blockHeight)")
        }
        subsampling = try Subsampling(fields, samples)
        let isPlanar = fields.is_planar != 0
        planes = isPlanar ? samples.channels.map(\.sample) : [0]
        let samplesPerPlane = isPlanar ? 1 : Int(fields.samples_per_pixel)
        let bitsPerPixel = samplesPerPlane * Int(fields.bits_per_sample)
        // Below 2^32 × 2^16 × 2^6, so no overflow before the number of rows comes in.
        let bitsPerBlockRow = blockWidth * bitsPerPixel
        blockRowByteCount = (bitsPerBlockRow + 7) / 8
        blocksAcross = (Int(fields.width) + blockWidth - 1) / blockWidth
        if fields.is_tiled != 0, blocksAcross > 1, bitsPerBlockRow % 8 != 0 {
            throw .malformed(.tiff, "tiles of \(blockWidth) pixels do not end with a byte")
        }
        let byteCount = Self.byteCount(
            rows: blockHeight, width: blockWidth, rowByteCount: blockRowByteCount, subsampling)
        // A limit far above any that is allowed keeps sums below from overflow.
        guard byteCount <= 1 << 60, UInt64(byteCount) == fields.block_byte_count else {
            throw .malformed(
                .tiff,
                "expected strips or tiles of \(byteCount) bytes, found \(fields.block_byte_count)")
        }
        blockByteCount = byteCount
        if fields.is_tiled != 0 {
            unit = .tileRow
            bufferRowCount = min(blockHeight, height)
        } else if context.isSalvaging || byteCount > Self.largeStripByteCount, !isPlanar,
            subsampling == nil,
            Self.decodesByRow(fields.compression)
        {
            unit = .rows
            // Row by row it shows which are good.
            bufferRowCount =
                context.isSalvaging ? 1 : max(1, Self.rowsByteCount / blockRowByteCount)
        } else {
            unit = .strip
            bufferRowCount = blockHeight
        }
        try context.memory.check(heldByteCount)
    }

    /// Whether a block is decoded beside the buffer and then copied into it.
    var needsScratch: Bool { unit == .tileRow || subsampling != nil }

    /// The size of a strip or tile of `rows` rows as libtiff decodes it, in bytes.
    func blockByteCount(rows: Int) -> Int {
        Self.byteCount(
            rows: rows, width: blockWidth, rowByteCount: blockRowByteCount, subsampling)
    }

    private static func byteCount(
        rows: Int, width: Int, rowByteCount: Int, _ subsampling: Subsampling?
    ) -> Int {
        if let subsampling { return subsampling.byteCount(width: width, rows: rows) }
        let (byteCount, overflow) = rowByteCount.multipliedReportingOverflow(by: rows)
        return overflow ? .max : byteCount
    }

    /// The size of the pixels of a tile of data units, in bytes.
    var expandedByteCount: Int {
        unit == .tileRow && subsampling != nil ? blockHeight * blockRowByteCount : 0
    }

    /// The memory that decoding needs: the buffer and one block.
    var heldByteCount: Int {
        let rows = rowByteCount.multipliedReportingOverflow(by: bufferRowCount * planes.count)
        let (sum, overflow) = rows.partialValue.addingReportingOverflow(
            needsScratch ? blockByteCount + expandedByteCount : 0)
        return rows.overflow || overflow ? .max : sum
    }

    /// Whether libtiff decodes a compression row by row.
    ///
    /// None, LZW, JPEG, Deflate, PackBits, ThunderScan, LZMA and Zstandard; not facsimiles, of
    /// which only whole strips show whether they ended early.
    private static func decodesByRow(_ compression: UInt16) -> Bool {
        [1, 5, 7, 8, 32946, 32773, 32809, 34925, 50000].contains(compression)
    }
}
