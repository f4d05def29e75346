internal import CEXRShim
internal import FormatKit
internal import ShimKit

/// The owner of an encoder of one file.
@safe
final class EXREncoder: ShimReporter {
    private let output: CallbackSink
    private let handle: OpaquePointer

    /// Creates an encoder.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    init(
        _ header: ImageHeader, _ options: EXRWriteOptions, output: CallbackSink
    ) throws(ImageError) {
        let (data, display) = EXRDescription.windows(header)
        let shape = header.metadata.resolution.flatMap(EXRDescription.density)?.shape ?? 1
        var settings = cexr_settings(
            data: data.inShim, display: display.inShim,
            channel_count: UInt32(header.layout.channelCount), is_half: options.isHalf ? 1 : 0,
            is_straight: header.layout.alpha == .straight ? 1 : 0,
            compression: Int32(options.compression.rawValue), zip_level: Int32(options.zipLevel),
            pixel_aspect_ratio: shape)
        guard
            let handle = unsafe cexr_writer_create(
                &settings, CallbackSink.shimWrite, output.address)
        else { throw .outOfMemory }
        self.output = output
        unsafe self.handle = handle
    }

    deinit {
        unsafe cexr_writer_destroy(handle)
    }

    /// Starts the file, and says what its metadata do.
    func start(_ metadata: ImageMetadata) throws(ImageError) {
        try check(unsafe cexr_writer_start(handle))
        for (name, value) in EXRDescription.texts(metadata).stored {
            try check(unsafe cexr_writer_set_text(handle, name, value))
        }
        if let xmp = EXRDescription.xmp(metadata) {
            try check(unsafe cexr_writer_set_text(handle, "xmp", xmp))
        }
        if let colors = metadata.chromaticities {
            let points = [colors.white, colors.red, colors.green, colors.blue]
            let numbers = points.flatMap { [Float($0.x), Float($0.y)] }
            try check(unsafe cexr_writer_set_chromaticities(handle, numbers))
        }
        if let white = EXRDescription.whiteLuminance(metadata) {
            try check(unsafe cexr_writer_set_number(handle, "whiteLuminance", white))
        }
        if let density = metadata.resolution.flatMap(EXRDescription.density)?.horizontal {
            try check(unsafe cexr_writer_set_number(handle, "xDensity", density))
        }
    }

    /// Takes rows, and encodes the chunks that are complete.
    func add(_ band: PixelBand) throws(ImageError) {
        let status = unsafe band.withFilledBytes { rows -> shim_status in
            guard let start = rows.baseAddress else { return .ok }
            return unsafe cexr_writer_add_rows(
                handle, start.assumingMemoryBound(to: Float.self), UInt32(band.rowCount))
        }
        try check(status)
    }

    /// Writes the end.
    func finish() throws(ImageError) {
        try check(unsafe cexr_writer_finish(handle))
    }

    /// The number of samples that were too large for a half.
    var clampedCount: Int { Int(clamping: unsafe cexr_writer_clamped_count(handle)) }

    /// The number of pixels that were transparent and had a color.
    var transparentCount: Int { Int(clamping: unsafe cexr_writer_transparent_count(handle)) }

    var report: UnsafePointer<shim_report> { unsafe cexr_writer_report(handle) }

    private func check(_ status: shim_status) throws(ImageError) {
        try status.checkWriting(.exr, "OpenEXR: \(message)", failure: output.failure)
    }
}

extension EXRWindow {
    fileprivate var inShim: cexr_window {
        cexr_window(
            left: Int32(left), top: Int32(top), right: Int32(right), bottom: Int32(bottom))
    }
}
