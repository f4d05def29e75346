internal import FormatKit

/// Reads one QOI file, row by row.
final class QOIReader: ImageReader {
    let header: ImageHeader
    private let source: any ImageSource
    private let context: CodecContext
    private var bytes: SourceBytes
    private var pixel = QOIPixel.start
    private var seen = [QOIPixel](repeating: .none, count: 64)
    /// The number of further pixels like the last.
    private var runCount = 0
    private var rowCount = 0
    /// Whether pixels that are not opaque were told in a file that has no alpha.
    private var hasMoreThanColors = false

    init(source: any ImageSource, context: CodecContext) throws(ImageError) {
        let file = try QOIHeader(parsing: source)
        try context.limits.check(file.size)
        let layout = PixelLayout(.rgb, .uint8, alpha: file.hasAlpha ? .straight : .opaque)
        var metadata = ImageMetadata()
        if file.isLinear {
            metadata.gamma = 1
            metadata.chromaticities = .sRGB
        }
        header = ImageHeader(
            size: file.size, layout: layout, metadata: metadata,
            details: [ImageDetail("colors", .text(file.isLinear ? "linear" : "sRGB"))])
        bytes = SourceBytes(of: source, at: QOIHeader.byteCount)
        self.source = source
        self.context = context
    }

    var heldByteCount: Int? { 0 }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        let count = min(band.rowCapacity, header.size.height - rowCount)
        let channelCount = band.layout.channelCount
        let rowByteCount = band.bytesPerRow
        try unsafe band.fill(rowCount: count) { (buffer) throws(ImageError) in
            for row in 0..<count {
                try context.checkCancellation()
                for place in stride(from: 0, to: rowByteCount, by: channelCount) {
                    try advance()
                    let start = row * rowByteCount + place
                    unsafe buffer[start] = pixel.red
                    unsafe buffer[start + 1] = pixel.green
                    unsafe buffer[start + 2] = pixel.blue
                    if channelCount == 4 {
                        unsafe buffer[start + 3] = pixel.alpha
                    } else if pixel.alpha != 255 {
                        hasMoreThanColors = true
                    }
                }
            }
        }
        rowCount += count
        if count > 0, rowCount == header.size.height { try checkEnd() }
    }

    /// Goes on to the next pixel.
    private func advance() throws(ImageError) {
        guard runCount == 0 else {
            runCount -= 1
            return
        }
        let code = try byte()
        switch code {
        case QOICode.rgb:
            (pixel.red, pixel.green, pixel.blue) = (try byte(), try byte(), try byte())
        case QOICode.rgba:
            pixel = QOIPixel(
                red: try byte(), green: try byte(), blue: try byte(), alpha: try byte())
        default:
            switch code & 0xC0 {
            case QOICode.place: pixel = seen[Int(code)]
            case QOICode.difference:
                pixel.red &+= (code >> 4 & 3) &- 2
                pixel.green &+= (code >> 2 & 3) &- 2
                pixel.blue &+= (code & 3) &- 2
            case QOICode.luma:
                let rest = try byte()
                let green = (code & 63) &- 32
                pixel.red &+= green &+ (rest >> 4) &- 8
                pixel.green &+= green
                pixel.blue &+= green &+ (rest & 15) &- 8
            default: runCount = Int(code & 63)
            }
        }
        seen[pixel.place] = pixel
    }

    private func byte() throws(ImageError) -> UInt8 {
        guard let byte = try bytes.next() else {
            throw .truncated(.qoi, "pixels are missing", offset: source.byteCount)
        }
        return byte
    }

    /// Looks for the mark behind the last pixel.
    private func checkEnd() throws(ImageError) {
        if hasMoreThanColors { context.lose(.channels(1)) }
        if runCount > 0 {
            context.warn("the last run is \(runCount) pixels longer than the picture")
        }
        guard try source.bytes(at: bytes.offset, count: QOICode.end.count) == QOICode.end else {
            // All pixels are there, and other readers do not look for more.
            context.lose(.part(of: .formatBlocks, "the end mark is damaged or missing"))
            return
        }
        var warnings = WarningRelay(context)
        try Remainder(of: source, from: bytes.offset + QOICode.end.count)?.tell(&warnings)
    }
}
