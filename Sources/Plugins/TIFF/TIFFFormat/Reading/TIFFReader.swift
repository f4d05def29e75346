import FormatKit

import CTIFFShim

/// Reads the first page of a TIFF file, in bands of rows.
///
/// It holds one strip, one row of tiles or, of strips larger than 1 MiB, a few rows.
final class TIFFReader: ImageReader {
    let header: ImageHeader
    private let decoder: TIFFDecoder
    private let samples: SampleInterpretation
    private let geometry: BlockGeometry
    private let samplesPerRowPixel: Int
    private let bitsPerSample: Int
    private let context: CodecContext
    /// Decoded rows: all of the first plane, then all of the next.
    private var buffer: [UInt8]
    private var tile: [UInt8]
    private var bufferedRows = 0..<0
    private var nextRow = 0

    /// Opens a file and checks everything that can be checked before a sample is decoded.
    init(source: any ImageSource, context: CodecContext) throws(ImageError) {
        let (fileHeader, first) = try TIFFHeader.parse(source)
        let scan = try PageScan(source, header: fileHeader, first: first, context: context)
        let page = try TIFFDirectory(parsing: source, header: fileHeader, at: scan.firstOffset)
        let size = try Self.checkedSize(page, source, context.limits)
        let metadata = try MetadataReading(source: source, directory: page, context: context)
            .metadata()
        decoder = try TIFFDecoder(source: source, directory: scan.firstIndex, context: context)
        let fields = try Self.checkedLayout(decoder, size)
        samples = try SampleInterpretation(decoder, fields, context: context)
        geometry = try BlockGeometry(fields, samples, limits: context.limits)
        samplesPerRowPixel = fields.is_planar != 0 ? 1 : Int(fields.samples_per_pixel)
        bitsPerSample = Int(fields.bits_per_sample)
        self.context = context
        buffer = [UInt8](repeating: 0, count: geometry.planeByteCount * geometry.planes.count)
        tile = [UInt8](
            repeating: 0, count: geometry.unit == .tileRow ? geometry.blockByteCount : 0)
        header = ImageHeader(
            size: size, layout: samples.layout, significantBits: samples.significantBits,
            frameCount: scan.pageCount, metadata: metadata,
            details: Self.details(fields, fileHeader))
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        let count = min(band.rowCapacity, header.size.height - nextRow)
        let rowByteCount = band.bytesPerRow
        try unsafe band.fill(rowCount: count) {
            (output: UnsafeMutableRawBufferPointer) throws(ImageError) in
            for row in 0..<count {
                if !bufferedRows.contains(nextRow) { try decodeRows() }
                let place = row * rowByteCount..<(row + 1) * rowByteCount
                unsafe deliverRow(to: UnsafeMutableRawBufferPointer(rebasing: output[place]))
                nextRow += 1
            }
        }
    }

    // MARK: Decoding

    /// Decodes the rows from `nextRow` on that the geometry takes at a time.
    private func decodeRows() throws(ImageError) {
        try context.checkCancellation()
        let step = geometry.unit == .rows ? geometry.bufferRowCount : geometry.blockHeight
        let count = min(step, geometry.height - nextRow)
        let start = nextRow
        // Empty should decoding fail halfway.
        bufferedRows = 0..<0
        for (index, plane) in geometry.planes.enumerated() {
            let base = index * geometry.planeByteCount
            let range = base..<base + count * geometry.rowByteCount
            try unsafe buffer.withUnsafeMutableBufferPointer { (bytes) throws(ImageError) in
                let rows = unsafe UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(rebasing: bytes[range]))
                switch geometry.unit {
                case .rows: try unsafe decoder.readRows(from: start, count: count, into: rows)
                case .strip: try unsafe decoder.readBlock(x: 0, y: start, plane: plane, into: rows)
                case .tileRow: try unsafe decodeTiles(y: start, plane: plane, into: rows)
                }
            }
        }
        bufferedRows = start..<start + count
    }

    /// Decodes a row of tiles and lays their rows side by side.
    private func decodeTiles(
        y: Int, plane: Int, into rows: UnsafeMutableRawBufferPointer
    ) throws(ImageError) {
        let (rowByteCount, tileRowByteCount) = (geometry.rowByteCount, geometry.blockRowByteCount)
        let rowCount = rows.count / rowByteCount
        for index in 0..<geometry.blocksAcross {
            try unsafe tile.withUnsafeMutableBufferPointer { (bytes) throws(ImageError) in
                let tile = UnsafeMutableRawBufferPointer(bytes)
                try unsafe decoder.readBlock(
                    x: index * geometry.blockWidth, y: y, plane: plane, into: tile)
                for row in 0..<rowCount {
                    let from = row * tileRowByteCount
                    let to = row * rowByteCount + index * tileRowByteCount
                    unsafe UnsafeMutableRawBufferPointer(
                        rebasing: rows[to..<to + tileRowByteCount]
                    ).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: tile[from..<from + tileRowByteCount])
                    )
                }
            }
        }
    }

    /// Turns the buffered row `nextRow` into pixels.
    private func deliverRow(to output: UnsafeMutableRawBufferPointer) {
        let start = (nextRow - bufferedRows.lowerBound) * geometry.rowByteCount
        unsafe buffer.withUnsafeBufferPointer { bytes in
            if samples.isDirect {
                unsafe output.copyMemory(
                    from: UnsafeRawBufferPointer(
                        UnsafeBufferPointer(rebasing: bytes[start..<start + output.count])))
                return
            }
            for (index, channel) in samples.channels.enumerated() {
                let plane = geometry.planes.count > 1 ? index * geometry.planeByteCount : 0
                unsafe channel.table.withUnsafeBufferPointer { table in
                    var source = unsafe tiff_shim_channel(
                        row: bytes.baseAddress.map { unsafe $0 + plane + start },
                        bits: UInt32(bitsPerSample),
                        samples_per_pixel: UInt32(samplesPerRowPixel),
                        sample: UInt32(samplesPerRowPixel == 1 ? 0 : channel.sample),
                        table: table.baseAddress,
                        channel_count: UInt32(samples.channels.count), channel: UInt32(index),
                        output_byte_count: UInt32(samples.layout.sample.byteCount))
                    unsafe tiff_shim_spread(&source, output.baseAddress, header.size.width)
                }
            }
        }
    }
}

// MARK: Checks before decoding

extension TIFFReader {
    /// The size of the page, within the limits.
    private static func checkedSize(
        _ page: TIFFDirectory, _ source: any ImageSource, _ limits: Limits
    ) throws(ImageError) -> ImageSize {
        guard let width = try page.integer(TIFFTag.imageWidth, in: source),
            let height = try page.integer(TIFFTag.imageLength, in: source)
        else {
            if page[TIFFTag.subdirectories] != nil {
                throw .unsupported(.tiff, "a picture in a subdirectory, as in camera raw files")
            }
            throw .malformed(.tiff, "the size is missing", offset: page.offset)
        }
        let size = ImageSize(width: width, height: height)
        guard width > 0, height > 0 else {
            throw .malformed(.tiff, "the image is \(size)", offset: page.offset)
        }
        try limits.check(size)
        try checkTags(page, source, limits)
        return size
    }

    /// Refuses what libtiff would allocate too much for, or name only by a number.
    private static func checkTags(
        _ page: TIFFDirectory, _ source: any ImageSource, _ limits: Limits
    ) throws(ImageError) {
        var total = 0
        for entry in page.entries {
            let (sum, overflow) = total.addingReportingOverflow(entry.byteCount ?? 0)
            total = overflow ? .max : sum
            if total == .max { break }
        }
        // Values that lie in the file only once cannot exceed it; only damaged tags do.
        if total > source.byteCount { try limits.checkMemory(total) }
        let depths = try page.integers(TIFFTag.bitsPerSample, limit: 16, in: source) ?? []
        if Set(depths).count > 1 {
            let list = depths.map(String.init).joined(separator: ", ")
            throw .unsupported(.tiff, "samples of different depths (\(list) bits)")
        }
    }

    /// The layout as libtiff sees it, with JPEG decoded to RGB.
    private static func checkedLayout(
        _ decoder: TIFFDecoder, _ size: ImageSize
    ) throws(ImageError) -> tiff_shim_layout {
        var fields = decoder.layout
        guard Int(fields.width) == size.width, Int(fields.height) == size.height else {
            throw .malformed(.tiff, "the size is ambiguous")
        }
        guard fields.is_codec_available != 0 else {
            throw .unsupported(.tiff, "\(TIFFName.compression(fields.compression)) compression")
        }
        if fields.compression == TIFFName.jpeg, fields.photometric == 6, fields.is_planar == 0 {
            try decoder.decodeAsRGB()
            fields = decoder.layout
        }
        return fields
    }

    /// What `convert info` prints.
    private static func details(_ fields: tiff_shim_layout, _ header: TIFFHeader) -> [ImageDetail] {
        let isTiled = fields.is_tiled != 0
        let name = isTiled ? "tile" : "strip"
        return [
            ImageDetail("compression", .text(TIFFName.compression(fields.compression))),
            ImageDetail("predictor", .integer(Int(fields.predictor))),
            ImageDetail("photometric", .text(TIFFName.photometric(fields))),
            ImageDetail("bits_per_sample", .integer(Int(fields.bits_per_sample))),
            ImageDetail("samples_per_pixel", .integer(Int(fields.samples_per_pixel))),
            ImageDetail("planar", .text(fields.is_planar != 0 ? "separate" : "interleaved")),
            ImageDetail("organization", .text(isTiled ? "tiles" : "strips")),
            ImageDetail("\(name)_width", .integer(Int(fields.block_width))),
            ImageDetail("\(name)_height", .integer(Int(fields.block_height))),
            ImageDetail(
                "byte_order", .text(header.order == .little ? "little-endian" : "big-endian")),
            ImageDetail("container", .text(header.isBig ? "BigTIFF" : "TIFF")),
        ]
    }
}
