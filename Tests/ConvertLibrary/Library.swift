import CImgconv
import FormatKit
import TestSupport

/// The functions of `imgconv.h` as a program calls them.
enum Library {
    /// What a call left.
    struct Answer {
        var status = IMGCONV_OK
        var message = ""
        var offset = UInt64.max
        var systemError: Int32 = 0
        var mayPass = false
        var bytes: [UInt8]?
        var json = ""
        var losses: [String] = []
        var warnings: [String] = []
    }

    /// What a call reads.
    enum Input {
        case path(String)
        case bytes([UInt8], extension: String? = nil)
        case image(Image, gap: Int = 0, saysOrientation: Bool = true)
    }

    /// How a call does its work.
    @safe struct Settings {
        var options: String?
        var threads: UInt32 = 1
        var maxPixels: UInt64 = 0
        var maxMemory: UInt64 = 0
        var progress: imgconv_progress?
        var isCancelled: imgconv_cancel?
        var user: UnsafeMutableRawPointer?

        init(_ options: String? = nil) { self.options = options }
    }

    /// Converts.
    static func convert(
        _ input: Input, to path: String? = nil, format: String? = nil,
        _ settings: Settings = Settings()
    ) -> Answer {
        unsafe call { result, error in
            unsafe withSource(input) { source in
                unsafe withSettings(settings) { settings in
                    unsafe withText(path) { path in
                        unsafe withText(format) { format in
                            var target = unsafe imgconv_target()
                            unsafe target.size = UInt32(MemoryLayout<imgconv_target>.size)
                            unsafe target.path = path
                            unsafe target.format = format
                            return unsafe imgconv_convert(source, &target, settings, result, error)
                        }
                    }
                }
            }
        }
    }

    /// Tells what is in a file.
    static func inspect(_ input: Input, _ settings: Settings = Settings()) -> Answer {
        unsafe call { result, error in
            unsafe withSource(input) { source in
                unsafe withSettings(settings) { settings in
                    unsafe imgconv_inspect(source, settings, result, error)
                }
            }
        }
    }

    /// Opens an image.
    static func open(
        _ input: Input, _ settings: Settings = Settings()
    ) -> (image: OpaquePointer?, answer: Answer) {
        var image: OpaquePointer?
        let answer = unsafe call { _, error in
            unsafe withSource(input) { source in
                unsafe withSettings(settings) { settings in
                    unsafe imgconv_open(source, settings, &image, error)
                }
            }
        }
        return unsafe (image, answer)
    }

    /// Decodes into memory whose bytes are 0x5A; the memory has so many bytes less than is needed.
    static func decode(
        _ image: OpaquePointer?, channels: UInt32 = 0, bitDepth: UInt32 = 0, height: Int,
        rowByteCount: Int, gap: Int = 0, less: Int = 0
    ) -> Answer {
        let stride = rowByteCount + gap
        var memory = [UInt8](repeating: 0x5A, count: stride * height - gap - less)
        var answer = unsafe call { result, error in
            unsafe memory.withUnsafeMutableBytes { buffer in
                unsafe imgconv_decode(
                    image, channels, bitDepth, buffer.baseAddress, buffer.count,
                    gap == 0 ? 0 : stride, result, error)
            }
        }
        answer.bytes = memory
        return answer
    }

    /// Makes a call, and takes what it leaves.
    static func call(
        _ body: (
            UnsafeMutablePointer<OpaquePointer?>, UnsafeMutablePointer<imgconv_error>
        ) -> imgconv_status
    ) -> Answer {
        var error = imgconv_error()
        error.size = UInt32(MemoryLayout<imgconv_error>.size)
        var result: OpaquePointer?
        var answer = Answer()
        answer.status = unsafe body(&result, &error)
        answer.message = unsafe withUnsafeBytes(of: error.message) { buffer in
            unsafe String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
        }
        answer.offset = error.offset
        answer.systemError = error.system_error
        answer.mayPass = error.may_pass == 1
        guard let result = unsafe result else { return answer }
        var count = 0
        if let start = unsafe imgconv_result_bytes(result, &count) {
            answer.bytes = unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
        }
        answer.json = unsafe imgconv_result_json(result).map { unsafe String(cString: $0) } ?? ""
        answer.losses = unsafe (0..<imgconv_result_loss_count(result)).compactMap {
            unsafe imgconv_result_loss(result, $0).map { unsafe String(cString: $0) }
        }
        answer.warnings = unsafe (0..<imgconv_result_warning_count(result)).compactMap {
            unsafe imgconv_result_warning(result, $0).map { unsafe String(cString: $0) }
        }
        unsafe imgconv_result_free(result)
        return answer
    }

    private static func withText<R>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> R) -> R {
        guard let text else { return body(nil) }
        return unsafe text.withCString { unsafe body($0) }
    }

    private static func withSettings<R>(
        _ settings: Settings, _ body: (UnsafePointer<imgconv_settings>) -> R
    ) -> R {
        unsafe withText(settings.options) { options in
            var raw = unsafe imgconv_settings()
            unsafe raw.size = UInt32(MemoryLayout<imgconv_settings>.size)
            unsafe raw.threads = settings.threads
            unsafe raw.max_pixels = settings.maxPixels
            unsafe raw.max_memory = settings.maxMemory
            unsafe raw.options = options
            unsafe raw.progress = settings.progress
            unsafe raw.is_cancelled = settings.isCancelled
            unsafe raw.user = settings.user
            return unsafe body(&raw)
        }
    }

    private static func withSource<R>(
        _ input: Input, _ body: (UnsafePointer<imgconv_source>) -> R
    ) -> R {
        var source = unsafe imgconv_source()
        unsafe source.size = UInt32(MemoryLayout<imgconv_source>.size)
        switch input {
        case .path(let path):
            return unsafe withText(path) { path in
                unsafe source.path = path
                return unsafe body(&source)
            }
        case .bytes(let bytes, let hint):
            return unsafe withText(hint) { hint in
                unsafe source.extension = hint
                // Of no bytes, too, there is an address.
                return unsafe (bytes + [0]).withUnsafeBytes { buffer in
                    unsafe source.bytes = buffer.baseAddress
                    unsafe source.byte_count = bytes.count
                    return unsafe body(&source)
                }
            }
        case .image(let image, let gap, let saysOrientation):
            return unsafe withPixels(image, gap, saysOrientation) { pixels in
                unsafe source.pixels = pixels
                return unsafe body(&source)
            }
        }
    }

    private static func withPixels<R>(
        _ image: Image, _ gap: Int, _ saysOrientation: Bool,
        _ body: (UnsafePointer<imgconv_pixels>) -> R
    ) -> R {
        let (size, layout) = (image.header.size, image.header.layout)
        let row = layout.bytesPerRow(width: size.width)
        // At an odd address.
        var memory: [UInt8] = [0]
        for start in stride(from: 0, to: image.bytes.count, by: row) {
            memory += image.bytes[start..<start + row] + [UInt8](repeating: 0xEE, count: gap)
        }
        memory.removeLast(gap)
        let metadata = image.header.metadata
        let blocks = [metadata.icc ?? [], metadata.exif ?? [], metadata.xmp ?? []]
        return unsafe memory.withUnsafeBytes { memory in
            unsafe blocks[0].withUnsafeBytes { icc in
                unsafe blocks[1].withUnsafeBytes { exif in
                    unsafe blocks[2].withUnsafeBytes { xmp in
                        var pixels = unsafe imgconv_pixels()
                        unsafe pixels.size = UInt32(MemoryLayout<imgconv_pixels>.size)
                        unsafe pixels.width = UInt32(size.width)
                        unsafe pixels.height = UInt32(size.height)
                        unsafe pixels.channels = UInt32(layout.channelCount)
                        unsafe pixels.bit_depth = UInt32(layout.sample.bitCount)
                        unsafe pixels.orientation =
                            saysOrientation ? UInt32(metadata.orientation.rawValue) : 0
                        unsafe pixels.samples = memory.baseAddress.map { unsafe $0 + 1 }
                        unsafe pixels.stride = gap == 0 ? 0 : row + gap
                        unsafe (pixels.icc, pixels.icc_size) = (icc.baseAddress, icc.count)
                        unsafe (pixels.exif, pixels.exif_size) = (exif.baseAddress, exif.count)
                        unsafe (pixels.xmp, pixels.xmp_size) = (xmp.baseAddress, xmp.count)
                        unsafe pixels.density_x = metadata.resolution?.horizontal ?? 0
                        unsafe pixels.density_y = metadata.resolution?.vertical ?? 0
                        return unsafe body(&pixels)
                    }
                }
            }
        }
    }
}
