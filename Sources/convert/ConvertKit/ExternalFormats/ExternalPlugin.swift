internal import CPluginHost
internal import FormatKit

/// A format of a plugin from outside, which never runs in this process.
struct ExternalPlugin: FormatPlugin {
    let descriptor: FormatDescriptor
    let library: String
    private let launcher: PluginLauncher
    private let bytesPerPixel: Int

    /// Asks a plugin what it is.
    ///
    /// - Throws: ``PluginDescription/Refusal`` if it does not say that, or it makes no sense.
    init(_ launcher: PluginLauncher) throws(PluginDescription.Refusal) {
        self.launcher = launcher
        let answer: PluginFrame
        do throws(ImageError) {
            // Who hangs at once would make every command hang.
            let end = ContinuousClock.now + .seconds(10)
            let services = PluginProcess.Services(isCancelled: { ContinuousClock.now > end })
            let process = try launcher.start(
                Limits.default.memoryByteCount, for: FormatID("plugin"))
            answer = try process.answer(to: PluginFrame(PLUGIN_DESCRIBE), services)
        } catch .codecFailure(_, let reason) {
            throw PluginDescription.Refusal(reason: reason)
        } catch .cancelled {
            throw PluginDescription.Refusal(reason: "it does not answer")
        } catch {
            throw PluginDescription.Refusal(reason: error.description)
        }
        guard answer.kind == PLUGIN_DESCRIPTION else {
            throw PluginDescription.Refusal(reason: "the plugin speaks nonsense")
        }
        let description = try PluginDescription(answer.content, path: launcher.plugin)
        descriptor = description.descriptor
        library = description.library
        bytesPerPixel = description.bytesPerPixel
    }

    func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        guard descriptor.read != nil else { throw .unsupported(descriptor.id, "reading") }
        return try ExternalReader(
            try process(context), descriptor.id, source, bytesPerPixel: bytesPerPixel,
            context: context)
    }

    func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try settings.checkRanges()
        try descriptor.checkStorable(header)
        return try ExternalWriter(
            try process(context), descriptor, sink, header, settings,
            bytesPerPixel: bytesPerPixel, context: context)
    }

    private func process(_ context: CodecContext) throws(ImageError) -> PluginProcess {
        let left = context.memory.limit - context.memory.reservedByteCount
        return try launcher.start(max(left, 1), for: descriptor.id)
    }
}

/// The memory that the plugin has told, of whatever picture.
extension ExternalPlugin: FormatPlanning {
    func memoryPerPixel(reading layout: PixelLayout) -> Int? { knownBytesPerPixel }

    func memoryPerPixel(writing layout: PixelLayout, with settings: WriteSettings) -> Int? {
        knownBytesPerPixel
    }

    private var knownBytesPerPixel: Int? { bytesPerPixel > 0 ? bytesPerPixel : nil }
}

/// How the process of a plugin is started.
struct PluginLauncher: Sendable {
    /// The words that make a program a plugin's host.
    let host: [String]
    /// The shared library.
    let plugin: String

    /// Starts a process.
    func start(
        _ memoryByteCount: Int, for format: FormatID
    ) throws(ImageError) -> PluginProcess {
        try PluginProcess(
            host, plugin: plugin, memoryByteCount: memoryByteCount, format: format)
    }
}
