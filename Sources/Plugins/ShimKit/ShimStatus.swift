package import CShimKit
package import FormatKit

extension shim_status {
    /// Throws what a status means that is not ``ok``, after a call that reads.
    ///
    /// - Parameters:
    ///   - format: The format of the file.
    ///   - message: What there is to say.
    ///   - offset: Where the file is malformed.
    ///   - end: Where it ends, if that is somewhere else.
    ///   - failure: Why a callback failed.
    /// - Throws: ``ImageError``.
    package func checkReading(
        _ format: FormatID, _ message: @autoclosure () -> String,
        at offset: @autoclosure () -> Int? = nil, endingAt end: @autoclosure () -> Int? = nil,
        failure: @autoclosure () -> ImageError? = nil
    ) throws(ImageError) {
        switch self {
        case .ok: return
        case .malformed: throw .malformed(format, message(), offset: offset())
        case .truncated: throw .truncated(format, message(), offset: end() ?? offset())
        case .unsupported: throw .unsupported(format, message())
        case .callbackFailed: throw failure() ?? .codecFailure(format, message())
        case .cancelled: throw .cancelled
        case .outOfMemory: throw .outOfMemory
        case .failed: throw .codecFailure(format, message())
        }
    }

    /// Throws what a status means that is not ``ok``, after a call that writes: the picture is ours,
    /// so that nothing but the library is to blame for it.
    ///
    /// - Parameters:
    ///   - format: The format of the file.
    ///   - message: What there is to say.
    ///   - failure: Why a callback failed.
    /// - Throws: ``ImageError``.
    package func checkWriting(
        _ format: FormatID, _ message: @autoclosure () -> String,
        failure: @autoclosure () -> ImageError? = nil
    ) throws(ImageError) {
        switch self {
        case .malformed, .truncated, .unsupported: throw .codecFailure(format, message())
        case .ok, .callbackFailed, .cancelled, .outOfMemory, .failed:
            try checkReading(format, message(), failure: failure())
        }
    }
}
