internal import CImgconv
internal import ConvertKit
internal import FormatKit
internal import Synchronization

/// How a call does its work.
struct CallSettings: Sendable {
    /// What the text asks for, within the caller's limits.
    private(set) var options: CallOptions
    private let callbacks: Callbacks?
    private let threadCount: Int

    /// Takes the caller's structure, or every default.
    ///
    /// - Throws: ``CallError``.
    @unsafe init(_ pointer: UnsafePointer<imgconv_settings>?) throws(CallError) {
        guard let pointer = unsafe pointer else {
            self.init(options: CallOptions(), threads: 0, callbacks: nil)
            return
        }
        guard unsafe Int(pointer.pointee.size) >= MemoryLayout<imgconv_settings>.size else {
            throw .argument("the size of the settings")
        }
        let settings = unsafe pointer.pointee
        let text = unsafe settings.options.map { unsafe String(cString: $0) } ?? ""
        unsafe self.init(
            options: try CallOptions(parsing: text), threads: Int(settings.threads),
            callbacks: Callbacks(settings))
        unsafe restrict(&options.run.limits.pixelCount, to: settings.max_pixels)
        unsafe restrict(&options.run.limits.memoryByteCount, to: settings.max_memory)
    }

    /// Takes a text of options.
    ///
    /// - Throws: ``CallError``.
    init(text: String) throws(CallError) {
        self.init(options: try CallOptions(parsing: text), threads: 0, callbacks: nil)
    }

    private init(options: CallOptions, threads: Int, callbacks: Callbacks?) {
        self.options = options
        self.callbacks = callbacks
        let wanted = [threads, options.run.threadCount ?? 0].filter { $0 > 0 }.min()
        threadCount =
            MachineResources.current()
            .shares(jobs: 1, threads: wanted, workCount: 1).threads
    }

    /// Lowers a limit to what the caller allows, unless that is 0.
    private func restrict(_ limit: inout Int, to allowed: UInt64) {
        if allowed > 0 { limit = min(limit, Int(clamping: allowed)) }
    }

    /// The limits on what an input may ask for.
    var limits: Limits { options.run.limits }

    /// Whether the caller wants the work to stop.
    var isCancelled: Bool { callbacks?.isCancelled ?? false }

    /// What codecs may use and whom they tell.
    func context(warning log: WarningLog) -> CodecContext {
        let callbacks = callbacks
        var context = CodecContext(
            limits: limits, threadCount: threadCount,
            isCancelled: { callbacks?.isCancelled ?? false },
            progress: { callbacks?.tell($0) }, warn: log.add)
        context.codecOptions = options.run.codecOptions
        context.isSalvaging = options.conversion.isSalvaging
        return context
    }

    /// What converts.
    func converter(_ registry: FormatRegistry, _ context: CodecContext) -> Converter {
        Converter(
            registry: registry, context: context, isStrict: options.conversion.isStrict,
            preferences: options.conversion.preferences,
            colorEngine: options.conversion.colorEngine, isVerifying: options.run.isVerifying,
            target: options.conversion.target)
    }
}

/// The functions of the caller, called one at a time from whichever thread a codec runs.
///
/// Sendable, since the caller has promised to take calls from any thread.
@safe final class Callbacks: @unchecked Sendable {
    private let progress: imgconv_progress?
    private let cancel: imgconv_cancel?
    private let user: UnsafeMutableRawPointer?
    /// Whether a function has said that the work is to stop; it is not asked again.
    private let isStopped = Mutex(false)

    @unsafe init(_ settings: imgconv_settings) {
        unsafe progress = settings.progress
        unsafe cancel = settings.is_cancelled
        unsafe user = settings.user
    }

    /// Whether the work is to stop.
    var isCancelled: Bool {
        isStopped.withLock { isStopped in
            if !isStopped, let cancel = unsafe cancel {
                isStopped = unsafe cancel(user) != 0
            }
            return isStopped
        }
    }

    /// Tells how far the work has come.
    func tell(_ report: Progress) {
        guard let progress = unsafe progress else { return }
        isStopped.withLock { isStopped in
            guard !isStopped else { return }
            isStopped = unsafe report.detail.withCString { detail in
                unsafe progress(user, report.fraction, detail) != 0
            }
        }
    }
}

/// Collects what codecs find odd, from whichever thread they run.
final class WarningLog: Sendable {
    private let lines = Mutex<[String]>([])
    /// A damaged file may give a warning for every row.
    private static let maximumCount = 20

    /// Takes a line.
    func add(_ line: String) {
        lines.withLock { $0.append(line) }
    }

    /// What was found, of much the first.
    var all: [String] {
        lines.withLock { lines in
            let rest = lines.count - Self.maximumCount
            return lines.prefix(Self.maximumCount)
                + (rest > 0 ? ["and \(rest) more warnings"] : [])
        }
    }
}
