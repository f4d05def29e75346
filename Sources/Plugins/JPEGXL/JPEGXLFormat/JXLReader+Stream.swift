internal import CJXLShim
internal import FormatKit

extension FormatID {
    /// The streams that are taken, and given back.
    static let jpeg = FormatID("jpeg")
}

/// What was made of a JPEG file, and says how, gives it back.
extension JXLReader: StreamReader {
    /// What is lost where pixels are all that is read.
    static let lossOfJPEG = Loss.part(
        of: .formatBlocks,
        "what rebuilds the JPEG file that this was is left out, and whatever only that file said")

    func readStream(reserving memory: MemoryShare) throws(ImageError) -> [UInt8] {
        precondition(!file.isEmpty, "no row has been read")
        // The file as it grows, and the copy that is returned.
        let limit = (context.memory.limit - context.memory.reservedByteCount) / 2
        let jpeg = try unsafe file.withUnsafeBufferPointer { (file) throws(ImageError) in
            try unsafe JXLRebuilding.jpeg(of: file, limit: limit, context: context)
        }
        guard let jpeg else {
            throw .streamRefused(.jpeg, "what should rebuild the file does not")
        }
        try memory.reserve(jpeg.count)
        return jpeg
    }
}

/// The Swift face of the shim's function that rebuilds JPEG files.
enum JXLRebuilding {
    /// The JPEG file of which a file was made; `nil` if that cannot be had.
    ///
    /// - Throws: ``ImageError/limitExceeded(_:requested:allowed:)`` if it has more than `limit`
    ///   bytes, or ``ImageError/outOfMemory``.
    static func jpeg(
        of file: UnsafeBufferPointer<UInt8>, limit: Int, context: CodecContext
    ) throws(ImageError) -> [UInt8]? {
        try context.checkCancellation()
        var jpeg = unsafe cjxl_bytes()
        var exceedsLimit: Int32 = 0
        let status = unsafe cjxl_rebuild_jpeg(
            file.baseAddress, file.count, max(0, limit), context.threadCount, &jpeg, &exceedsLimit)
        if exceedsLimit != 0 {
            throw .limitExceeded(.memory, requested: .max, allowed: context.memory.limit)
        }
        switch status {
        case .ok: break
        case .outOfMemory: throw .outOfMemory
        default: return nil
        }
        defer { unsafe cjxl_free_bytes(&jpeg) }
        return unsafe Array(UnsafeBufferPointer(start: jpeg.start, count: jpeg.count))
    }
}
