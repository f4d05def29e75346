import FormatKit

/// Collects the rows of a page and encodes them in strips or tiles.
final class PageWriter {
    private let encoder: TIFFEncoder
    private let encoding: PageEncoding
    private let header: ImageHeader
    /// The rows of a strip or of a row of tiles, as they are stored.
    private var buffer: [UInt8]
    private var bufferedRowCount = 0
    private var tile: [UInt8]
    private var rowCount = 0
    private let memory: MemoryShare
    private var blockCount = 0

    /// Starts a page whose fields have been set.
    init(
        _ encoder: TIFFEncoder, _ header: ImageHeader, _ encoding: PageEncoding,
        memory budget: MemoryBudget
    ) throws(ImageError) {
        let size = encoding.blockRowCount.multipliedReportingOverflow(by: encoding.rowByteCount)
        memory = budget.makeShare()
        try memory.reserve(
            size.overflow ? .max : size.partialValue + encoding.tileByteCount)
        self.encoder = encoder
        self.header = header
        self.encoding = encoding
        buffer = [UInt8](repeating: 0, count: size.partialValue)
        tile = [UInt8](repeating: 0, count: encoding.tileByteCount)
    }

    /// Takes rows, and encodes those that make up strips or tiles.
    func writeRows(_ band: PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        precondition(band.rowCount <= header.size.height - rowCount)
        var row = 0
        while row < band.rowCount {
            let count = min(band.rowCount - row, encoding.blockRowCount - bufferedRowCount)
            try buffer(row..<row + count, of: band)
            rowCount += count
            row += count
            if bufferedRowCount == encoding.blockRowCount || rowCount == header.size.height {
                try writeBuffer()
            }
        }
    }

    /// Throws if rows are missing.
    func finish() throws(ImageError) {
        guard rowCount == header.size.height else {
            throw .codecFailure(.tiff, "expected \(header.size.height) rows, found \(rowCount)")
        }
    }

    private func buffer(_ rows: Range<Int>, of band: PixelBand) throws(ImageError) {
        let (stored, start) = (encoding.rowByteCount, bufferedRowCount * encoding.rowByteCount)
        let target = start..<start + rows.count * stored
        try unsafe band.withFilledBytes { (input) throws(ImageError) in
            let bytes = rows.lowerBound * band.bytesPerRow..<rows.upperBound * band.bytesPerRow
            let source = unsafe UnsafeRawBufferPointer(rebasing: input[bytes])
            try unsafe buffer.withUnsafeMutableBufferPointer { (buffer) throws(ImageError) in
                let output = unsafe UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(rebasing: buffer[target]))
                guard let packing = encoding.packing else {
                    unsafe output.copyMemory(from: source)
                    if encoding.isSigned { unsafe changeSigns(of: output) }
                    return
                }
                for row in 0..<rows.count {
                    let from = row * band.bytesPerRow..<(row + 1) * band.bytesPerRow
                    try unsafe packing.pack(
                        UnsafeRawBufferPointer(rebasing: source[from]),
                        into: UnsafeMutableRawBufferPointer(
                            rebasing: output[row * stored..<(row + 1) * stored]))
                }
            }
        }
        bufferedRowCount += rows.count
    }

    /// Turns the highest bit of each sample over: 0 is then the lowest number.
    private func changeSigns(of bytes: UnsafeMutableRawBufferPointer) {
        let size = header.layout.sample.byteCount
        let highest = Int(littleEndian: 1) == 1 ? size - 1 : 0
        for place in stride(from: highest, to: bytes.count, by: size) {
            unsafe bytes[place] ^= 0x80
        }
    }

    /// Encodes the buffered rows.
    private func writeBuffer() throws(ImageError) {
        if encoding.tileSize > 0 {
            for x in stride(from: 0, to: header.size.width, by: encoding.tileSize) {
                copyTile(x: x)
                try write(&tile, byteCount: tile.count)
            }
        } else {
            try write(&buffer, byteCount: bufferedRowCount * encoding.rowByteCount)
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
        let (rowByteCount, tileRowByteCount) = (encoding.rowByteCount, encoding.tileRowByteCount)
        let start = x / encoding.tileSize * tileRowByteCount
        let byteCount = min(tileRowByteCount, rowByteCount - start)
        unsafe tile.withUnsafeMutableBytes { tile in
            unsafe tile.initializeMemory(as: UInt8.self, repeating: 0)
            unsafe buffer.withUnsafeBytes { buffer in
                for row in 0..<bufferedRowCount {
                    let from = row * rowByteCount + start
                    let to = row * tileRowByteCount
                    unsafe UnsafeMutableRawBufferPointer(rebasing: tile[to..<to + byteCount])
                        .copyMemory(
                            from: UnsafeRawBufferPointer(rebasing: buffer[from..<from + byteCount]))
                }
            }
        }
    }
}
