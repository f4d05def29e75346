internal import CImgconv
internal import ConvertKit
internal import FormatKit

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Why a call failed, as its caller hears it.
struct CallError: Error {
    /// What kind of failure it is.
    let status: imgconv_status
    /// One line for people.
    let message: String
    /// Where the input is wrong, in bytes, where that is known.
    var offset: Int?
    /// The `errno`, if the system refused something.
    var systemCode: Int32 = 0
    /// Whether trying again later may help.
    var mayPass = false

    /// A mistake of the calling program.
    static func argument(_ message: String) -> CallError {
        CallError(status: IMGCONV_INVALID_ARGUMENT, message: message)
    }

    /// An option that is unknown or has a value that makes no sense.
    static func option(_ message: String) -> CallError {
        CallError(status: IMGCONV_INVALID_OPTION, message: message)
    }
}

extension CallError {
    /// The failure that an error of the converter means, in the words of its options.
    init(_ error: ImageError) {
        self.init(status: Self.status(error), message: error.message)
        let failure = Failure(error)
        offset = failure.offset
        mayPass = failure.disposition == .retryable
        if case .io(_, let code, _) = error { systemCode = code }
    }

    private static func status(_ error: ImageError) -> imgconv_status {
        switch error {
        case .unrecognized: IMGCONV_UNRECOGNIZED
        case .malformed: IMGCONV_MALFORMED
        case .truncated: IMGCONV_TRUNCATED
        case .unsupported, .foreign: IMGCONV_UNSUPPORTED
        case .limitExceeded: IMGCONV_LIMIT_EXCEEDED
        case .lossRefused: IMGCONV_LOSS_REFUSED
        case .outputExists: IMGCONV_OUTPUT_EXISTS
        case .invalidOption: IMGCONV_INVALID_OPTION
        case .unstorable, .tooLarge: IMGCONV_UNSTORABLE
        case .targetMissed: IMGCONV_TARGET_MISSED
        case .streamRefused: IMGCONV_STREAM_REFUSED
        case .io(_, ENOMEM, _): IMGCONV_OUT_OF_MEMORY
        case .io: IMGCONV_IO
        case .codecFailure: IMGCONV_CODEC_FAILURE
        case .verificationFailed: IMGCONV_VERIFICATION_FAILED
        case .cancelled: IMGCONV_CANCELLED
        }
    }

    /// Does something whose errors callers hear of.
    static func translating<Result>(
        _ body: () throws(ImageError) -> Result
    ) throws(CallError) -> Result {
        do throws(ImageError) {
            return try body()
        } catch {
            throw CallError(error)
        }
    }

    /// Makes sense of options, or says why that cannot be done.
    static func translatingUsage<Result>(
        _ body: () throws(CommandError) -> Result
    ) throws(CallError) -> Result {
        do throws(CommandError) {
            return try body()
        } catch {
            throw .option(error.message)
        }
    }
}

extension CallError {
    /// Fills in the caller's structure, if there is one.
    @unsafe func fill(_ error: UnsafeMutablePointer<imgconv_error>?) {
        unsafe Self.fill(
            error, status, offset.flatMap(UInt64.init(exactly:)) ?? .max, systemCode, mayPass,
            message)
    }

    /// Says in the caller's structure that nothing went wrong.
    @unsafe static func fillSuccess(_ error: UnsafeMutablePointer<imgconv_error>?) {
        unsafe fill(error, IMGCONV_OK, .max, 0, false, "no error")
    }

    @unsafe private static func fill(
        _ error: UnsafeMutablePointer<imgconv_error>?, _ status: imgconv_status, _ offset: UInt64,
        _ systemCode: Int32, _ mayPass: Bool, _ message: String
    ) {
        guard let error = unsafe error,
            unsafe Int(error.pointee.size) >= MemoryLayout<imgconv_error>.size
        else { return }
        unsafe error.pointee.status = status
        unsafe error.pointee.offset = offset
        unsafe error.pointee.system_error = systemCode
        unsafe error.pointee.may_pass = mayPass ? 1 : 0
        unsafe withUnsafeMutableBytes(of: &error.pointee.message) { buffer in
            let bytes = Array(message.utf8.prefix { $0 != 0 })
            var count = min(bytes.count, buffer.count - 1)
            // A character stays whole.
            while count > 0, count < bytes.count, bytes[count] & 0xC0 == 0x80 { count -= 1 }
            unsafe buffer.copyBytes(from: bytes.prefix(count))
            unsafe buffer[count] = 0
        }
    }
}
