internal import CImgconv
internal import FormatKit

/// Samples in the caller's memory, or a copy of them.
///
/// To the converter they are a file of a format that is not registered elsewhere, ``PixelFormat``:
/// whatever can be done with files can be done with them.
@safe final class PixelSource: ImageSource {
    /// What the caller says of them.
    let header: ImageHeader
    private let rows: RowMemory
    /// The rows, if they are a copy.
    private let copy: [UInt8]?

    /// Where rows lie.
    @safe private struct RowMemory {
        let start: UnsafeRawPointer
        let stride: Int
    }

    /// Takes the caller's structure.
    ///
    /// - Parameters:
    ///   - pixels: The structure.
    ///   - isCopied: Whether the samples are to be copied.
    ///   - limits: What is accepted.
    /// - Throws: ``CallError``.
    @unsafe init(_ pixels: imgconv_pixels, isCopied: Bool, limits: Limits) throws(CallError) {
        header = try unsafe Self.header(pixels, limits)
        let (size, layout) = (header.size, header.layout)
        let rowByteCount = layout.bytesPerRow(width: size.width)
        guard let samples = unsafe pixels.samples else { throw .argument("no samples") }
        let stride = unsafe pixels.stride == 0 ? rowByteCount : pixels.stride
        // What does not fit into the address space is no memory of the caller's.
        guard stride >= rowByteCount,
            !stride.multipliedReportingOverflow(by: size.height).overflow
        else { throw .argument("the stride") }
        guard isCopied else {
            copy = nil
            unsafe rows = RowMemory(start: samples, stride: stride)
            return
        }
        let byteCount = rowByteCount * size.height
        try CallError.translating { () throws(ImageError) in try limits.checkMemory(byteCount) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        for row in 0..<size.height {
            unsafe bytes.append(
                contentsOf: UnsafeRawBufferPointer(
                    start: samples + row * stride, count: rowByteCount))
        }
        copy = bytes
        unsafe rows = RowMemory(start: samples, stride: rowByteCount)
    }

    /// Copies rows, one after another without gaps.
    func copyRows(_ range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer) {
        let byteCount = header.layout.bytesPerRow(width: header.size.width)
        if let copy {
            let bytes = copy[range.lowerBound * byteCount..<range.upperBound * byteCount]
            unsafe buffer.copyBytes(from: bytes)
            return
        }
        for (place, row) in range.enumerated() {
            let source = unsafe UnsafeRawBufferPointer(
                start: rows.start + row * rows.stride, count: byteCount)
            unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[(place * byteCount)...])
                .copyMemory(from: source)
        }
    }

    /// That of the signature.
    var byteCount: Int { PixelFormat.signature.count }

    /// Delivers the signature.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let bytes = PixelFormat.signature.dropFirst(max(0, offset)).prefix(buffer.count)
        unsafe buffer.copyBytes(from: bytes)
        return bytes.count
    }
}

extension PixelSource {
    /// What the caller says of the samples.
    @unsafe private static func header(
        _ pixels: imgconv_pixels, _ limits: Limits
    ) throws(CallError) -> ImageHeader {
        guard unsafe Int(pixels.size) >= MemoryLayout<imgconv_pixels>.size else {
            throw .argument("the size of the pixels")
        }
        let (width, height) = unsafe (Int(pixels.width), Int(pixels.height))
        guard (1...Int(Int32.max)).contains(width), (1...Int(Int32.max)).contains(height) else {
            throw .argument("a picture of \(width)x\(height) pixels")
        }
        let layout = unsafe PixelLayout(
            channelCount: pixels.channels, bitDepth: pixels.bit_depth)
        guard let layout else { throw .argument("the channels or the bit depth of the pixels") }
        let size = ImageSize(width: width, height: height)
        try CallError.translating { () throws(ImageError) in try limits.check(size) }
        var header = ImageHeader(size: size, layout: layout)
        header.metadata = try unsafe metadata(pixels, limits)
        return header
    }

    @unsafe private static func metadata(
        _ pixels: imgconv_pixels, _ limits: Limits
    ) throws(CallError) -> ImageMetadata {
        var metadata = ImageMetadata(
            icc: try unsafe block(pixels.icc, pixels.icc_size, limits),
            exif: try unsafe block(pixels.exif, pixels.exif_size, limits),
            xmp: try unsafe block(pixels.xmp, pixels.xmp_size, limits))
        let (x, y) = unsafe (pixels.density_x, pixels.density_y)
        if x > 0, y > 0, x.isFinite, y.isFinite {
            metadata.resolution = Resolution(horizontal: x, vertical: y, unit: .inch)
        }
        let number = unsafe Int(pixels.orientation)
        guard number != 0 else {
            metadata.orientation = metadata.exif.flatMap(ExifOrientation.read) ?? .up
            return metadata
        }
        guard let orientation = Orientation(rawValue: number) else {
            throw .argument("the orientation of the pixels")
        }
        metadata.orientation = orientation
        return metadata
    }

    @unsafe private static func block(
        _ start: UnsafeRawPointer?, _ count: Int, _ limits: Limits
    ) throws(CallError) -> [UInt8]? {
        guard let start = unsafe start, count != 0 else { return nil }
        guard count > 0 else { throw .argument("the size of a block of metadata") }
        try CallError.translating { () throws(ImageError) in try limits.checkMetadata(count) }
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}

extension PixelLayout {
    /// The layout of so many channels and bits in the caller's memory, or `nil` if there is none.
    init?(channelCount: UInt32, bitDepth: UInt32) {
        let samples: [UInt32: SampleType] = [8: .uint8, 16: .uint16]
        guard (1...4).contains(channelCount), let sample = samples[bitDepth] else { return nil }
        self.init(
            channelCount > 2 ? .rgb : .gray, sample,
            alpha: channelCount % 2 == 0 ? .straight : .opaque)
    }
}
