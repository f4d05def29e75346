#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
internal import FormatFiles
internal import FormatKit
internal import Synchronization

/// `--log`: what happens in a run, one JSON object a line, for machines and for the next morning.
final class RunLog: Sendable {
    private let file: LineFile
    private let console: Console
    private let hasFailed = Mutex(false)

    /// Opens a log; later runs add to it.
    ///
    /// - Throws: ``/FormatKit/ImageError``, also if there is a file that is no log.
    init(appendingTo path: Path, console: Console) throws(ImageError) {
        try Self.checkLog(at: path)
        file = try LineFile(appendingTo: path)
        self.console = console
    }

    /// What each line begins with.
    private static let start = Array(#"{"event":"#.utf8)

    /// Refuses to add to a file that somebody else has put there.
    private static func checkLog(at path: Path) throws(ImageError) {
        guard let status = try? FileStatus.ofFile(at: path), status.kind == .regular else { return }
        let head = try FileSource(path: path).bytes(at: 0, count: start.count)
        guard start.starts(with: head) else {
            throw .io("add to it", code: 0, reason: "it is not a log")
        }
    }

    /// Whether a line could not be written.
    var isIncomplete: Bool { hasFailed.withLock { $0 } }

    /// Adds an event; trouble is said once, and is no reason to stop.
    func add(_ event: String, _ details: JSONValue) {
        let head: JSONValue = ["event": .string(event), "time": .string(Self.now())]
        do throws(ImageError) {
            try file.append(["\(head + details)"])
        } catch {
            let isFirst = hasFailed.withLock { hasFailed in
                defer { hasFailed = true }
                return !hasFailed
            }
            if isFirst { console.error(file.path.description, error.message) }
        }
    }

    /// The time as `2026-11-24T20:15:30Z` (RFC 3339).
    private static func now() -> String {
        var (seconds, fields) = unsafe (time(nil), tm())
        unsafe gmtime_r(&seconds, &fields)
        let date = unsafe [fields.tm_year + 1900, fields.tm_mon + 1, fields.tm_mday]
        let time = unsafe [fields.tm_hour, fields.tm_min, fields.tm_sec]
        func digits(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return date.map(digits).joined(separator: "-") + "T"
            + time.map(digits).joined(separator: ":") + "Z"
    }
}
