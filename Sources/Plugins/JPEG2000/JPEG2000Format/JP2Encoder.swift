internal import CJP2Shim
internal import FormatKit
internal import ShimKit

/// The owner of an OpenJPEG encoder.
@safe
final class JP2Encoder: ShimReporter {
    private let output: CallbackSink
    private let format: FormatID
    private let handle: OpaquePointer

    /// Creates an encoder.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    init(
        _ header: ImageHeader, _ options: JP2WriteOptions, _ format: FormatID, threadCount: Int,
        output: CallbackSink
    ) throws(ImageError) {
        let layout = header.layout
        var settings = cjp2_settings(
            width: UInt32(header.size.width), height: UInt32(header.size.height),
            tile_width: UInt32(options.tileSize.width),
            tile_height: UInt32(options.tileSize.height),
            channel_count: UInt32(layout.channelCount),
            sample_size: Int32(layout.sample.byteCount), depth: Int32(options.depth),
            is_depth_tentative: options.isDepthTentative ? 1 : 0,
            is_lossless: options.isLossless ? 1 : 0,
            has_color_transform: layout.model == .rgb ? 1 : 0, levels: Int32(options.levels),
            progression: Int32(options.progression), layer_count: Int32(options.layers.count),
            has_ratios_of_noise: options.hasRatiosOfNoise ? 1 : 0,
            is_archival: options.isArchival ? 1 : 0, thread_count: Int32(clamping: threadCount))
        let comment = JP2Comment.bytes(header.metadata.texts).map {
            $0.map(CChar.init(bitPattern:))
        }
        let handle: OpaquePointer?
        if let comment {
            unsafe handle = cjp2_writer_create(
                &settings, options.layers, comment + [0], CallbackSink.shimWrite, output.address)
        } else {
            unsafe handle = cjp2_writer_create(
                &settings, options.layers, nil, CallbackSink.shimWrite, output.address)
        }
        guard let handle = unsafe handle else { throw .outOfMemory }
        self.output = output
        self.format = format
        unsafe self.handle = handle
    }

    deinit {
        unsafe cjp2_writer_destroy(handle)
    }

    /// Takes rows, and encodes the tiles that are complete.
    func add(_ band: PixelBand) throws(ImageError) {
        let status = unsafe band.withFilledBytes { rows -> shim_status in
            guard let start = rows.baseAddress else { return .ok }
            return unsafe cjp2_writer_add_rows(
                handle, start.assumingMemoryBound(to: UInt8.self), UInt32(band.rowCount))
        }
        try check(status)
    }

    /// Writes the end.
    func finish() throws(ImageError) {
        try check(unsafe cjp2_writer_finish(handle))
    }

    /// The bits of a sample, once all rows have been encoded.
    var depth: Int { Int(unsafe cjp2_writer_depth(handle)) }

    var report: UnsafePointer<shim_report> { unsafe cjp2_writer_report(handle) }

    private func check(_ status: shim_status) throws(ImageError) {
        try JP2Shortage.told(status, by: self).checkWriting(
            format, message, failure: output.failure)
    }
}
