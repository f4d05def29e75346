internal import CWebPShim
internal import FormatKit
internal import ShimKit

/// The Swift face of the shim's functions for reading.
enum WebPDecoding {
    /// The size of the canvas, from the first bytes of a file.
    static func size(_ head: [UInt8], isWholeFile: Bool) throws(ImageError) -> ImageSize {
        var size = cwebp_size()
        let status = unsafe head.withUnsafeBufferPointer { bytes in
            unsafe cwebp_read_size(bytes.baseAddress, bytes.count, &size)
        }
        if status == .truncated, !isWholeFile {
            throw .malformed(.webp, "no image where one should begin", offset: RIFFHeader.byteCount)
        }
        try check(status, "header", endingAt: head.count)
        guard size.width > 0, size.height > 0 else {
            throw .malformed(.webp, "size \(size.width)x\(size.height)")
        }
        return ImageSize(width: Int(size.width), height: Int(size.height))
    }

    /// What a file contains; one that is cut inside a still picture only if `allowsCut`.
    static func contents(
        _ file: [UInt8], allowsCut: Bool
    ) throws(ImageError) -> cwebp_contents {
        var contents = cwebp_contents()
        let status = unsafe file.withUnsafeBufferPointer { bytes in
            unsafe cwebp_read_contents(
                bytes.baseAddress, bytes.count, allowsCut ? 1 : 0, &contents)
        }
        try check(status, "chunks", endingAt: file.count)
        return contents
    }

    /// The headers of a whole file's frames.
    static func frames(_ file: [UInt8], count: Int) throws(ImageError) -> [cwebp_frame] {
        var frames = [cwebp_frame](repeating: cwebp_frame(), count: count)
        let status = unsafe file.withUnsafeBufferPointer { bytes in
            unsafe frames.withUnsafeMutableBufferPointer { frames in
                unsafe cwebp_read_frames(
                    bytes.baseAddress, bytes.count, frames.baseAddress, frames.count)
            }
        }
        try check(status, "frames", endingAt: file.count)
        return frames
    }

    /// The canvas with the first frame on it; what the frame does not cover is transparent black.
    static func image(
        _ file: [UInt8], _ contents: cwebp_contents, layout: PixelLayout, isThreaded: Bool
    ) throws(ImageError) -> [UInt8] {
        var image = [UInt8]()
        let status = unsafe draw(file, contents, layout, on: &image) {
            bitstream, target, bytesPerRow in
            unsafe cwebp_decode(
                bitstream.baseAddress, bitstream.count, contents.frame_size,
                layout.hasAlpha ? 1 : 0, isThreaded ? 1 : 0, target.baseAddress, bytesPerRow)
        }
        try check(status, "pixels", endingAt: end(of: contents.frame))
        return image
    }

    /// As ``image(_:_:layout:isThreaded:)``, but of a frame that is cut or damaged only the first
    /// rows of the canvas.
    ///
    /// - Returns: The rows, and what is wrong with the others if some are missing.
    static func salvagedImage(
        _ file: [UInt8], _ contents: cwebp_contents, layout: PixelLayout
    ) throws(ImageError) -> (image: [UInt8], damage: ImageError?) {
        var image = [UInt8]()
        var count: Int32 = 0
        let status = unsafe draw(file, contents, layout, on: &image) {
            bitstream, target, bytesPerRow in
            unsafe cwebp_salvage(
                bitstream.baseAddress, bitstream.count, contents.frame_size,
                layout.hasAlpha ? 1 : 0, target.baseAddress, bytesPerRow, &count)
        }
        do throws(ImageError) {
            try check(status, "pixels", endingAt: end(of: contents.frame))
            return (image, nil)
        } catch {
            guard [.truncated, .malformed].contains(status) else { throw error }
            // One row less than all: the decoder may have told of rows that it has not filtered.
            let rowCount = min(
                Int(contents.frame_y) + Int(count), Int(contents.canvas.height) - 1)
            image.removeSubrange(
                (rowCount * layout.bytesPerRow(width: Int(contents.canvas.width)))...)
            return (image, error)
        }
    }

    /// Decodes the first frame's bitstream into its place on a canvas of transparent black.
    private static func draw(
        _ file: [UInt8], _ contents: cwebp_contents, _ layout: PixelLayout,
        on image: inout [UInt8],
        decode: (
            _ bitstream: UnsafeBufferPointer<UInt8>, _ target: UnsafeMutableBufferPointer<UInt8>,
            _ bytesPerRow: Int
        ) -> shim_status
    ) -> shim_status {
        let bytesPerRow = layout.bytesPerRow(width: Int(contents.canvas.width))
        let start =
            Int(contents.frame_y) * bytesPerRow + Int(contents.frame_x) * layout.bytesPerPixel
        let frame = contents.frame
        image = [UInt8](repeating: 0, count: bytesPerRow * Int(contents.canvas.height))
        return unsafe file.withUnsafeBufferPointer { file in
            unsafe image.withUnsafeMutableBufferPointer { image in
                unsafe decode(
                    UnsafeBufferPointer(rebasing: file[frame.offset..<end(of: frame)]),
                    UnsafeMutableBufferPointer(rebasing: image[start...]), bytesPerRow)
            }
        }
    }

    private static func end(of range: cwebp_range) -> Int { range.offset + range.length }

    private static func check(
        _ status: shim_status, _ part: String, endingAt end: Int
    ) throws(ImageError) {
        let message =
            switch status {
            case .truncated: "its \(part) are incomplete"
            case .unsupported: "a \(part) feature of this file"
            default: "its \(part) cannot be decoded"
            }
        try status.checkReading(.webp, message, endingAt: end)
    }
}
