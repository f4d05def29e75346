import FormatKit

/// The decoded rows of a page that are held at a time.
///
/// These are one strip, one row of tiles or, of strips larger than 1 MiB, a few rows.
final class BlockBuffer {
    /// The rows that are held.
    private(set) var rows = 0..<0
    private let decoder: TIFFDecoder
    private let geometry: BlockGeometry
    /// All rows of the first plane, then all of the next.
    private var bytes: [UInt8]
    /// One tile, or a strip of data units.
    private var scratch: [UInt8]
    /// The pixels of a tile of data units.
    private var expanded: [UInt8]

    init(_ page: TIFFPage) {
        (decoder, geometry) = (page.decoder, page.geometry)
        bytes = [UInt8](repeating: 0, count: geometry.planeByteCount * geometry.planes.count)
        scratch = [UInt8](
            repeating: 0, count: geometry.needsScratch ? geometry.blockByteCount : 0)
        expanded = [UInt8](repeating: 0, count: geometry.expandedByteCount)
    }

    /// Lends the bytes of a row that is held.
    func withRow(_ row: Int, plane: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
        let start =
            plane * geometry.planeByteCount + (row - rows.lowerBound) * geometry.rowByteCount
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe body(
                UnsafeRawBufferPointer(rebasing: bytes[start..<start + geometry.rowByteCount]))
        }
    }

    /// Decodes as many rows from `start` on as the geometry takes at a time.
    func decodeRows(from start: Int) throws(ImageError) {
        let step = geometry.unit == .rows ? geometry.bufferRowCount : geometry.blockHeight
        let count = min(step, geometry.height - start)
        // Empty should decoding fail halfway.
        rows = 0..<0
        for (index, plane) in geometry.planes.enumerated() {
            let base = index * geometry.planeByteCount
            let range = base..<base + count * geometry.rowByteCount
            try unsafe bytes.withUnsafeMutableBufferPointer { (bytes) throws(ImageError) in
                let rows = unsafe UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(rebasing: bytes[range]))
                try unsafe decode(count, from: start, plane: plane, into: rows)
            }
        }
        rows = start..<start + count
    }

    /// Holds zeros for as many rows as would have been decoded.
    func clearRows(from start: Int) {
        let step = geometry.unit == .rows ? geometry.bufferRowCount : geometry.blockHeight
        for index in bytes.indices { bytes[index] = 0 }
        rows = start..<start + min(step, geometry.height - start)
    }

    private func decode(
        _ count: Int, from start: Int, plane: Int, into rows: UnsafeMutableRawBufferPointer
    ) throws(ImageError) {
        switch geometry.unit {
        case .rows: try unsafe decoder.readRows(from: start, count: count, into: rows)
        case .tileRow: try unsafe decodeTiles(y: start, count: count, plane: plane, into: rows)
        case .strip:
            guard let subsampling = geometry.subsampling else {
                try unsafe decoder.readBlock(
                    x: 0, rows: start..<start + count, plane: plane, into: rows)
                return
            }
            let byteCount = geometry.blockByteCount(rows: count)
            try unsafe withScratch(byteCount) { (units) throws(ImageError) in
                try unsafe decoder.readBlock(
                    x: 0, rows: start..<start + count, plane: plane, into: units)
                unsafe subsampling.expand(
                    UnsafeRawBufferPointer(units), width: geometry.blockWidth, into: rows)
            }
        }
    }

    /// Decodes a row of tiles and lays their rows side by side.
    private func decodeTiles(
        y: Int, count: Int, plane: Int, into rows: UnsafeMutableRawBufferPointer
    ) throws(ImageError) {
        for index in 0..<geometry.blocksAcross {
            try unsafe withScratch(scratch.count) { (tile) throws(ImageError) in
                try unsafe decoder.readBlock(
                    x: index * geometry.blockWidth, rows: y..<y + count, plane: plane, into: tile)
                unsafe place(UnsafeRawBufferPointer(tile), index, in: rows)
            }
        }
    }

    /// Copies the rows of the `index`th tile of a row of tiles.
    private func place(
        _ tile: UnsafeRawBufferPointer, _ index: Int, in rows: UnsafeMutableRawBufferPointer
    ) {
        guard let subsampling = geometry.subsampling else {
            unsafe copyRows(of: tile, index, to: rows)
            return
        }
        unsafe expanded.withUnsafeMutableBytes { pixels in
            unsafe subsampling.expand(tile, width: geometry.blockWidth, into: pixels)
            unsafe copyRows(of: UnsafeRawBufferPointer(pixels), index, to: rows)
        }
    }

    private func copyRows(
        of tile: UnsafeRawBufferPointer, _ index: Int, to rows: UnsafeMutableRawBufferPointer
    ) {
        let (rowByteCount, tileRowByteCount) = (geometry.rowByteCount, geometry.blockRowByteCount)
        for row in 0..<rows.count / rowByteCount {
            let from = row * tileRowByteCount
            let to = row * rowByteCount + index * tileRowByteCount
            unsafe UnsafeMutableRawBufferPointer(rebasing: rows[to..<to + tileRowByteCount])
                .copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: tile[from..<from + tileRowByteCount]))
        }
    }

    private func withScratch(
        _ byteCount: Int,
        _ body: (UnsafeMutableRawBufferPointer) throws(ImageError) -> Void
    ) throws(ImageError) {
        try unsafe scratch.withUnsafeMutableBufferPointer { (scratch) throws(ImageError) in
            try unsafe body(
                UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(rebasing: scratch[..<byteCount])))
        }
    }
}
