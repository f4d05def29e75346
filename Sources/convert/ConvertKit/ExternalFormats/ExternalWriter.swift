internal import CPluginHost
internal import FormatKit

/// Writes one file through a plugin's process.
final class ExternalWriter: ImageWriter {
    private let descriptor: FormatDescriptor
    private let process: PluginProcess
    private let sink: any ImageSink
    private let memory: MemoryShare
    private let services: PluginProcess.Services
    private var pictures: WrittenPictures

    init(
        _ process: PluginProcess, _ descriptor: FormatDescriptor, _ sink: any ImageSink,
        _ header: ImageHeader, _ settings: WriteSettings, bytesPerPixel: Int,
        context: CodecContext
    ) throws(ImageError) {
        self.process = process
        self.descriptor = descriptor
        self.sink = sink
        memory = context.memory.makeShare()
        if bytesPerPixel > 0 {
            try memory.reserve(header.size, bytesPerPixel: bytesPerPixel)
        }
        services = PluginProcess.Services(
            sink: sink, lose: { context.lose(.part(of: .formatBlocks, $0)) },
            warn: { context.warn($0) }, isCancelled: context.isCancelled)
        pictures = WrittenPictures(in: descriptor.id, header)
        let fields = Self.fields(header) + Self.fields(settings, descriptor.options)
        try ask(PluginFrame(PLUGIN_CREATE, fields.flatMap(\.bytes)[...]))
    }

    private static func fields(_ header: ImageHeader) -> [PluginField] {
        let (layout, metadata) = (header.layout, header.metadata)
        let density = metadata.resolution?.pixelsPerMeter
        let numbers = plugin_image_numbers(
            width: UInt32(header.size.width), height: UInt32(header.size.height),
            channels: UInt32(layout.channelCount), bits: UInt32(layout.sample.bitCount),
            significant_bits: UInt32(clamping: header.significantBits), padding: 0,
            x_density: density.map { $0.horizontal * 0.0254 } ?? 0,
            y_density: density.map { $0.vertical * 0.0254 } ?? 0)
        let blocks: [(plugin_field, [UInt8]?)] = [
            (PLUGIN_FIELD_ICC, metadata.icc), (PLUGIN_FIELD_EXIF, metadata.exif),
            (PLUGIN_FIELD_XMP, metadata.xmp),
        ]
        return [PluginField(PLUGIN_FIELD_IMAGE, PluginNumbers.bytes(numbers)[...])]
            + blocks.compactMap { (tag, bytes) in bytes.map { PluginField(tag, $0[...]) } }
    }

    private static func fields(
        _ settings: WriteSettings, _ options: [OptionSpec]
    ) -> [PluginField] {
        let numbers = plugin_settings_numbers(
            quality: settings.quality ?? -1, lossless: settings.isLossless ? 1 : 0,
            effort: Int32(settings.effort ?? 0))
        let values = options.compactMap { option in
            settings.options.text(option).map { text in
                let bytes = Array(option.key.utf8) + [0] + Array(text.utf8) + [0]
                return PluginField(PLUGIN_FIELD_VALUE, bytes[...])
            }
        }
        return [PluginField(PLUGIN_FIELD_SETTINGS, PluginNumbers.bytes(numbers)[...])] + values
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        pictures.add(band)
        let step = PluginFrame.rowCount(bytesPerRow: band.bytesPerRow) * band.bytesPerRow
        var rest = band.filledBytes
        while !rest.isEmpty {
            try ask(PluginFrame(PLUGIN_WRITE, rest.prefix(step)))
            rest = rest.dropFirst(step)
        }
    }

    func finish() throws(ImageError) {
        try pictures.endPicture()
        try ask(PluginFrame(PLUGIN_FINISH))
        try checkSignature()
    }

    private func ask(_ request: PluginFrame) throws(ImageError) {
        guard try process.answer(to: request, services).kind == PLUGIN_DONE else {
            throw process.nonsense
        }
    }

    /// A file that its own format does not recognize is none that anybody wants.
    private func checkSignature() throws(ImageError) {
        let signatures = descriptor.signatures
        guard !signatures.isEmpty else { return }
        var head = [UInt8](repeating: 0, count: signatures.map(\.byteCount).max() ?? 0)
        let count = try unsafe head.withUnsafeMutableBufferPointer {
            (buffer) throws(ImageError) -> Int in
            try unsafe sink.read(at: 0, into: UnsafeMutableRawBufferPointer(buffer))
        }
        guard signatures.contains(where: { $0.matches(Array(head.prefix(count))) }) else {
            throw .codecFailure(descriptor.id, "the plugin has written a file of another format")
        }
    }
}

extension OptionValues {
    /// What is set for an option, as text.
    fileprivate func text(_ option: OptionSpec) -> String? {
        switch option.kind {
        case .integer: integer(option.key).map(String.init)
        case .real: real(option.key).map { "\($0)" }
        case .boolean: boolean(option.key).map(String.init)
        case .choice: choice(option.key)
        }
    }
}
