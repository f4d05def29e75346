#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
internal import FormatKit

/// Calls the system again as long as a signal interrupts it.
func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}

// Methods of the same names hide these three functions of the system.

func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    unsafe write(descriptor, bytes.baseAddress, bytes.count)
}

func moveFile(_ from: UnsafePointer<CChar>, _ to: UnsafePointer<CChar>) -> Int32 {
    unsafe rename(from, to)
}

func linkFile(_ from: UnsafePointer<CChar>, _ to: UnsafePointer<CChar>) -> Int32 {
    unsafe link(from, to)
}

extension ImageError {
    /// The error that the last system call left in `errno`.
    static func system(_ operation: String) -> ImageError {
        system(operation, code: errno)
    }

    /// A system error by its number.
    static func system(_ operation: String, code: Int32) -> ImageError {
        guard let text = unsafe strerror(code) else {
            return .io(operation, code: code, reason: "error \(code)")
        }
        let reason = unsafe String(cString: text)
        // Messages here start in lower case, but `I/O error` stays as it is.
        let isWord = reason.dropFirst().first?.isLowercase ?? false
        return .io(
            operation, code: code,
            reason: isWord ? reason.prefix(1).lowercased() + reason.dropFirst() : reason)
    }
}
