internal import CJXLShim
internal import FormatKit

/// The owner of the shim's decoder, which delivers pictures one after the other.
@safe
final class JXLDecoder {
    private let handle: OpaquePointer
    /// The picture that comes next.
    private(set) var index: Int

    /// Creates a decoder of the pictures from `index` on.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    init(
        layout: PixelLayout, hasOriginalSamples: Bool, threadCount: Int, index: Int
    ) throws(ImageError) {
        var contents = unsafe cjxl_contents()
        unsafe contents.layout = cjxl_layout(
            channel_count: UInt32(layout.channelCount),
            sample_bits: Int32(layout.sample.bitCount))
        unsafe contents.has_original_samples = hasOriginalSamples ? 1 : 0
        guard let handle = unsafe cjxl_decoder_create(&contents, threadCount, index) else {
            throw .outOfMemory
        }
        unsafe self.handle = handle
        self.index = index
    }

    deinit {
        unsafe cjxl_decoder_destroy(handle)
    }

    /// Where the pictures end that have been decoded.
    var consumedByteCount: Int { unsafe cjxl_decoder_consumed_count(handle) }

    /// All rows of the next picture of a file, which is always the same, and whether the file has all
    /// of it; one that is cut only if `allowsCut`.
    func next(
        of file: [UInt8], byteCount: Int, allowsCut: Bool
    ) throws(ImageError) -> (pixels: [UInt8], isWhole: Bool) {
        var pixels = [UInt8](repeating: 0, count: byteCount)
        var isCut: Int32 = 0
        let status = unsafe file.withUnsafeBufferPointer { bytes in
            unsafe pixels.withUnsafeMutableBufferPointer { pixels in
                unsafe cjxl_decoder_next(
                    handle, bytes.baseAddress, bytes.count, allowsCut ? 1 : 0, &isCut,
                    pixels.baseAddress, pixels.count)
            }
        }
        try JXLDecoding.check(status, "pixels", file)
        index += 1
        return (pixels, isCut == 0)
    }
}
