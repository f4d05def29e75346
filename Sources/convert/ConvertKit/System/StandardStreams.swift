#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

internal import FormatKit
internal import Synchronization

/// The standard streams, for text.
package enum StandardStreams {
    /// Why standard output could not be written, the first time, or 0; global, because the stream is.
    private static let outputFailure = Atomic<Int32>(0)

    /// Opens what of the three streams is closed, so that no file of ours takes its place; writing to
    /// such a stream fails as before.
    package static func guardDescriptors() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
        where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest number that is free is the one that is missing.
            _ = unsafe open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Takes over standard input and output, which are then closed to everybody else: a library that
    /// prints something must not garble what goes through them.
    static func takePipes() -> (input: Int32, output: Int32)? {
        let input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
        let output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        let nothing = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard input >= 0, output >= 0, nothing >= 0 else { return nil }
        dup2(nothing, STDIN_FILENO)
        dup2(STDERR_FILENO, STDOUT_FILENO)
        return (input, output)
    }

    /// Writes to standard output at once, so that lines of one object stay whole.
    package static func writeOutput(_ text: String) {
        let code = write(text, to: STDOUT_FILENO)
        // A reader that has gone away does not want the rest, which is no failure of ours.
        guard code != 0, code != EPIPE else { return }
        _ = outputFailure.compareExchange(expected: 0, desired: code, ordering: .relaxed)
    }

    /// Where errors go; global, because the stream is.
    private static let errors = Atomic<Int32>(STDERR_FILENO)

    /// Keeps standard error for this program's own lines: what libraries print there goes nowhere.
    package static func silenceLibraries() {
        let copy = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
        let nothing = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
        guard copy >= 0, nothing >= 0 else { return }
        errors.store(copy, ordering: .relaxed)
        dup2(nothing, STDERR_FILENO)
        close(nothing)
    }

    /// Writes to standard error.
    package static func writeError(_ text: String) {
        _ = write(text, to: errors.load(ordering: .relaxed))
    }

    /// The status with which to end: success is none if standard output could not be written.
    package static func status(after status: ProgramStatus) -> ProgramStatus {
        let code = outputFailure.load(ordering: .relaxed)
        guard code != 0 else { return status }
        let error = ImageError.writingOutput(code: code)
        writeError("convert: \(error.message)\n")
        return status == .success ? ProgramStatus(of: error) : status
    }

    /// The width of the terminal on standard error, or `nil` where it is none.
    package static var errorColumnCount: Int? {
        let descriptor = errors.load(ordering: .relaxed)
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        let isKnown = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return isKnown ? Int(size.ws_col) : 80
    }

    /// Writes all of a text; returns the system's error, or 0.
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { buffer in
            var rest = unsafe buffer[...]
            while unsafe !rest.isEmpty {
                let chunk = unsafe UnsafeBufferPointer(rebasing: rest)
                let count = unsafe writeBytes(descriptor, chunk.baseAddress, chunk.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return count < 0 ? errno : EIO }
                unsafe rest = rest.dropFirst(count)
            }
            return 0
        }
    }
}

/// The method above hides the system's function of the same name.
private func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, bytes, count)
}

extension ImageError {
    fileprivate static func writingOutput(code: Int32) -> ImageError {
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return .io("write standard output", code: code, reason: reason.lowercased())
    }
}
