import FormatKit

import CTIFFShim

/// A file being written by libtiff: the only place of the writer that touches C.
@safe final class TIFFEncoder {
    private let output: Output
    private let file: OpaquePointer

    /// What the callbacks write to, and why they failed.
    private final class Output {
        let sink: any ImageSink
        var failure: ImageError?

        init(_ sink: any ImageSink) {
            self.sink = sink
        }

        /// Runs a callback's work; -1 if it throws.
        func count(_ body: () throws(ImageError) -> Int) -> Int64 {
            do throws(ImageError) {
                return Int64(try body())
            } catch {
                failure = error
                return -1
            }
        }
    }

    /// Starts a file.
    init(sink: any ImageSink, isBigEndian: Bool, isBig: Bool) throws(ImageError) {
        output = Output(sink)
        let io = unsafe Self.callbacks(output)
        let file = unsafe ctiff_open_writer(io, isBigEndian ? 1 : 0, isBig ? 1 : 0)
        guard let file = unsafe file else { throw .outOfMemory }
        unsafe self.file = unsafe file
        guard unsafe ctiff_is_open(file) == 1 else { throw failure() }
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
        guard status == 1 else { throw failure() }
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

    private static func callbacks(_ output: Output) -> ctiff_io {
        unsafe ctiff_io(
            context: Unmanaged.passUnretained(output).toOpaque(),
            read: { context, offset, bytes, count in
                guard let context = unsafe context, let bytes = unsafe bytes, count >= 0 else {
                    return -1
                }
                let output = unsafe Unmanaged<Output>.fromOpaque(context).takeUnretainedValue()
                let buffer = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: Int(count))
                return output.count { () throws(ImageError) in
                    try unsafe output.sink.read(at: Int(clamping: offset), into: buffer)
                }
            },
            write: { context, offset, bytes, count in
                guard let context = unsafe context, let bytes = unsafe bytes, count >= 0 else {
                    return -1
                }
                let output = unsafe Unmanaged<Output>.fromOpaque(context).takeUnretainedValue()
                let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: Int(count))
                return output.count { () throws(ImageError) in
                    try unsafe output.sink.write(buffer, at: Int(clamping: offset))
                    return buffer.count
                }
            },
            byte_count: { context in
                guard let context = unsafe context else { return 0 }
                let output = unsafe Unmanaged<Output>.fromOpaque(context).takeUnretainedValue()
                return UInt64(output.sink.byteCount)
            })
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
        guard status == 1 else { throw failure() }
    }

    /// Writes the directory of the page.
    func finishPage() throws(ImageError) {
        guard unsafe ctiff_finish_page(file) == 1 else { throw failure() }
    }

    private func failure() -> ImageError {
        if let failure = output.failure { return failure }
        let text = unsafe String(cString: ctiff_error(file))
        if text.contains("Maximum TIFF file size exceeded") {
            return .unstorable(.tiff, "the file would exceed 4 GiB; bigtiff=on lifts the limit")
        }
        return .codecFailure(.tiff, text)
    }
}
