internal import FormatKit

/// The whole image that is being encoded, as it came: rows of interleaved samples.
struct Raster: Sendable {
    let size: ImageSize
    let layout: PixelLayout
    private(set) var bytes: [UInt8] = []

    init(size: ImageSize, layout: PixelLayout) {
        self.size = size
        self.layout = layout
        bytes.reserveCapacity(size.height * layout.bytesPerRow(width: size.width))
    }

    /// Whether every row has come.
    var isComplete: Bool { bytes.count == size.height * layout.bytesPerRow(width: size.width) }

    mutating func append(_ band: PixelBand) {
        bytes += band.filledBytes
    }

    /// The samples of a region, as numbers in 0…1.
    func values(columns: Range<Int>, rows: Range<Int>) -> [Float] {
        let rowCount = columns.count * layout.channelCount
        return unsafe [Float](unsafeUninitializedCapacity: rows.count * rowCount) { values, count in
            unsafe bytes.withUnsafeBytes { bytes in
                let small = unsafe bytes.bindMemory(to: UInt8.self)
                let large = unsafe bytes.bindMemory(to: UInt16.self)
                for row in rows {
                    let start = (row * size.width + columns.lowerBound) * layout.channelCount
                    for k in start..<start + rowCount {
                        unsafe values[count] =
                            layout.sample == .uint8
                            ? Float(small[k]) / 255 : Float(large[k]) / 65_535
                        count += 1
                    }
                }
            }
        }
    }
}
