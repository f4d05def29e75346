#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// How a process ended.
enum ProcessEnd: Equatable, CustomStringConvertible {
    /// By itself, with a status.
    case status(Int32)
    /// By a signal.
    case signal(Int32)

    /// Waits until a child process has ended.
    static func wait(for process: pid_t) -> ProcessEnd {
        var word: Int32 = 0
        while unsafe waitpid(process, &word, 0) == -1, errno == EINTR {}
        // POSIX leaves the layout to macros; all our systems have the same one.
        let number = word & 0x7F
        return number == 0 ? .status(word >> 8 & 0xFF) : .signal(number)
    }

    /// Whether a process of this program ended because a library in it lacked memory or a thread.
    var isForShortage: Bool { self == .status(ProgramStatus.retryable.rawValue) }

    /// For example `was ended by signal 11 (segmentation fault)`.
    var description: String {
        switch self {
        case .status(let status): return "ended with status \(status)"
        case .signal(let number):
            guard let text = unsafe strsignal(number) else {
                return "was ended by signal \(number)"
            }
            return unsafe "was ended by signal \(number) (\(String(cString: text).lowercased()))"
        }
    }
}
