internal import CoinKernels
internal import FormatKit

/// Decodes rows one at a time, for one thread (spec §7).
struct RowDecoder {
    private let header: CoinHeader
    private let columns: ColumnPlan
    private let rowAxis: SampleAxis
    private let evaluators: [NetworkEvaluator]
    /// The decoded row: one plane a channel, as wide as the region.
    private var line: [Float]
    /// The row as the upper row of tiles sees it, where two rows of tiles overlap.
    private var upperLine: [Float]
    private var segment: [Float]
    /// The horizontal coordinates of each segment, for the row of tiles that was last evaluated.
    private var coordinates: [(tileRow: Int, x: [Float])]
    private var y: [Float]
    private var workspace: [Float] = []

    init(
        header: CoinHeader, evaluators: [NetworkEvaluator], columns: ColumnPlan,
        imageSize: ImageSize
    ) {
        self.header = header
        self.evaluators = evaluators
        self.columns = columns
        rowAxis = SampleAxis(tiles: header.grid.vertical, count: imageSize.height)
        let count = columns.columns.count
        line = [Float](repeating: 0, count: count * header.channelCount)
        upperLine = line
        segment = line
        coordinates = columns.segments.map { _ in (-1, []) }
        y = [Float](repeating: 0, count: count)
    }

    /// The most memory that a decoder of rows takes, in bytes: the planes of three rows, coordinates
    /// (twice in overlaps) and blends, what it knows of each column of tiles, and scratch memory.
    static func heldByteCount(width: Int, channelCount: Int, tileCount: Int) -> Int {
        width * MemoryLayout<Float>.stride * (3 * channelCount + 4)
            + min(tileCount, width) * byteCountPerTile + scratchByteCount
    }

    private static let byteCountPerTile = 256
    /// More than a kernel asks for any network.
    private static let scratchByteCount = 1 << 16

    /// Computes row `row`, before quantization (§7.2–7.4).
    mutating func evaluate(row: Int) {
        let tileRows = rowAxis.tileIndices(in: row..<row + 1)
        for (index, tileRow) in tileRows.enumerated() {
            if index > 0 { swap(&line, &upperLine) }
            evaluate(row: row, tileRow: tileRow)
            guard index > 0 else { continue }
            let weight = rowAxis.blendWeight(row, tile: tileRow)
            for k in line.indices { line[k] = Self.blend(upperLine[k], line[k], weight) }
        }
    }

    /// Evaluates the tiles of one row of tiles and blends them along the row, into ``line``.
    private mutating func evaluate(row: Int, tileRow: Int) {
        let width = columns.columns.count
        let channelCount = header.channelCount
        for (index, part) in columns.segments.enumerated() {
            evaluateSegment(index, row: row, tileRow: tileRow)
            let count = part.samples.count
            let start = part.samples.lowerBound - columns.columns.lowerBound
            let sharedCount = part.blendWeights.count
            for channel in 0..<channelCount {
                let (from, to) = (channel * count, channel * width + start)
                for k in 0..<sharedCount {
                    line[to + k] = Self.blend(
                        line[to + k], segment[from + k], part.blendWeights[k])
                }
                for k in sharedCount..<count { line[to + k] = segment[from + k] }
            }
        }
    }

    /// Evaluates one tile's network at the samples of a row, into ``segment``.
    private mutating func evaluateSegment(_ index: Int, row: Int, tileRow: Int) {
        let part = columns.segments[index]
        let scale = header.grid.coordinateScale(column: part.tileColumn, row: tileRow)
        if coordinates[index].tileRow != tileRow {
            let x = part.samples.map {
                columns.axis.coordinate($0, tile: part.tileColumn, scale: scale)
            }
            coordinates[index] = (tileRow, x)
        }
        let count = part.samples.count
        let rowCoordinate = rowAxis.coordinate(row, tile: tileRow, scale: scale)
        for k in 0..<count { y[k] = rowCoordinate }
        let tile = tileRow * header.grid.columns + part.tileColumn
        let (x, y) = (coordinates[index].x, y)
        var (output, scratch) = ([Float](), [Float]())
        swap(&output, &segment)
        swap(&scratch, &workspace)
        var span = output.mutableSpan
        evaluators[tile].evaluate(
            x: x.span, y: y.span.extracting(0..<count), output: &span, stride: count,
            workspace: &scratch)
        swap(&output, &segment)
        swap(&scratch, &workspace)
    }

    /// `a + weight·(b − a)`, the product and sum fused (§7.4).
    private static func blend(_ a: Float, _ b: Float, _ weight: Float) -> Float {
        a.addingProduct(weight, b - a)
    }
}

extension RowDecoder {
    /// Rounds the row to samples (§7.5) and interleaves the channels.
    func quantize(into output: UnsafeMutableRawBufferPointer) {
        let width = columns.columns.count
        let channelCount = header.channelCount
        if header.bitDepth == 8 {
            let samples = unsafe output.bindMemory(to: UInt8.self)
            quantize(width, channelCount, maximum: 255) {
                unsafe samples[$0] = UInt8(truncatingIfNeeded: $1)
            }
        } else {
            let samples = unsafe output.bindMemory(to: UInt16.self)
            quantize(width, channelCount, maximum: 65_535) {
                unsafe samples[$0] = UInt16(truncatingIfNeeded: $1)
            }
        }
    }

    @inline(__always)
    private func quantize(
        _ width: Int, _ channelCount: Int, maximum: Float, store: (Int, Int32) -> Void
    ) {
        unsafe line.withUnsafeBufferPointer { line in
            for channel in 0..<channelCount {
                for k in 0..<width {
                    let value = unsafe min(max(line[channel * width + k], 0), 1)
                    store(k * channelCount + channel, Int32(value * maximum + 0.5))
                }
            }
        }
    }
}
