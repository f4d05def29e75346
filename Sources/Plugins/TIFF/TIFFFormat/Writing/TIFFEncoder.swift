import FormatKit

import CTIFFShim
import ShimKit

/// A file being written by libtiff: the only place of the writer that touches C.
@safe final class TIFFEncoder: ShimReporter {
    private let output: CallbackSink
    private let file: OpaquePointer

    /// Starts a file.
    init(sink: any ImageSink, isBigEndian: Bool, isBig: Bool) throws(ImageError) {
        output = CallbackSink(sink)
        let io = unsafe ctiff_io(
            context: output.address, read: CallbackSink.shimRead, write: CallbackSink.shimWrite,
            byte_count: { unsafe UInt64(CallbackSink.byteCount($0)) })
        let file = unsafe ctiff_open_writer(io, isBigEndian ? 1 : 0, isBig ? 1 : 0)
        guard let file = unsafe file else { throw .outOfMemory }
        unsafe self.file = unsafe file
        try check(unsafe ctiff_opening(file))
    }

    /// Sets the fields of the next page.
    func beginPage(
        _ header: ImageHeader, _ encoding: PageEncoding, _ options: TIFFOptions, page: Int,
        pageCount: Int? = nil
    ) throws(ImageError) {
        var parameters = unsafe Self.parameters(header, encoding, options)
        // Page numbers have 16 bits; further ones say nothing.
        let count = pageCount ?? header.frameCount
        if count <= Int(UInt16.max) {
            unsafe parameters.page = UInt16(page)
            unsafe parameters.page_count = UInt16(count)
        }
        var colorMap: [UInt16] = []
        if case .palette(let table) = encoding.packing { colorMap = table.colorMap }
        let (icc, xmp) = (header.metadata.icc ?? [], header.metadata.xmp ?? [])
        let status = unsafe icc.withUnsafeBytes { icc in
            unsafe xmp.withUnsafeBytes { xmp in
                unsafe colorMap.withUnsafeBufferPointer { colorMap in
                    // libtiff copies all of them.
                    unsafe parameters.icc = icc.baseAddress
                    unsafe parameters.icc_byte_count = UInt32(icc.count)
                    unsafe parameters.xmp = xmp.baseAddress
                    unsafe parameters.xmp_byte_count = UInt32(xmp.count)
                    unsafe parameters.color_map = colorMap.isEmpty ? nil : colorMap.baseAddress
                    return unsafe ctiff_begin_page(file, &parameters)
                }
            }
        }
        try check(status)
    }

    private static func parameters(
        _ header: ImageHeader, _ encoding: PageEncoding, _ options: TIFFOptions
    ) -> ctiff_parameters {
        let (size, layout, metadata) = (header.size, header.layout, header.metadata)
        var parameters = unsafe ctiff_parameters()
        unsafe parameters.width = UInt32(size.width)
        unsafe parameters.height = UInt32(size.height)
        unsafe parameters.tile_size = UInt32(encoding.tileSize)
        unsafe parameters.rows_per_strip =
            encoding.tileSize > 0 ? 0 : UInt32(encoding.blockRowCount)
        unsafe parameters.bits_per_sample = UInt16(encoding.bitsPerSample)
        unsafe parameters.samples_per_pixel = UInt16(encoding.samplesPerPixel)
        let isReal = layout.sample == .float32 && !header.form.contains(.integers)
        unsafe parameters.sample_format = isReal ? 3 : header.form.contains(.signed) ? 2 : 1
        unsafe parameters.photometric = encoding.photometric
        unsafe parameters.has_extra_sample = layout.hasAlpha ? 1 : 0
        unsafe parameters.extra_sample =
            switch layout.alpha {
            case .straight where header.form.contains(.unspecifiedAlpha): 0
            case .opaque: 0
            case .premultiplied: 1
            case .straight: 2
            }
        unsafe parameters.compression = encoding.compression.code
        unsafe parameters.predictor = encoding.predictor
        unsafe parameters.level = Int32(options.level)
        unsafe parameters.quality = Int32(options.quality)
        unsafe parameters.maximum_error = options.maximumError
        unsafe parameters.orientation = UInt16(metadata.orientation.rawValue)
        guard let resolution = metadata.resolution else { return unsafe parameters }
        unsafe parameters.resolution_unit =
            switch resolution.unit {
            case .none: 1
            case .inch: 2
            case .centimeter: 3
            }
        unsafe parameters.horizontal_resolution = resolution.horizontal
        unsafe parameters.vertical_resolution = resolution.vertical
        return unsafe parameters
    }

    deinit {
        unsafe ctiff_close(file)
    }

    /// Encodes a strip or tile; `bytes` are scratch afterwards.
    func writeBlock(
        _ index: Int, _ bytes: UnsafeMutableRawBufferPointer
    ) throws(ImageError) {
        let status = unsafe ctiff_write_block(
            file, UInt32(index), bytes.baseAddress, UInt64(bytes.count))
        try check(status)
    }

    /// Writes the directory of the page.
    func finishPage() throws(ImageError) {
        try check(unsafe ctiff_finish_page(file))
    }

    var report: UnsafePointer<shim_report> { unsafe ctiff_report(file) }

    private func check(_ status: shim_status) throws(ImageError) {
        if status == .failed, message.contains("Maximum TIFF file size exceeded") {
            throw .unstorable(.tiff, "the file would exceed 4 GiB; bigtiff=on lifts the limit")
        }
        try status.checkWriting(.tiff, message, failure: output.failure)
    }
}
