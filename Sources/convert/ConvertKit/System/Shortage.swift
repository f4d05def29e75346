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

/// The end of this program where a library of others would end it for want of memory, or of a thread:
/// the library cannot go on, but what was begun is cleared up and told of.
///
/// The thread that lacks something runs this, in the library's code, where it holds none of our locks.
package enum Shortage {
    /// Tells of it, and says with which status to end; global, because the library knows no object
    /// of ours.
    private static let telling = Mutex<(@Sendable (ImageError) -> ProgramStatus)?>(nil)
    private static let isEnding = Atomic(false)

    /// Has a function tell of a shortage, which otherwise is one line about no file; `nil` ends that.
    static func setTelling(_ tell: (@Sendable (ImageError) -> ProgramStatus)?) {
        telling.withLock { $0 = tell }
    }

    /// Makes this process one whose parent tells of how it ends.
    static func leaveTellingToParent() { setTelling { ProgramStatus(of: $0) } }

    /// Ends the program.
    ///
    /// - Parameter code: `ENOMEM`, or `EAGAIN` for want of a thread.
    package static func end(code: Int32) -> Never {
        let (isFirst, _) = isEnding.compareExchange(
            expected: false, desired: true, ordering: .relaxed)
        // Another thread is about it.
        while !isFirst { sleep(1) }
        TemporaryFiles.removeAll()
        let error = error(code: code)
        guard let tell = telling.withLock({ $0 }) else {
            StandardStreams.writeError("convert: \(error.message)\n")
            _exit(ProgramStatus(of: error).rawValue)
        }
        _exit(tell(error).rawValue)
    }

    private static func error(code: Int32) -> ImageError {
        guard code == EAGAIN else { return .outOfMemory }
        return .io("start a thread", code: code, reason: "resource temporarily unavailable")
    }
}
