internal import FormatKit
internal import PNGFormat

/// Writes one file: pictures with a side of 256 as PNG files, which no program reads otherwise, the
/// others as bitmaps, which every program reads; both of 32 bits.
final class ICOWriter: MultiImageWriter {
    private let sink: any ImageSink
    private let format: FormatDescriptor
    private let settings: WriteSettings
    private let context: CodecContext
    private let memory: MemoryShare
    /// The number of pictures that are announced.
    private let count: Int
    private var pictures: WrittenPictures
    /// The rows of the picture so far.
    private var rows: [UInt8] = []
    private var directory: [UInt8] = []

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings,
        format: FormatDescriptor, context: CodecContext
    ) throws(ImageError) {
        guard header.frameCount <= Int(UInt16.max) else {
            throw .unstorable(
                format.id, "\(header.frameCount) pages, expected at most \(UInt16.max)")
        }
        memory = context.memory.makeShare()
        try memory.reserve(Self.heldByteCount(header))
        self.sink = sink
        self.format = format
        self.settings = settings
        self.context = context
        count = header.frameCount
        pictures = WrittenPictures(in: format.id, header)
        // It is written once all places are known.
        let byteCount = ICODirectory.headByteCount + count * ICOEntry.byteCount
        try sink.append([UInt8](repeating: 0, count: byteCount))
    }

    /// A picture, and what is made of it.
    static func heldByteCount(_ header: ImageHeader) -> Int {
        header.size.byteCount(perPixel: 2 * header.layout.bytesPerPixel)
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        pictures.add(band)
        rows += band.filledBytes
    }

    func beginPage(_ header: ImageHeader) throws(ImageError) {
        precondition(directory.count / ICOEntry.byteCount + 1 < count, "the first header tells")
        try endPicture()
        try format.checkStorable(header)
        try memory.grow(to: Self.heldByteCount(header))
        pictures = WrittenPictures(in: format.id, header)
    }

    func finish() throws(ImageError) {
        try endPicture()
        let written = directory.count / ICOEntry.byteCount
        guard written == count else {
            throw .codecFailure(format.id, "\(written) pictures written, expected \(count)")
        }
        let head: [UInt8] = [0, 0, 1, 0, UInt8(count & 0xFF), UInt8(count >> 8)]
        try unsafe (head + directory).withUnsafeBufferPointer { (buffer) throws(ImageError) in
            try unsafe sink.write(UnsafeRawBufferPointer(buffer), at: 0)
        }
    }

    private func endPicture() throws(ImageError) {
        let size = pictures.header.size
        try pictures.endPicture()
        try context.checkCancellation()
        let isLarge = max(size.width, size.height) == ICOEntry.largestSide
        let bytes = isLarge ? try png() : Self.bitmap(size, rows)
        let offset = sink.byteCount
        guard offset + bytes.count <= Int(UInt32.max) else {
            throw .unstorable(format.id, "a file has at most 4 GiB")
        }
        // Of a side only 8 bits are told, of 256 none.
        var entry: [UInt8] = [
            UInt8(truncatingIfNeeded: size.width), UInt8(truncatingIfNeeded: size.height), 0, 0,
            1, 0, 32, 0,
        ]
        entry += [UInt8](repeating: 0, count: 8)
        entry.setWord32(bytes.count, at: 8)
        entry.setWord32(offset, at: 12)
        directory += entry
        rows.removeAll(keepingCapacity: true)
        try sink.append(bytes)
    }

    private func png() throws(ImageError) -> [UInt8] {
        let sink = MemorySink()
        let header = ImageHeader(size: pictures.header.size, layout: pictures.header.layout)
        let writer = try PNGPlugin().makeWriter(
            sink: sink, header: header, settings: WriteSettings(effort: settings.effort),
            context: context)
        try writer.writeRows(
            PixelBand(width: header.size.width, layout: header.layout, bytes: rows))
        try writer.finish()
        return sink.bytes
    }

    /// A bitmap with rows from the bottom, blue first, and a mask of what is transparent.
    private static func bitmap(_ size: ImageSize, _ rows: [UInt8]) -> [UInt8] {
        let maskBytesPerRow = ICOBitmap.bytesPerRow(size.width, 1)
        var bytes = [UInt8](repeating: 0, count: 40)
        bytes.setWord32(40, at: 0)
        bytes.setWord32(size.width, at: 4)
        bytes.setWord32(2 * size.height, at: 8)
        (bytes[12], bytes[14]) = (1, 32)
        bytes.setWord32(rows.count + size.height * maskBytesPerRow, at: 20)
        bytes.reserveCapacity(2 * rows.count)
        var mask: [UInt8] = []
        for row in (0..<size.height).reversed() {
            var bits = [UInt8](repeating: 0, count: maskBytesPerRow)
            for column in 0..<size.width {
                let pixel = (row * size.width + column) * 4
                bytes.append(rows[pixel + 2])
                bytes.append(rows[pixel + 1])
                bytes.append(rows[pixel])
                bytes.append(rows[pixel + 3])
                if rows[pixel + 3] == 0 { bits[column / 8] |= 0x80 >> UInt8(column % 8) }
            }
            mask += bits
        }
        return bytes + mask
    }
}
