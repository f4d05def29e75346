internal import FormatKit

/// Draws the frames of an animation onto their canvas.
final class PNGFrameComposer {
    private let source: any ImageSource
    private let structure: PNGStructure
    private let animation: PNGAnimation
    private let context: CodecContext
    /// The layout of the canvas.
    private let layout: PixelLayout
    private let memory: MemoryShare
    private var canvas: [UInt8] = []
    /// What was in the area of the last frame, if it is to come back.
    private var saved: [UInt8]?
    /// The number of frames drawn.
    private var drawnCount = 0

    init(
        of source: any ImageSource, _ structure: PNGStructure, _ animation: PNGAnimation,
        layout: PixelLayout, context: CodecContext
    ) throws(ImageError) {
        self.source = source
        self.structure = structure
        self.animation = animation
        self.layout = layout
        self.context = context
        // Of the canvas, of what a frame covers, and of a frame in two layouts.
        memory = context.memory.makeShare()
        try memory.reserve(structure.size, bytesPerPixel: 4 * layout.bytesPerPixel)
    }

    /// The canvas as it is seen while a frame is shown.
    func image(at index: Int) throws(ImageError) -> [UInt8] {
        if index < drawnCount - 1 || drawnCount == 0 { reset() }
        while drawnCount <= index {
            try context.checkCancellation()
            dispose()
            try draw(animation.frames[drawnCount])
            drawnCount += 1
        }
        return canvas
    }

    private func reset() {
        canvas = [UInt8](
            repeating: 0, count: structure.size.pixelCount * layout.bytesPerPixel)
        saved = nil
        drawnCount = 0
    }

    /// Clears or restores the area of the last frame, if it asks for that.
    private func dispose() {
        guard drawnCount > 0 else { return }
        let frame = animation.frames[drawnCount - 1]
        switch frame.disposal {
        case .keep: break
        case .clear: clear(frame)
        // There is nothing before the first frame.
        case .restore: if let saved { canvas = saved } else { clear(frame) }
        }
        saved = nil
    }

    private func clear(_ frame: PNGFrame) {
        let rowByteCount = frame.size.width * layout.bytesPerPixel
        for row in 0..<frame.size.height {
            let start = offset(of: frame, row: row)
            canvas.replaceSubrange(
                start..<start + rowByteCount, with: repeatElement(0, count: rowByteCount))
        }
    }

    /// Where a row of a frame starts in the canvas.
    private func offset(of frame: PNGFrame, row: Int) -> Int {
        ((frame.top + row) * structure.size.width + frame.left) * layout.bytesPerPixel
    }

    private func draw(_ frame: PNGFrame) throws(ImageError) {
        if frame.disposal == .restore, drawnCount > 0 { saved = canvas }
        let pixels = try decode(frame)
        let rowByteCount = frame.size.width * layout.bytesPerPixel
        for row in 0..<frame.size.height {
            let rowPixels = pixels[row * rowByteCount..<(row + 1) * rowByteCount]
            let start = offset(of: frame, row: row)
            if frame.isBlended, layout.hasAlpha {
                blend(rowPixels, at: start)
            } else {
                canvas.replaceSubrange(start..<start + rowByteCount, with: rowPixels)
            }
        }
    }

    /// The pixels of a frame in the canvas's layout.
    private func decode(_ frame: PNGFrame) throws(ImageError) -> [UInt8] {
        // What the file's warnings are, its reader has said.
        var context = context
        context.warn = { _ in }
        let file =
            frame.isDefaultImage
            ? source
            : try PNGFrameFile.make(frame, of: source, structure, limits: context.limits)
        let reader = try PNGReader(source: file, context: context, isFrame: true)
        let image = try Image(reading: reader, limits: context.limits)
        guard let converted = image.converted(to: layout) else {
            throw .codecFailure(.png, "no conversion to \(layout)")
        }
        return converted.bytes
    }

    private func blend(_ pixels: ArraySlice<UInt8>, at offset: Int) {
        let channelCount = layout.channelCount
        let isWide = layout.sample == .uint16
        unsafe pixels.withUnsafeBytes { source in
            unsafe canvas.withUnsafeMutableBytes { canvas in
                let target = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: canvas[offset..<offset + source.count])
                if isWide {
                    unsafe PNGBlending.blend(source, over: target, channelCount, UInt16.self)
                } else {
                    unsafe PNGBlending.blend(source, over: target, channelCount, UInt8.self)
                }
            }
        }
    }
}

/// The operator *over* for straight alpha (PNG, 3rd edition, §13.16).
enum PNGBlending {
    /// Lays pixels over others; both are as long and have alpha last.
    static func blend<T: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ pixels: UnsafeRawBufferPointer, over canvas: UnsafeMutableRawBufferPointer,
        _ channelCount: Int, _: T.Type
    ) {
        let size = MemoryLayout<T>.size
        let opaque = UInt64(T.max)
        for pixel in stride(from: 0, to: pixels.count, by: channelCount * size) {
            func upper(_ channel: Int) -> UInt64 {
                unsafe UInt64(
                    pixels.loadUnaligned(fromByteOffset: pixel + channel * size, as: T.self))
            }
            func lower(_ channel: Int) -> UInt64 {
                unsafe UInt64(
                    canvas.loadUnaligned(fromByteOffset: pixel + channel * size, as: T.self))
            }
            func store(_ value: UInt64, _ channel: Int) {
                unsafe canvas.storeBytes(
                    of: T(value), toByteOffset: pixel + channel * size, as: T.self)
            }
            let colors = channelCount - 1
            let (front, back) = (upper(colors) * opaque, (opaque - upper(colors)) * lower(colors))
            let sum = front + back
            if upper(colors) == 0 { continue }
            for channel in 0..<colors {
                store((upper(channel) * front + lower(channel) * back + sum / 2) / sum, channel)
            }
            store((sum + opaque / 2) / opaque, colors)
        }
    }
}

/// Makes a file of its own from a frame, for libpng to read.
enum PNGFrameFile {
    static func make(
        _ frame: PNGFrame, of source: any ImageSource, _ structure: PNGStructure, limits: Limits
    ) throws(ImageError) -> MemorySource {
        let byteCount = frame.pixelChunks.reduce(0) { $0 + $1.contentByteCount + 12 }
        try limits.checkMemory(byteCount)
        var file = PNGStructure.signature
        file.reserveCapacity(byteCount + 1024)
        let size =
            UInt32(frame.size.width).bigEndianBytes + UInt32(frame.size.height).bigEndianBytes
        append(.header, size + (try source.bytes(at: 24, count: 5)), to: &file)
        for chunk in structure.chunks where [.palette, .transparency].contains(chunk.type) {
            file += try source.bytes(at: chunk.offset, count: chunk.end - chunk.offset)
        }
        for chunk in frame.pixelChunks {
            guard let content = try chunk.content(in: source, limits) else {
                throw .malformed(.png, "fdAT: CRC error", offset: chunk.offset)
            }
            append(.pixels, Array(content.dropFirst(4)), to: &file)
        }
        append(.end, [], to: &file)
        return MemorySource(file)
    }

    private static func append(_ type: PNGChunkType, _ content: [UInt8], to file: inout [UInt8]) {
        let body = type.rawValue.bigEndianBytes + content
        let check = CRC32.checksum(body)
        file += UInt32(content.count).bigEndianBytes + body + check.bigEndianBytes
    }
}
