internal import CJXLShim
internal import FormatKit
internal import ShimKit

/// The Swift face of the shim's functions for reading all but pixels.
enum JXLDecoding {
    /// What a file contains, one that is cut inside a picture only if `allowsCut`; the caller frees
    /// the blocks.
    static func contents(
        of file: [UInt8], limits: Limits, allowsCut: Bool
    ) throws(ImageError) -> cjxl_contents {
        var contents = unsafe cjxl_contents()
        let limit = min(max(1, limits.metadataByteCount), 1 << 40)
        let status = unsafe file.withUnsafeBufferPointer { bytes in
            unsafe cjxl_read_contents(
                bytes.baseAddress, bytes.count, limit, allowsCut ? 1 : 0, &contents)
        }
        if status != .ok { unsafe cjxl_free_contents(&contents) }
        if unsafe contents.has_too_much_metadata != 0 {
            throw .limitExceeded(.metadata, requested: limit + 1, allowed: limit)
        }
        try check(status, "header", file)
        return unsafe contents
    }

    static func check(
        _ status: shim_status, _ part: String, _ file: [UInt8]
    ) throws(ImageError) {
        try status.checkReading(
            .jxl,
            status == .truncated
                ? "the file ends before its picture does" : "its \(part) cannot be decoded",
            endingAt: file.count)
    }
}
