internal import FormatKit

/// Reads a bitmap, and lays its mask on it.
final class ICOBitmapReader: ImageReader {
    let header: ImageHeader
    private let reader: any ImageReader
    private let mask: ICOMask
    /// Whether a color behind the mask says that what is behind the pixel is inverted.
    private let canInvert: Bool
    private let context: CodecContext
    private var rowCount = 0
    private var invertedCount = 0

    init(
        _ reader: any ImageReader, under mask: ICOMask, bitCount: Int, context: CodecContext
    ) {
        var header = reader.header
        header.layout.alpha = .straight
        // Its colors are opaque.
        header.storage = nil
        self.header = header
        self.reader = reader
        self.mask = mask
        self.context = context
        canInvert = bitCount < 32
    }

    var heldByteCount: Int? { reader.heldByteCount }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        var opaque = PixelBand(
            width: band.width, layout: reader.header.layout, rowCapacity: band.rowCapacity)
        try reader.readRows(into: &opaque)
        let count = opaque.rowCount
        try unsafe band.fill(rowCount: count) { (buffer) throws(ImageError) in
            for row in 0..<count {
                let bits = try mask.bits(ofRow: rowCount + row)
                unsafe lay(bits, on: opaque, row: row, into: buffer)
            }
        }
        rowCount += count
        if count > 0, rowCount == header.size.height, invertedCount > 0 {
            let words =
                invertedCount == 1
                ? "1 pixel that inverts what is behind it becomes"
                : "\(invertedCount) pixels that invert what is behind them become"
            context.lose(.picture("\(words) transparent"))
        }
    }

    private func lay(
        _ bits: [UInt8], on opaque: PixelBand, row: Int,
        into buffer: UnsafeMutableRawBufferPointer
    ) {
        let size = opaque.layout.bytesPerPixel
        let alphaSize = opaque.layout.sample.byteCount
        var place = row * opaque.width * (size + alphaSize)
        for column in 0..<opaque.width {
            let start = row * opaque.bytesPerRow + column * size
            let isHidden = bits[column / 8] << UInt8(column % 8) & 0x80 != 0
            var isColored = false
            for byte in 0..<size {
                let value = opaque.bytes[start + byte]
                unsafe buffer[place + byte] = value
                if value != 0 { isColored = true }
            }
            for byte in size..<size + alphaSize {
                unsafe buffer[place + byte] = isHidden ? 0 : 255
            }
            if isHidden, isColored, canInvert { invertedCount += 1 }
            place += size + alphaSize
        }
    }
}
