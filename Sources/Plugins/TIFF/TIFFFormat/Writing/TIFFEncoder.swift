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
    init(
        sink: any ImageSink, parameters: tiff_shim_parameters, metadata: ImageMetadata
    ) throws(ImageError) {
        output = Output(sink)
        let io = unsafe Self.callbacks(output)
        var parameters = unsafe parameters
        let (icc, xmp) = (metadata.icc ?? [], metadata.xmp ?? [])
        let file = unsafe icc.withUnsafeBytes { icc in
            unsafe xmp.withUnsafeBytes { xmp in
                // libtiff copies both.
                unsafe parameters.icc = icc.baseAddress
                unsafe parameters.icc_byte_count = UInt32(icc.count)
                unsafe parameters.xmp = xmp.baseAddress
                unsafe parameters.xmp_byte_count = UInt32(xmp.count)
                return unsafe tiff_shim_open_writer(io, &parameters)
            }
        }
        guard let file = unsafe file else { throw .codecFailure(.tiff, "out of memory") }
        unsafe self.file = unsafe file
        guard unsafe tiff_shim_is_open(file) == 1 else { throw failure() }
    }

    private static func callbacks(_ output: Output) -> tiff_shim_io {
        unsafe tiff_shim_io(
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
        unsafe tiff_shim_close(file)
    }

    /// Encodes a strip or tile; `bytes` are scratch afterwards.
    func writeBlock(
        _ index: Int, _ bytes: UnsafeMutableRawBufferPointer
    ) throws(ImageError) {
        let status = unsafe tiff_shim_write_block(
            file, UInt32(index), bytes.baseAddress, UInt64(bytes.count))
        guard status == 1 else { throw failure() }
    }

    /// Writes the directory.
    func finish() throws(ImageError) {
        guard unsafe tiff_shim_finish(file) == 1 else { throw failure() }
    }

    private func failure() -> ImageError {
        if let failure = output.failure { return failure }
        let text = unsafe String(cString: tiff_shim_error(file))
        if text.contains("Maximum TIFF file size exceeded") {
            return .unstorable(.tiff, "the file would exceed 4 GiB; bigtiff=on lifts the limit")
        }
        return .codecFailure(.tiff, text)
    }
}
