internal import FormatKit

/// Resamples the rows of an octave as they come: first along each row, then along the columns.
///
/// Sums are exact until a sample is rounded, once. Color is weighted by alpha, so that what is
/// transparent does not show.
final class ResampledRegion: RegionDecoder {
    private let source: any RegionDecoder
    private let sourceRegion: PixelRegion
    private let layout: PixelLayout
    private let taps: (columns: [FilterTaps], rows: [FilterTaps])
    /// Source rows that have been filtered along, from `windowStart` on.
    private var window: ArraySlice<[Int]> = []
    private var windowStart: Int
    /// The next source row to be decoded.
    private var nextSourceRow: Int
    private var nextRow = 0

    /// Few rows are decoded at a time: as many as keep threads busy.
    static let bandHeight = 32

    /// Resamples what `source` delivers, which is the region of a plan.
    init(
        _ source: any RegionDecoder, region: PixelRegion, layout: PixelLayout,
        taps: (columns: [FilterTaps], rows: [FilterTaps])
    ) {
        self.source = source
        self.layout = layout
        self.taps = taps
        sourceRegion = region
        windowStart = region.rows.lowerBound
        nextSourceRow = windowStart
    }

    func decodeRows(into output: UnsafeMutableRawBufferPointer) throws(ImageError) {
        let rowByteCount = layout.bytesPerRow(width: taps.columns.count)
        precondition(output.count % rowByteCount == 0)
        for start in stride(from: 0, to: output.count, by: rowByteCount) {
            let rowTaps = taps.rows[nextRow]
            window = window.dropFirst(rowTaps.first - windowStart)
            windowStart = rowTaps.first
            while nextSourceRow < rowTaps.range.upperBound { try decodeBand() }
            let row = start..<start + rowByteCount
            unsafe store(rowTaps, into: UnsafeMutableRawBufferPointer(rebasing: output[row]))
            nextRow += 1
        }
    }

    /// Decodes the next rows of the source and filters each along.
    private func decodeBand() throws(ImageError) {
        let count = min(Self.bandHeight, sourceRegion.rows.upperBound - nextSourceRow)
        let width = sourceRegion.columns.count
        let rowByteCount = layout.bytesPerRow(width: width)
        var bytes = [UInt8](repeating: 0, count: count * rowByteCount)
        try unsafe bytes.withUnsafeMutableBufferPointer { (buffer) throws(ImageError) in
            try unsafe source.decodeRows(into: UnsafeMutableRawBufferPointer(buffer))
        }
        for row in 0..<count {
            var samples = bytes[row * rowByteCount..<(row + 1) * rowByteCount].samples(layout)
            if layout.hasAlpha { Self.multiplyByAlpha(&samples, layout.channelCount) }
            window.append(filteredAlong(samples))
        }
        nextSourceRow += count
    }

    private static func multiplyByAlpha(_ samples: inout [Int], _ channelCount: Int) {
        for pixel in stride(from: 0, to: samples.count, by: channelCount) {
            let alpha = samples[pixel + channelCount - 1]
            for channel in pixel..<pixel + channelCount - 1 { samples[channel] *= alpha }
        }
    }

    private func filteredAlong(_ samples: [Int]) -> [Int] {
        let channelCount = layout.channelCount
        var sums = [Int](repeating: 0, count: taps.columns.count * channelCount)
        for (column, taps) in taps.columns.enumerated() {
            var from = (taps.first - sourceRegion.columns.lowerBound) * channelCount
            for weight in taps.weights {
                for channel in 0..<channelCount {
                    sums[column * channelCount + channel] += weight * samples[from + channel]
                }
                from += channelCount
            }
        }
        return sums
    }

    /// Filters the window's rows along the columns and rounds.
    private func store(_ rowTaps: FilterTaps, into output: UnsafeMutableRawBufferPointer) {
        var sums = [Int](repeating: 0, count: taps.columns.count * layout.channelCount)
        for (weight, row) in zip(rowTaps.weights, window) {
            for index in sums.indices { sums[index] += weight * row[index] }
        }
        let (count, hasAlpha) = (layout.channelCount, layout.hasAlpha)
        let maximum = layout.sample == .uint8 ? 255 : 65_535
        let bits = 2 * AxisFilter.weightBits
        for index in sums.indices {
            let alpha = sums[index / count * count + count - 1]
            let isWeighted = hasAlpha && index % count < count - 1
            let value =
                !isWeighted
                ? (sums[index] + (1 << (bits - 1))) >> bits
                : alpha > 0 ? (sums[index] + alpha / 2) / alpha : 0
            let sample = min(max(value, 0), maximum)
            if layout.sample == .uint8 {
                unsafe output[index] = UInt8(truncatingIfNeeded: sample)
            } else {
                unsafe output.storeBytes(
                    of: UInt16(truncatingIfNeeded: sample), toByteOffset: 2 * index,
                    as: UInt16.self)
            }
        }
    }
}

extension ArraySlice<UInt8> {
    /// The samples of a row, which are in the order of bytes of this machine.
    fileprivate func samples(_ layout: PixelLayout) -> [Int] {
        guard layout.sample != .uint8 else { return map(Int.init) }
        return unsafe withUnsafeBytes { bytes in
            (0..<bytes.count / 2).map {
                unsafe Int(bytes.loadUnaligned(fromByteOffset: 2 * $0, as: UInt16.self))
            }
        }
    }
}
