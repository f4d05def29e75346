public import CImgconv
internal import ConvertKit
internal import FormatFiles
internal import FormatKit

// The functions of imgconv.h, which documents them; the compiler compares them with it.

/// Returns 10000 major + 100 minor + patch.
@c @implementation
public func imgconv_version() -> UInt32 {
    Version.text.split(separator: ".").reduce(0) { $0 * 100 + (UInt32($1) ?? 0) }
}

/// Returns what a status means.
@c @implementation
public func imgconv_status_text(_ status: imgconv_status) -> UnsafePointer<CChar>? {
    let texts: [StaticString] = [
        "no error", "not an image in a known format", "the input is damaged",
        "the input ends early", "the input has what is not supported",
        "the input asks for more than the limits allow", "something would be lost",
        "the output exists", "an option makes no sense", "the format cannot hold such an image",
        "no quality comes to what is asked for", "the stream cannot be taken as it is",
        "the system refused to read or write", "out of memory", "a codec library failed",
        "the output was wrong and was discarded", "cancelled", "invalid argument",
    ]
    let index = Int(status.rawValue)
    let text: StaticString = texts.indices.contains(index) ? texts[index] : "unknown status"
    return unsafe UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}

/// Converts from a source to a target.
@c @implementation
public func imgconv_convert(
    _ source: UnsafePointer<imgconv_source>?, _ target: UnsafePointer<imgconv_target>?,
    _ settings: UnsafePointer<imgconv_settings>?, _ result: UnsafeMutablePointer<OpaquePointer?>?,
    _ error: UnsafeMutablePointer<imgconv_error>?
) -> imgconv_status {
    unsafe answer(result, error) { () throws(CallError) in
        guard let target = unsafe target,
            unsafe Int(target.pointee.size) >= MemoryLayout<imgconv_target>.size
        else { throw .argument("no target, or its size") }
        let path = unsafe target.pointee.path.map { unsafe Path(cString: $0) }
        let hasResult = unsafe result != nil
        guard path != nil || hasResult else {
            throw .argument("without a path, a result is needed")
        }
        let format = unsafe target.pointee.format.map { unsafe String(cString: $0) }
        let settings = try unsafe CallSettings(settings)
        let input = try unsafe CallInput(source, isKept: false, settings)
        return try Conversions.convert(input, to: path, formatName: format, settings)
    }
}

/// Converts a file to a file.
@c @implementation
public func imgconv_convert_file(
    _ input: UnsafePointer<CChar>?, _ output: UnsafePointer<CChar>?,
    _ options: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<imgconv_error>?
) -> imgconv_status {
    unsafe answer(nil, error) { () throws(CallError) in
        guard let input = unsafe input, let output = unsafe output else {
            throw .argument("no path")
        }
        let settings = try CallSettings(
            text: unsafe options.map { unsafe String(cString: $0) } ?? "")
        return try Conversions.convert(
            try unsafe CallInput(path: Path(cString: input), settings),
            to: unsafe Path(cString: output), formatName: nil, settings)
    }
}

/// Tells what is in a file.
@c @implementation
public func imgconv_inspect(
    _ source: UnsafePointer<imgconv_source>?, _ settings: UnsafePointer<imgconv_settings>?,
    _ result: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<imgconv_error>?
) -> imgconv_status {
    unsafe answer(result, error) { () throws(CallError) in
        let settings = try unsafe CallSettings(settings)
        return try Conversions.inspect(
            try unsafe CallInput(source, isKept: false, settings), settings)
    }
}

/// Lists the formats.
@c @implementation
public func imgconv_list_formats(
    _ result: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<imgconv_error>?
) -> imgconv_status {
    unsafe answer(result, error) { () throws(CallError) in try Conversions.listFormats() }
}

/// Opens an image.
@c @implementation
public func imgconv_open(
    _ source: UnsafePointer<imgconv_source>?, _ settings: UnsafePointer<imgconv_settings>?,
    _ image: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<imgconv_error>?
) -> imgconv_status {
    unsafe answer(image, error) { () throws(CallError) in
        guard unsafe image != nil else { throw .argument("no place for the image") }
        let settings = try unsafe CallSettings(settings)
        return try OpenImage(try unsafe CallInput(source, isKept: true, settings), settings)
    }
}

/// Tells what decoding gives.
@c @implementation
public func imgconv_get_image_info(
    _ image: OpaquePointer?, _ info: UnsafeMutablePointer<imgconv_image_info>?
) -> imgconv_status {
    guard let image: OpenImage = unsafe object(image), let info = unsafe info,
        unsafe Int(info.pointee.size) >= MemoryLayout<imgconv_image_info>.size
    else { return IMGCONV_INVALID_ARGUMENT }
    let header = image.header
    unsafe info.pointee.width = UInt32(clamping: header.size.width)
    unsafe info.pointee.height = UInt32(clamping: header.size.height)
    unsafe info.pointee.channels = UInt32(clamping: header.layout.channelCount)
    unsafe info.pointee.bit_depth = UInt32(clamping: header.layout.sample.bitCount)
    unsafe info.pointee.orientation = UInt32(clamping: header.metadata.orientation.rawValue)
    unsafe info.pointee.frames = UInt32(clamping: image.frameCount)
    unsafe info.pointee.reserved = 0
    let density = header.metadata.resolution?.pixelsPerMeter
    unsafe info.pointee.density_x = (density?.horizontal ?? 0) * 0.0254
    unsafe info.pointee.density_y = (density?.vertical ?? 0) * 0.0254
    return IMGCONV_OK
}

/// Finds a block of metadata.
@c @implementation
public func imgconv_get_metadata(
    _ image: OpaquePointer?, _ block: imgconv_block,
    _ bytes: UnsafeMutablePointer<UnsafeRawPointer?>?, _ count: UnsafeMutablePointer<Int>?
) -> imgconv_status {
    guard let image: OpenImage = unsafe object(image), let bytes = unsafe bytes,
        let count = unsafe count, block.rawValue <= IMGCONV_XMP.rawValue
    else { return IMGCONV_INVALID_ARGUMENT }
    let found = unsafe image.block(block)
    unsafe bytes.pointee = unsafe found?.baseAddress
    unsafe count.pointee = unsafe found?.count ?? 0
    return IMGCONV_OK
}

/// Decodes.
@c @implementation
public func imgconv_decode(
    _ image: OpaquePointer?, _ channels: UInt32, _ bitDepth: UInt32,
    _ samples: UnsafeMutableRawPointer?, _ size: Int, _ stride: Int,
    _ result: UnsafeMutablePointer<OpaquePointer?>?, _ error: UnsafeMutablePointer<imgconv_error>?
) -> imgconv_status {
    unsafe answer(result, error) { () throws(CallError) in
        guard let image: OpenImage = unsafe object(image), let samples = unsafe samples,
            size > 0, stride >= 0
        else { throw .argument("no image or samples") }
        let own = image.header.layout
        let layout = PixelLayout(
            channelCount: channels == 0 ? UInt32(clamping: own.channelCount) : channels,
            bitDepth: bitDepth == 0 ? UInt32(clamping: own.sample.bitCount) : bitDepth)
        guard let layout else { throw .argument("the channels or the bit depth") }
        let row = layout.bytesPerRow(width: image.header.size.width)
        let memory = unsafe PixelMemory(
            start: samples, byteCount: size, stride: stride == 0 ? row : stride)
        return try image.decode(layout, into: memory)
    }
}

/// Closes an image.
@c @implementation
public func imgconv_close(_ image: OpaquePointer?) {
    unsafe release(OpenImage.self, image)
}

/// Returns the file that was written to memory.
@c @implementation
public func imgconv_result_bytes(
    _ result: OpaquePointer?, _ count: UnsafeMutablePointer<Int>?
) -> UnsafeRawPointer? {
    let result: CallResult? = unsafe object(result)
    let bytes = unsafe result?.bytes
    if let count = unsafe count { unsafe count.pointee = unsafe bytes?.count ?? 0 }
    return unsafe bytes?.baseAddress
}

/// Returns what happened as JSON.
@c @implementation
public func imgconv_result_json(_ result: OpaquePointer?) -> UnsafePointer<CChar>? {
    let result: CallResult? = unsafe object(result)
    return unsafe result?.json
}

/// Returns how many things were lost.
@c @implementation
public func imgconv_result_loss_count(_ result: OpaquePointer?) -> Int {
    let result: CallResult? = unsafe object(result)
    return result?.lossCount ?? 0
}

/// Returns what was lost.
@c @implementation
public func imgconv_result_loss(_ result: OpaquePointer?, _ index: Int) -> UnsafePointer<CChar>? {
    let result: CallResult? = unsafe object(result)
    return unsafe result?.loss(index)
}

/// Returns how many things were odd.
@c @implementation
public func imgconv_result_warning_count(_ result: OpaquePointer?) -> Int {
    let result: CallResult? = unsafe object(result)
    return result?.warningCount ?? 0
}

/// Returns what was odd.
@c @implementation
public func imgconv_result_warning(_ result: OpaquePointer?, _ index: Int) -> UnsafePointer<CChar>?
{
    let result: CallResult? = unsafe object(result)
    return unsafe result?.warning(index)
}

/// Frees a result.
@c @implementation
public func imgconv_result_free(_ result: OpaquePointer?) {
    unsafe release(CallResult.self, result)
}
