import FormatKit

import CTIFFShim

/// Writes one page, in strips of about 256 KiB or in tiles.
final class TIFFWriter: ImageWriter {
    private let encoder: TIFFEncoder
    private let embedding: ExifEmbedding?
    private let sink: any ImageSink
    private let header: ImageHeader
    private let tileSize: Int
    private let rowByteCount: Int
    /// The rows of a strip or of a row of tiles.
    private var buffer: [UInt8]
    private var bufferedRowCount = 0
    private let bufferRowCapacity: Int
    private var tile: [UInt8]
    private var rowCount = 0
    private var blockCount = 0

    /// The size that strips come close to, in bytes.
    private static let stripByteCount = 256 << 10

    /// Starts a file.
    init(
        sink: any ImageSink, header: ImageHeader, options: TIFFOptions, context: CodecContext
    ) throws(ImageError) {
        let (size, layout, metadata) = (header.size, header.layout, header.metadata)
        self.sink = sink
        self.header = header
        tileSize = options.tileSize
        rowByteCount = layout.bytesPerRow(width: size.width)
        bufferRowCapacity =
            tileSize > 0
            ? min(tileSize, size.height)
            : max(1, min(size.height, Self.stripByteCount / rowByteCount))
        let tileByteCount = tileSize * tileSize * layout.bytesPerPixel
        let bufferByteCount = bufferRowCapacity.multipliedReportingOverflow(by: rowByteCount)
        try context.limits.checkMemory(
            bufferByteCount.overflow ? .max : bufferByteCount.partialValue + tileByteCount)
        embedding = try metadata.exif.flatMap { (exif) throws(ImageError) in
            try ExifEmbedding(exif, context: context)
        }
        var parameters = try unsafe Self.parameters(header, options)
        unsafe parameters.rows_per_strip = tileSize > 0 ? 0 : UInt32(bufferRowCapacity)
        // Exif values are copied as they are, so the file takes their byte order.
        unsafe parameters.is_big_endian = embedding?.order == .big ? 1 : 0
        encoder = try unsafe TIFFEncoder(sink: sink, parameters: parameters, metadata: metadata)
        buffer = [UInt8](repeating: 0, count: bufferByteCount.partialValue)
        tile = [UInt8](repeating: 0, count: tileByteCount)
    }

    private static func parameters(
        _ header: ImageHeader, _ options: TIFFOptions
    ) throws(ImageError) -> tiff_shim_parameters {
        let (size, layout, metadata) = (header.size, header.layout, header.metadata)
        var parameters = unsafe tiff_shim_parameters()
        unsafe parameters.width = UInt32(size.width)
        unsafe parameters.height = UInt32(size.height)
        unsafe parameters.tile_size = UInt32(options.tileSize)
        unsafe parameters.bits_per_sample = UInt16(layout.sample.bitCount)
        unsafe parameters.samples_per_pixel = UInt16(layout.channelCount)
        unsafe parameters.photometric = layout.model == .gray ? 1 : 2
        unsafe parameters.extra_sample =
            switch layout.alpha {
            case .opaque: 0
            case .premultiplied: 1
            case .straight: 2
            }
        unsafe parameters.compression = options.compression.code
        unsafe parameters.predictor = options.usesPredictor ? 2 : 1
        unsafe parameters.deflate_level =
            options.compression == .deflate ? Int32(options.deflateLevel) : 0
        unsafe parameters.orientation = UInt16(metadata.orientation.rawValue)
        if let resolution = metadata.resolution {
            unsafe parameters.resolution_unit =
                switch resolution.unit {
                case .none: 1
                case .inch: 2
                case .centimeter: 3
                }
            unsafe parameters.horizontal_resolution = resolution.horizontal
            unsafe parameters.vertical_resolution = resolution.vertical
        }
        let sampleByteCount = size.pixelCount.multipliedReportingOverflow(by: layout.bytesPerPixel)
        let isBig = options.isBig(
            sampleByteCount: sampleByteCount.overflow ? .max : sampleByteCount.partialValue,
            metadataByteCount: [metadata.icc, metadata.xmp, metadata.exif]
                .reduce(0) { $0 + ($1?.count ?? 0) })
        unsafe parameters.is_big_tiff = isBig ? 1 : 0
        return unsafe parameters
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        precondition(band.rowCount <= header.size.height - rowCount)
        var row = 0
        while row < band.rowCount {
            let count = min(band.rowCount - row, bufferRowCapacity - bufferedRowCount)
            let from = row * rowByteCount..<(row + count) * rowByteCount
            let to = bufferedRowCount * rowByteCount
            unsafe band.withFilledBytes { input in
                unsafe buffer.withUnsafeMutableBytes { output in
                    unsafe UnsafeMutableRawBufferPointer(rebasing: output[to...])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: input[from]))
                }
            }
            bufferedRowCount += count
            rowCount += count
            row += count
            if bufferedRowCount == bufferRowCapacity || rowCount == header.size.height {
                try writeBuffer()
            }
        }
    }

    func finish() throws(ImageError) {
        guard rowCount == header.size.height else {
            throw .codecFailure(
                .tiff, "expected \(header.size.height) rows, found \(rowCount)")
        }
        try encoder.finish()
        try embedding?.embed(in: sink)
    }

    /// Encodes the buffered rows.
    private func writeBuffer() throws(ImageError) {
        if tileSize > 0 {
            for x in stride(from: 0, to: header.size.width, by: tileSize) {
                copyTile(x: x)
                try write(&tile, byteCount: tile.count)
            }
        } else {
            try write(&buffer, byteCount: bufferedRowCount * rowByteCount)
        }
        bufferedRowCount = 0
    }

    private func write(_ block: inout [UInt8], byteCount: Int) throws(ImageError) {
        try unsafe block.withUnsafeMutableBufferPointer { (bytes) throws(ImageError) in
            try unsafe encoder.writeBlock(
                blockCount,
                UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(rebasing: bytes[..<byteCount])))
        }
        blockCount += 1
    }

    /// Fills the tile from the buffered rows, and with zeros beyond the image.
    private func copyTile(x: Int) {
        let pixelByteCount = header.layout.bytesPerPixel
        let tileRowByteCount = tileSize * pixelByteCount
        let byteCount = min(tileSize, header.size.width - x) * pixelByteCount
        unsafe tile.withUnsafeMutableBytes { tile in
            unsafe tile.initializeMemory(as: UInt8.self, repeating: 0)
            unsafe buffer.withUnsafeBytes { buffer in
                for row in 0..<bufferedRowCount {
                    let from = row * rowByteCount + x * pixelByteCount
                    let to = row * tileRowByteCount
                    unsafe UnsafeMutableRawBufferPointer(rebasing: tile[to..<to + byteCount])
                        .copyMemory(
                            from: UnsafeRawBufferPointer(rebasing: buffer[from..<from + byteCount]))
                }
            }
        }
    }
}
