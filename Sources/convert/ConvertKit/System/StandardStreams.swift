#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The standard streams, for text.
package enum StandardStreams {
    /// Writes to standard output at once, so that lines of one object stay whole.
    package static func writeOutput(_ text: String) {
        write(text, to: STDOUT_FILENO)
    }

    /// Writes to standard error.
    package static func writeError(_ text: String) {
        write(text, to: STDERR_FILENO)
    }

    /// The width of the terminal on standard error, or `nil` where it is none.
    package static var errorColumnCount: Int? {
        guard isatty(STDERR_FILENO) == 1 else { return nil }
        var size = winsize()
        let isKnown = unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : 80
    }

    /// A reader that has gone away does not want the rest, which is no failure of ours.
    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { buffer in
            var rest = unsafe buffer[...]
            while unsafe !rest.isEmpty {
                let chunk = unsafe UnsafeBufferPointer(rebasing: rest)
                let count = unsafe writeBytes(descriptor, chunk.baseAddress, chunk.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                unsafe rest = rest.dropFirst(count)
            }
        }
    }
}

/// The method above hides the system's function of the same name.
private func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, bytes, count)
}
