internal import FormatKit

/// Reads one file, row by row.
final class HDRReader: ImageReader {
    let header: ImageHeader
    private let source: any ImageSource
    private let context: CodecContext
    private let memory: MemoryShare
    private let isXYZ: Bool
    private var decoder: HDRRowDecoder
    /// The bytes of a row.
    private var row: [UInt8]
    private var rowCount = 0

    init(source: any ImageSource, context: CodecContext) throws(ImageError) {
        let file = try HDRHeader(of: source, context.limits)
        try context.limits.check(file.size)
        memory = context.memory.makeShare()
        let rowByteCount = file.size.width * 4
        try memory.reserve(rowByteCount)
        header = ImageHeader(
            size: file.size, layout: PixelLayout(.rgb, .float32), metadata: file.metadata,
            losses: file.losses, details: file.details)
        row = [UInt8](repeating: 0, count: rowByteCount)
        decoder = HDRRowDecoder(source, file)
        isXYZ = file.isXYZ
        self.source = source
        self.context = context
    }

    var heldByteCount: Int? { 0 }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        let count = min(band.rowCapacity, header.size.height - rowCount)
        let samplesPerRow = 3 * band.width
        try unsafe band.fill(rowCount: count) { (buffer) throws(ImageError) in
            let samples = unsafe buffer.bindMemory(to: Float.self)
            for index in 0..<count {
                try context.checkCancellation()
                try decoder.decode(into: &row)
                let target = unsafe UnsafeMutableBufferPointer(
                    rebasing: samples[index * samplesPerRow..<(index + 1) * samplesPerRow])
                unsafe expand(into: target)
            }
        }
        rowCount += count
        if count > 0, rowCount == header.size.height {
            var warnings = WarningRelay(context)
            try Remainder(of: source, from: decoder.offset)?.tell(&warnings)
        }
    }

    /// Makes samples of a row.
    private func expand(into samples: UnsafeMutableBufferPointer<Float>) {
        for column in 0..<header.size.width {
            let scale = HDRPixel.scales[Int(row[4 * column + 3])]
            let first = Float(row[4 * column]) * scale
            let second = Float(row[4 * column + 1]) * scale
            let third = Float(row[4 * column + 2]) * scale
            let place = 3 * column
            if isXYZ {
                let (x, y, z) = (Double(first), Double(second), Double(third))
                unsafe samples[place] = Float(3.2404542 * x - 1.5371385 * y - 0.4985314 * z)
                unsafe samples[place + 1] = Float(-0.9692660 * x + 1.8760108 * y + 0.0415560 * z)
                unsafe samples[place + 2] = Float(0.0556434 * x - 0.2040259 * y + 1.0572252 * z)
            } else {
                unsafe samples[place] = first
                unsafe samples[place + 1] = second
                unsafe samples[place + 2] = third
            }
        }
    }
}
