internal import CWebPShim
internal import FormatKit
internal import ShimKit

/// The owner of the shim's encoder.
@safe
final class WebPEncoder: ShimReporter {
    private let handle: OpaquePointer
    private let context: CodecContext

    /// Creates an encoder that holds a whole image.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    init(size: ImageSize, hasAlpha: Bool, context: CodecContext) throws(ImageError) {
        let size = cwebp_size(width: Int32(size.width), height: Int32(size.height))
        guard let handle = unsafe cwebp_encoder_create(size, hasAlpha ? 1 : 0) else {
            throw .outOfMemory
        }
        unsafe self.handle = handle
        self.context = context
    }

    deinit {
        unsafe cwebp_encoder_destroy(handle)
    }

    func add(_ band: PixelBand) {
        unsafe band.withFilledBytes { rows in
            guard let start = rows.baseAddress else { return }
            unsafe cwebp_encoder_add_rows(
                handle, start.assumingMemoryBound(to: UInt8.self), Int32(band.rowCount))
        }
    }

    /// Encodes the image, with the context hearing of progress.
    func encode(_ settings: cwebp_settings) throws(ImageError) {
        var settings = settings
        let owner = unsafe Unmanaged.passUnretained(self).toOpaque()
        try check(
            unsafe cwebp_encoder_encode(
                handle, &settings,
                { context, percent in
                    guard let context = unsafe context else { return 0 }
                    return unsafe Unmanaged<WebPEncoder>.fromOpaque(context)
                        .takeUnretainedValue().report(percent: Int(percent)) ? 1 : 0
                }, owner))
        // libwebp's last report may be of less.
        context.progress(Progress(fraction: 1))
    }

    /// Passes progress on; whether to go on.
    private func report(percent: Int) -> Bool {
        context.progress(Progress(fraction: Double(percent) / 100))
        return !context.isCancelled()
    }

    /// Makes what follows an animation.
    func beginAnimation(
        _ settings: cwebp_settings, _ animation: cwebp_animation_settings
    ) throws(ImageError) {
        var settings = settings
        try check(unsafe cwebp_encoder_begin_animation(handle, &settings, animation))
    }

    /// Encodes the frame whose rows have been added last.
    func endFrame(milliseconds: Int) throws(ImageError) {
        try check(unsafe cwebp_encoder_end_frame(handle, Int32(milliseconds)))
    }

    /// Encodes what is left, after all frames.
    func endAnimation() throws(ImageError) {
        try check(unsafe cwebp_encoder_end_animation(handle))
    }

    func addChunk(_ type: String, _ content: [UInt8]?) throws(ImageError) {
        guard let content else { return }
        try check(
            unsafe content.withUnsafeBufferPointer { bytes in
                unsafe cwebp_encoder_add_chunk(handle, type, bytes.baseAddress, bytes.count)
            })
    }

    /// Writes the file, after all chunks have been added.
    func write(to sink: any ImageSink) throws(ImageError) {
        var start: UnsafePointer<UInt8>?
        var count = 0
        try check(unsafe cwebp_encoder_assemble(handle, &start, &count))
        let file = unsafe UnsafeRawBufferPointer(start: start, count: count)
        try unsafe sink.write(file, at: sink.byteCount)
    }

    var report: UnsafePointer<shim_report> { unsafe cwebp_encoder_report(handle) }

    private func check(_ status: shim_status) throws(ImageError) {
        try status.checkWriting(.webp, message)
    }
}
