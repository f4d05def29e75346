#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
internal import CPluginHost
internal import FormatKit

/// A process that holds a plugin, for one file.
///
/// What it says is not believed: it may have been overwritten by what it reads.
final class PluginProcess {
    /// What the converter does for a plugin while that works.
    struct Services {
        /// The file that is read.
        var source: (any ImageSource)?
        /// The file that is written.
        var sink: (any ImageSink)?
        /// Told what is lost.
        var lose: (String) -> Void = { _ in }
        /// Told what is odd.
        var warn: (String) -> Void = { _ in }
        /// Whether the work is to stop.
        var isCancelled: () -> Bool = { false }
    }

    private let format: FormatID
    private let process: ChildProcess
    /// How the process has ended, once it has.
    private var end: ProcessEnd?

    /// The longest frames but rows, in bytes.
    private static let longestFrame = 1 << 21
    /// The longest text, in bytes.
    private static let longestText = 1 << 12

    /// Starts a process.
    ///
    /// - Parameters:
    ///   - host: The command that makes this program a plugin's host.
    ///   - plugin: The path of the shared library.
    ///   - memoryByteCount: What the process may hold.
    ///   - format: Whom to blame.
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)`` if the system refuses.
    init(
        _ host: [String], plugin: String, memoryByteCount: Int, format: FormatID
    ) throws(ImageError) {
        self.format = format
        process = try ChildProcess(
            host + [plugin, String(memoryByteCount)], called: "the process of a plugin",
            showsErrors: false)
        // Who does not read must not keep us from being canceled.
        _ = fcntl(process.input, F_SETFL, O_NONBLOCK)
    }

    deinit {
        stop()
    }

    /// Sends a request and does what the plugin asks for until it answers.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - longest: The longest answer that makes sense, in bytes, if it is longer than others.
    ///   - services: What is done for the plugin.
    /// - Returns: The answer; none that says that the plugin has failed.
    /// - Throws: ``/FormatKit/ImageError`` if it has, what a source or a sink throws, or
    ///   ``/FormatKit/ImageError/cancelled``. The process is of no use then.
    func answer(
        to request: PluginFrame, longest: Int = 0, _ services: Services
    ) throws(ImageError) -> PluginFrame {
        do throws(ImageError) {
            try send(request, services)
            while true {
                let frame = try receive(atMost: max(longest, Self.longestFrame), services)
                switch frame.kind {
                case PLUGIN_NEED: try send(try bytes(frame, of: services.source), services)
                case PLUGIN_OUTPUT:
                    guard let sink = services.sink else { throw nonsense }
                    try sink.append(Array(frame.content))
                case PLUGIN_LOSS: services.lose(try text(frame.content))
                case PLUGIN_WARNING: services.warn(try text(frame.content))
                case PLUGIN_FAILED: throw try failure(frame)
                default: return frame
                }
            }
        } catch {
            stop()
            throw error
        }
    }

    /// What is wrong with a plugin whose answer makes no sense.
    var nonsense: ImageError { .codecFailure(format, "the plugin speaks nonsense") }

    private func bytes(
        _ frame: PluginFrame, of source: (any ImageSource)?
    ) throws(ImageError) -> PluginFrame {
        var rest = frame.content
        guard let source, let offset = PluginNumbers.take(UInt64.self, from: &rest),
            let count = PluginNumbers.value(UInt64.self, of: rest), count <= Self.longestFrame
        else { throw nonsense }
        guard let offset = Int(exactly: offset), offset < source.byteCount else {
            return PluginFrame(PLUGIN_BYTES)
        }
        return PluginFrame(PLUGIN_BYTES, try source.bytes(at: offset, count: Int(count))[...])
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws(ImageError) -> String {
        guard bytes.count <= Self.longestText, let text = PluginField.text(bytes) else {
            throw nonsense
        }
        return text
    }

    private func failure(_ frame: PluginFrame) throws(ImageError) -> ImageError {
        var rest = frame.content
        guard let status = PluginNumbers.take(UInt32.self, from: &rest),
            let place = PluginNumbers.take(Int64.self, from: &rest)
        else { throw nonsense }
        let words = try text(rest)
        let reason = words.isEmpty ? "the plugin does not say why" : words
        let offset = place < 0 ? nil : Int(exactly: place)
        switch format_status(status) {
        case FORMAT_MALFORMED: return .malformed(format, reason, offset: offset)
        case FORMAT_TRUNCATED: return .truncated(format, reason, offset: offset)
        case FORMAT_UNSUPPORTED: return .unsupported(format, reason)
        case FORMAT_INVALID_OPTION: return .invalidOption(name: format.rawValue, reason: reason)
        case FORMAT_OUT_OF_MEMORY: return .outOfMemory
        default: return .codecFailure(format, reason)
        }
    }

    // MARK: Pipes

    private func send(_ frame: PluginFrame, _ services: Services) throws(ImageError) {
        try send(frame.head[...], services)
        try send(frame.content, services)
    }

    private func send(_ bytes: ArraySlice<UInt8>, _ services: Services) throws(ImageError) {
        var rest = bytes
        while !rest.isEmpty {
            guard end == nil else { throw gone }
            try wait(for: process.input, POLLOUT, services)
            let count = unsafe rest.withUnsafeBytes {
                unsafe write(process.input, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { throw gone }
            rest = rest.dropFirst(count)
        }
    }

    private func receive(
        atMost longest: Int, _ services: Services
    ) throws(ImageError) -> PluginFrame {
        var head = try receive(exactly: PluginFrame.headByteCount, services)[...]
        guard let kind = PluginNumbers.take(UInt32.self, from: &head),
            let count = PluginNumbers.take(UInt32.self, from: &head), count <= longest
        else { throw nonsense }
        return PluginFrame(plugin_frame(kind), try receive(exactly: Int(count), services)[...])
    }

    private func receive(
        exactly count: Int, _ services: Services
    ) throws(ImageError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var received = 0
        while received < count {
            guard end == nil else { throw gone }
            try wait(for: process.output, POLLIN, services)
            let more = unsafe bytes.withUnsafeMutableBytes { (buffer) -> Int in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[received...])
                return unsafe read(process.output, rest.baseAddress, rest.count)
            }
            if more < 0, errno == EINTR { continue }
            guard more > 0 else { throw gone }
            received += more
        }
        return bytes
    }

    /// Waits until a pipe can be used, or has lost its other end.
    private func wait(
        for pipe: Int32, _ event: Int32, _ services: Services
    ) throws(ImageError) {
        while true {
            if services.isCancelled() { throw .cancelled }
            var request = pollfd(fd: pipe, events: Int16(event), revents: 0)
            if unsafe poll(&request, 1, 50) > 0 { return }
        }
    }

    /// What is wrong with a plugin that is no longer there.
    private var gone: ImageError {
        // It may only have closed its pipes; a process that has ended keeps its own end.
        stop()
        if end?.isForShortage == true { return .outOfMemory }
        return .codecFailure(format, "the plugin \(end.map(\.description) ?? "has gone")")
    }

    private func stop() {
        guard end == nil else { return }
        process.signal(SIGKILL)
        close(process.input)
        close(process.output)
        end = process.wait()
    }
}
