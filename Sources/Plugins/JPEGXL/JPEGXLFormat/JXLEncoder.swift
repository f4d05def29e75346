internal import CJXLShim
internal import FormatKit
internal import ShimKit

/// The owner of the shim's encoder, which holds the file.
@safe
final class JXLEncoder {
    private let handle: OpaquePointer

    /// Starts a file.
    init(
        _ header: ImageHeader, _ options: JXLWriteOptions, ticksPerSecond: Int, loopCount: Int,
        threadCount: Int
    ) throws(ImageError) {
        let metadata = header.metadata
        // The codestream's orientation counts; Exif, where there is one, must not contradict it.
        var exif =
            metadata.exif.flatMap { ExifOrientation.setting(metadata.orientation, in: $0) } ?? []
        var (xmp, icc) = (metadata.xmp ?? [], metadata.icc ?? [])
        let codes = metadata.codePoints
        let color: cjxl_color_kind =
            codes != nil ? .codePoints : Self.takesProfile(of: header) ? .icc : .standardRGB
        var handle: OpaquePointer?
        let status = unsafe exif.withUnsafeMutableBufferPointer { exif in
            unsafe xmp.withUnsafeMutableBufferPointer { xmp in
                unsafe icc.withUnsafeMutableBufferPointer { icc in
                    var image = unsafe cjxl_image(
                        width: UInt32(header.size.width), height: UInt32(header.size.height),
                        layout: cjxl_layout(
                            channel_count: UInt32(header.layout.channelCount),
                            sample_bits: Int32(header.layout.sample.bitCount)),
                        significant_bits: UInt32(header.codedBitCount),
                        orientation: Int32(metadata.orientation.rawValue),
                        is_lossless: options.isLossless ? 1 : 0, distance: Float(options.distance),
                        effort: Int32(options.effort), color: color,
                        primaries: codes?.primaries ?? 1, transfer: codes?.transfer ?? 13,
                        icc: cjxl_bytes(start: icc.baseAddress, count: icc.count),
                        exif: cjxl_bytes(start: exif.baseAddress, count: exif.count),
                        xmp: cjxl_bytes(start: xmp.baseAddress, count: xmp.count),
                        is_animated: header.frameCount > 1 ? 1 : 0,
                        ticks_per_second: UInt32(ticksPerSecond), loop_count: UInt32(loopCount))
                    return unsafe cjxl_encoder_create(&image, threadCount, &handle)
                }
            }
        }
        try Self.check(status)
        guard let handle = unsafe handle else { throw .outOfMemory }
        unsafe self.handle = handle
    }

    /// Makes a whole file of a JPEG file.
    ///
    /// - Throws: ``ImageError/streamRefused(_:_:)`` if libjxl does not take it, or cannot give it
    ///   back.
    init(jpeg: [UInt8], effort: Int, threadCount: Int) throws(ImageError) {
        var handle: OpaquePointer?
        let status = unsafe jpeg.withUnsafeBufferPointer {
            unsafe cjxl_encoder_create_from_jpeg(
                $0.baseAddress, $0.count, Int32(effort), threadCount, &handle)
        }
        switch status {
        case .unsupported: throw .streamRefused(.jxl, "libjxl does not take this JPEG file")
        case .failed:
            throw .streamRefused(.jxl, "libjxl cannot say how this JPEG file is to be rebuilt")
        default: try Self.check(status)
        }
        guard let handle = unsafe handle else { throw .outOfMemory }
        unsafe self.handle = handle
    }

    /// Whether there is a profile and libjxl finds no fault with it.
    private static func takesProfile(of header: ImageHeader) -> Bool {
        guard var icc = header.metadata.icc else { return false }
        return unsafe icc.withUnsafeMutableBufferPointer {
            unsafe cjxl_takes_profile(
                cjxl_bytes(start: $0.baseAddress, count: $0.count),
                header.layout.model == .gray ? 1 : 0)
        } != 0
    }

    /// The profile, if it is what describes colors and libjxl does not take it.
    static func losses(_ header: ImageHeader, _ settings: WriteSettings) -> [Loss] {
        let metadata = header.metadata
        guard metadata.icc != nil, metadata.codePoints == nil, !takesProfile(of: header) else {
            return []
        }
        return [.metadata(.icc)]
    }

    deinit {
        unsafe cjxl_encoder_destroy(handle)
    }

    /// Encodes the next picture.
    func add(_ pixels: [UInt8], ticks: Int, isLast: Bool) throws(ImageError) {
        try Self.check(
            unsafe pixels.withUnsafeBufferPointer { pixels in
                unsafe cjxl_encoder_add(
                    handle, pixels.baseAddress, pixels.count, UInt32(ticks), isLast ? 1 : 0)
            })
    }

    /// Whether the file gives back this very JPEG file: libjxl says so of some from which it makes
    /// another, where data are damaged.
    func gives(_ jpeg: [UInt8], context: CodecContext) throws(ImageError) -> Bool {
        let file = unsafe cjxl_encoder_file(handle)
        let bytes = unsafe UnsafeBufferPointer(start: UnsafePointer(file.start), count: file.count)
        do throws(ImageError) {
            return try unsafe JXLRebuilding.jpeg(
                of: bytes, limit: jpeg.count + 1, context: context) == jpeg
        } catch {
            // Larger than it was.
            if case .limitExceeded = error { return false }
            throw error
        }
    }

    /// Writes the file, once the last picture has been added.
    func write(to sink: any ImageSink) throws(ImageError) {
        let file = unsafe cjxl_encoder_file(handle)
        let bytes = unsafe UnsafeRawBufferPointer(start: file.start, count: file.count)
        try unsafe sink.write(bytes, at: sink.byteCount)
    }

    private static func check(_ status: shim_status) throws(ImageError) {
        try status.checkWriting(.jxl, "the picture cannot be encoded")
    }
}
