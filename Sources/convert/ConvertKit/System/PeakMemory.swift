#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
internal import FormatFiles
internal import FormatKit

/// The most memory that this process has held.
enum PeakMemory {
    /// Forgets the peak so far, where the system can.
    static func reset() {
        #if os(Linux)
            // proc(5): 5 resets the peak, and nothing else.
            if let file = try? LineFile(appendingTo: "/proc/self/clear_refs") {
                try? file.append(["5"])
            }
        #endif
    }

    /// The peak since ``reset()`` or, where the system cannot reset it, since the start, in bytes.
    static var byteCount: Int? {
        #if os(Linux)
            let words = SystemFile.words("/proc/self/status")
            guard let label = words.firstIndex(of: "VmHWM:"), label + 1 < words.count else {
                return nil
            }
            return Int(words[label + 1]).map { $0 << 10 }
        #else
            var usage = rusage()
            guard unsafe getrusage(RUSAGE_SELF, &usage) == 0 else { return nil }
            return usage.ru_maxrss
        #endif
    }
}

/// Small files in which the system says things.
enum SystemFile {
    /// The words of such a file; none where there is no such file.
    static func words(_ path: Path) -> [Substring] {
        guard let source = try? StreamSource.named(path, limit: 1 << 16),
            let bytes = try? source.bytes(at: 0, count: source.byteCount)
        else { return [] }
        return String(decoding: bytes, as: UTF8.self).split { $0.isWhitespace }
    }
}
