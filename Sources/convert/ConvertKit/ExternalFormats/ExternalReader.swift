internal import CPluginHost
internal import FormatKit

/// Reads one file through a plugin's process.
final class ExternalReader: ImageReader {
    let header: ImageHeader
    let heldByteCount: Int?
    private let format: FormatID
    private let process: PluginProcess
    private let memory: MemoryShare
    private var services: PluginProcess.Services
    private var rowCount = 0

    init(
        _ process: PluginProcess, _ format: FormatID, _ source: any ImageSource,
        bytesPerPixel: Int, context: CodecContext
    ) throws(ImageError) {
        self.process = process
        self.format = format
        services = PluginProcess.Services(
            source: source, warn: { context.warn($0) }, isCancelled: context.isCancelled)
        var losses: [Loss] = []
        var opening = services
        opening.lose = { losses.append(.part(of: .formatBlocks, $0)) }
        let request = PluginFrame(PLUGIN_OPEN, PluginNumbers.bytes(UInt64(source.byteCount))[...])
        let answer = try process.answer(
            to: request, longest: 3 * min(context.limits.metadataByteCount, 1 << 30), opening)
        guard answer.kind == PLUGIN_IMAGE, let fields = PluginField.fields(of: answer.content)
        else { throw process.nonsense }
        var header = try Self.header(fields, format, context.limits)
        header.losses = losses
        memory = context.memory.makeShare()
        heldByteCount = bytesPerPixel * header.size.pixelCount
        if bytesPerPixel > 0 {
            try memory.reserve(header.size, bytesPerPixel: bytesPerPixel)
        }
        self.header = header
        services.lose = { context.lose(.part(of: .formatBlocks, $0)) }
    }

    /// What a plugin says of a picture, checked.
    private static func header(
        _ fields: [PluginField], _ format: FormatID, _ limits: Limits
    ) throws(ImageError) -> ImageHeader {
        func lie(_ words: String) -> ImageError {
            .codecFailure(format, "the plugin speaks of \(words)")
        }
        guard let content = fields.first(where: { $0.tag == PLUGIN_FIELD_IMAGE })?.content,
            let numbers = PluginNumbers.value(plugin_image_numbers.self, of: content)
        else { throw lie("no picture") }
        let (width, height) = (Int(numbers.width), Int(numbers.height))
        guard width > 0, height > 0, width <= Int32.max, height <= Int32.max else {
            throw lie("\(width) x \(height) pixels")
        }
        try limits.check(ImageSize(width: width, height: height))
        let (channels, bits) = (Int(numbers.channels), Int(numbers.bits))
        guard let layout = PixelLayout(channelCount: channels, bitCount: bits) else {
            throw lie("\(channels) channels of \(bits) bits")
        }
        guard layout.bytesPerRow(width: width) <= PluginFrame.longestRow else {
            throw .unsupported(format, "rows of more than \(PluginFrame.longestRow) bytes")
        }
        let significant = Int(numbers.significant_bits)
        guard significant <= bits else { throw lie("\(significant) of \(bits) bits") }
        var metadata = ImageMetadata()
        for field in fields {
            try limits.checkMetadata(field.content.count)
            switch field.tag {
            case PLUGIN_FIELD_ICC: metadata.icc = Array(field.content)
            case PLUGIN_FIELD_EXIF: metadata.exif = Array(field.content)
            case PLUGIN_FIELD_XMP: metadata.xmp = Array(field.content)
            default: break
            }
        }
        if (1e-6...1e9).contains(numbers.x_density), (1e-6...1e9).contains(numbers.y_density) {
            metadata.resolution = Resolution(
                horizontal: numbers.x_density, vertical: numbers.y_density, unit: .inch)
        }
        return ImageHeader(
            size: ImageSize(width: width, height: height), layout: layout,
            significantBits: significant > 0 ? significant : nil, metadata: metadata)
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        let count = min(band.rowCapacity, header.size.height - rowCount)
        let bytesPerRow = band.bytesPerRow
        let step = PluginFrame.rowCount(bytesPerRow: bytesPerRow)
        try unsafe band.fill(rowCount: count) { (buffer) throws(ImageError) in
            for first in stride(from: 0, to: count, by: step) {
                let rows = try rows(min(step, count - first), bytesPerRow: bytesPerRow)
                let place = first * bytesPerRow..<first * bytesPerRow + rows.count
                unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[place]).copyBytes(from: rows)
            }
        }
        rowCount += count
    }

    private func rows(_ count: Int, bytesPerRow: Int) throws(ImageError) -> ArraySlice<UInt8> {
        let answer = try process.answer(
            to: PluginFrame(PLUGIN_READ, PluginNumbers.bytes(UInt32(count))[...]),
            longest: count * bytesPerRow, services)
        guard answer.kind == PLUGIN_ROWS, answer.content.count == count * bytesPerRow else {
            throw process.nonsense
        }
        return answer.content
    }
}
