#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
internal import Synchronization

/// Two pipe ends through which processes send each other JSON, one value a line.
///
/// One thread reads; any may write.
@safe final class LineChannel: @unchecked Sendable {
    /// What reading gives.
    enum Input: Equatable {
        /// A value.
        case message(JSONValue)
        /// Nothing in the time given.
        case silence
        /// The other process has gone.
        case end
        /// What came is no JSON.
        case nonsense
    }

    private let input: Int32
    private let output: Int32
    private let isOpen = Mutex(true)
    private var received: [UInt8] = []
    /// The longest line, in bytes, that is taken for a message.
    private static let maximumLineByteCount = 1 << 24
    /// The bytes of ``received`` that are known to hold no line break.
    private var searchedCount = 0

    /// Takes over two descriptors.
    init(input: Int32, output: Int32) {
        self.input = input
        self.output = output
    }

    deinit {
        close()
    }

    /// Closes both ends; the other process sees the end of its input.
    func close() {
        isOpen.withLock { isOpen in
            guard isOpen else { return }
            closeDescriptor(input)
            closeDescriptor(output)
            isOpen = false
        }
    }

    /// Sends a value.
    ///
    /// - Returns: Whether the other process is there to read it.
    @discardableResult
    func send(_ message: JSONValue) -> Bool {
        let line = Array("\(message)\n".utf8)
        return isOpen.withLock { isOpen in
            guard isOpen else { return false }
            return unsafe line.withUnsafeBytes { buffer in
                var rest = unsafe buffer[...]
                while unsafe !rest.isEmpty {
                    let chunk = unsafe UnsafeRawBufferPointer(rebasing: rest)
                    let count = unsafe write(output, chunk.baseAddress, chunk.count)
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else { return false }
                    unsafe rest = rest.dropFirst(count)
                }
                return true
            }
        }
    }

    /// Waits for the next value.
    ///
    /// - Parameter timeout: How long to wait, or `nil` for as long as it takes.
    /// - Returns: The value, or why there is none.
    func receive(timeout: Duration? = nil) -> Input {
        while true {
            if let line = nextLine() {
                guard let message = try? JSONValue(parsing: line) else { return .nonsense }
                return .message(message)
            }
            if let timeout, !isReadable(within: timeout) { return .silence }
            // A process whose memory a codec has overwritten may write for ever.
            guard received.count <= Self.maximumLineByteCount else { return .nonsense }
            guard readMore() else { return .end }
        }
    }

    private func nextLine() -> [UInt8]? {
        guard let end = received[searchedCount...].firstIndex(of: UInt8(ascii: "\n")) else {
            searchedCount = received.count
            return nil
        }
        let line = Array(received[..<end])
        received.removeSubrange(...end)
        searchedCount = 0
        return line
    }

    private func isReadable(within timeout: Duration) -> Bool {
        var request = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        let milliseconds = max(0, min(timeout.milliseconds + 1, 1 << 30))
        // An interruption is silence, too: the caller looks around and comes again.
        return unsafe poll(&request, 1, Int32(milliseconds)) > 0
    }

    private func readMore() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 1 << 14)
        var count = -1
        repeat {
            unsafe count = chunk.withUnsafeMutableBytes {
                unsafe read(input, $0.baseAddress, $0.count)
            }
        } while count < 0 && errno == EINTR
        guard count > 0 else { return false }
        received += chunk[..<count]
        return true
    }
}

/// The method above hides the system's function of the same name.
private func closeDescriptor(_ descriptor: Int32) {
    close(descriptor)
}
