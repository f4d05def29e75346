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

    mutating func append(bytes more: [UInt8]) {
        bytes += more
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

extension Raster {
    /// Calls `body` with the samples of each pixel, row by row.
    func forEachPixel(_ body: (Span<Int>) -> Void) {
        let channels = layout.channelCount
        var pixel = [Int](repeating: 0, count: channels)
        unsafe bytes.withUnsafeBytes { bytes in
            let small = unsafe bytes.bindMemory(to: UInt8.self)
            let large = unsafe bytes.bindMemory(to: UInt16.self)
            for start in stride(from: 0, to: size.pixelCount * channels, by: channels) {
                for c in 0..<channels {
                    pixel[c] =
                        layout.sample == .uint8
                        ? Int(unsafe small[start + c]) : Int(unsafe large[start + c])
                }
                body(pixel.span)
            }
        }
    }

    /// Calls `body` with the address of a pixel's first sample.
    func withSamples<T>(atColumn column: Int, row: Int, _ body: (UnsafeRawPointer) -> T) -> T {
        let offset = (row * size.width + column) * layout.bytesPerPixel
        return unsafe bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { preconditionFailure("an empty picture") }
            return unsafe body(base + offset)
        }
    }
}
