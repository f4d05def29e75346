internal import CHEIFShim
internal import FormatKit

/// The owner of a libheif context.
@safe
final class HEICDecoder {
    private let input: CallbackSource
    private let handle: OpaquePointer

    /// Creates a decoder.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    init(input: CallbackSource) throws(ImageError) {
        let read: cheif_read = {
            unsafe CallbackSource.read($0, at: $1, into: $2, count: $3)
        }
        guard let handle = unsafe cheif_reader_create(read, input.address, input.byteCount) else {
            throw .outOfMemory
        }
        self.input = input
        unsafe self.handle = handle
    }

    deinit {
        unsafe cheif_reader_destroy(handle)
    }

    /// Reads all but pixels and blocks.
    func readContents(threadCount: Int) throws(ImageError) -> HEICContents {
        var contents = cheif_contents()
        try check(
            unsafe cheif_reader_read_contents(handle, Int32(clamping: threadCount), &contents))
        return HEICContents(contents)
    }

    /// The blocks that a file has, whose sizes are checked first.
    func blocks(
        _ contents: HEICContents, _ limits: Limits
    ) throws(ImageError) -> (icc: [UInt8]?, exif: [UInt8]?, xmp: [UInt8]?) {
        let counts = contents.blockByteCounts
        for count in counts { try limits.checkMetadata(count) }
        var icc = [UInt8](repeating: 0, count: counts[0])
        var exif = [UInt8](repeating: 0, count: counts[1])
        var xmp = [UInt8](repeating: 0, count: counts[2])
        let status = unsafe icc.withUnsafeMutableBufferPointer { icc in
            unsafe exif.withUnsafeMutableBufferPointer { exif in
                unsafe xmp.withUnsafeMutableBufferPointer { xmp in
                    unsafe cheif_reader_copy_blocks(
                        handle, icc.baseAddress, exif.baseAddress, xmp.baseAddress)
                }
            }
        }
        try check(status)
        return (
            icc.isEmpty ? nil : icc, exif.isEmpty ? nil : exif, xmp.isEmpty ? nil : xmp
        )
    }

    /// Decodes the picture.
    func decode() throws(ImageError) {
        try check(unsafe cheif_reader_decode(handle))
    }

    /// Copies rows, from `row` on, to all of `buffer`.
    func copyRows(from row: Int, count: Int, to buffer: UnsafeMutableRawBufferPointer) {
        guard count > 0, let start = buffer.baseAddress else { return }
        unsafe cheif_reader_copy_rows(
            handle, UInt32(row), UInt32(count), start.assumingMemoryBound(to: UInt8.self))
    }

    private func check(_ status: cheif_status) throws(ImageError) {
        guard status != .ok else { return }
        let message = unsafe String(cString: cheif_reader_message(handle))
        switch status {
        case .ok: return
        case .malformed: throw .malformed(.heic, message)
        case .truncated: throw .truncated(.heic, message, offset: input.byteCount)
        case .unsupported:
            throw .unsupported(
                .heic, "\(message) (libheif \(HEICPlugin.libraryVersion ?? "of no version"))")
        case .callbackFailed: throw input.failure ?? .codecFailure(.heic, message)
        case .outOfMemory: throw .outOfMemory
        case .failed: throw .codecFailure(.heic, message)
        }
    }
}
