internal import CWebPShim
internal import FormatKit

/// The owner of the shim's decoder of animations, which draws frames one after the other.
@safe
final class WebPAnimationDecoder {
    private let handle: OpaquePointer
    private let context: CodecContext
    /// The number of frames drawn since the beginning.
    private var drawnCount = 0

    /// libwebp holds a canvas, the one before it and a frame, and we a picture, of at most four
    /// bytes a pixel each, and the file for a moment twice.
    static func heldByteCount(_ size: ImageSize, fileByteCount: Int) -> Int {
        size.byteCount(perPixel: 16, besides: 2 * fileByteCount)
    }

    init(_ file: [UInt8], context: CodecContext) throws(ImageError) {
        let isThreaded = context.threadCount > 1
        let handle = unsafe file.withUnsafeBufferPointer { bytes in
            unsafe cwebp_animation_create(bytes.baseAddress, bytes.count, isThreaded ? 1 : 0)
        }
        guard let handle = unsafe handle else {
            throw .codecFailure(.webp, "its animation cannot be opened")
        }
        unsafe self.handle = handle
        self.context = context
    }

    deinit {
        unsafe cwebp_animation_destroy(handle)
    }

    /// The canvas as it is seen while a frame is shown.
    func image(at index: Int, hasAlpha: Bool) throws(ImageError) -> [UInt8] {
        // A frame that has been drawn is gone once its pixels have been taken.
        if index < drawnCount { rewind() }
        while drawnCount < index {
            try context.checkCancellation()
            _ = unsafe try draw()
        }
        let canvas = unsafe try draw()
        return unsafe hasAlpha ? Array(canvas) : Self.withoutAlpha(canvas)
    }

    private func rewind() {
        unsafe cwebp_animation_rewind(handle)
        drawnCount = 0
    }

    private func draw() throws(ImageError) -> UnsafeBufferPointer<UInt8> {
        var count = 0
        guard let canvas = unsafe cwebp_animation_next(handle, &count) else {
            let index = drawnCount
            rewind()
            throw .malformed(.webp, "frame \(index + 1) cannot be decoded")
        }
        drawnCount += 1
        return unsafe UnsafeBufferPointer(start: canvas, count: count)
    }

    private static func withoutAlpha(_ canvas: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let pixelCount = canvas.count / 4
        return unsafe [UInt8](unsafeUninitializedCapacity: pixelCount * 3) { colors, count in
            for pixel in 0..<pixelCount {
                for channel in 0..<3 {
                    unsafe colors[3 * pixel + channel] = canvas[4 * pixel + channel]
                }
            }
            count = pixelCount * 3
        }
    }
}
