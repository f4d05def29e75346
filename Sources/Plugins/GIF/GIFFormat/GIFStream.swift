internal import FormatKit

/// Writes the parts of a file in their order: see ``GIFStructure``.
struct GIFStream {
    private let sink: any ImageSink
    private let size: ImageSize
    private let context: CodecContext

    init(_ sink: any ImageSink, size: ImageSize, context: CodecContext) {
        self.sink = sink
        self.size = size
        self.context = context
    }

    /// The number of colors in a table that has room for `count`: a power of 2.
    static func tableCount(_ count: Int) -> Int { 1 << bitCount(count) }

    /// The bits of an index.
    private static func bitCount(_ count: Int) -> Int {
        (1...8).first { 1 << $0 >= count } ?? 8
    }

    private static func bytes(_ word: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: word), UInt8(truncatingIfNeeded: word >> 8)]
    }

    private static func table(_ palette: [PackedColor], _ count: Int) -> [UInt8] {
        let colors = palette.flatMap { [UInt8($0.red), UInt8($0.green), UInt8($0.blue)] }
        return colors + [UInt8](repeating: 0, count: 3 * tableCount(count) - colors.count)
    }

    /// Writes what is in front of the first frame, whose colors are those of the file.
    func writeHead(_ first: GIFIndexedFrame, _ header: ImageHeader) throws(ImageError) {
        let count = first.tableCount
        // 8 bits a channel, then the size of the table.
        let flags = 0xF0 | UInt8(Self.bitCount(count) - 1)
        try sink.append(
            Array("GIF89a".utf8) + Self.bytes(size.width) + Self.bytes(size.height)
                + [flags, 0, 0] + Self.table(first.palette, count))
        let loopCount = (header.animation ?? .default).loopCount
        if header.frameCount > 1, loopCount != 1 {
            let repetitions = min(max(0, loopCount - 1), 65_535)
            try writeExtension("NETSCAPE2.0", Self.blocks([1] + Self.bytes(repetitions)))
        }
        let metadata = header.metadata
        if let icc = metadata.icc, GIFMetadata.takes(icc, header.layout.model) {
            try writeExtension("ICCRGBG1012", Self.blocks(icc))
        }
        if let xmp = metadata.xmp, GIFMetadata.takes(xmp: xmp) {
            try writeExtension("XMP DataXMP", xmp + GIFExtensions.trailer)
        }
        for text in metadata.texts where GIFMetadata.takes(text) {
            try sink.append([0x21, 0xFE] + Self.blocks(Array(text.value.utf8)))
        }
    }

    private func writeExtension(_ name: String, _ content: [UInt8]) throws(ImageError) {
        try sink.append([0x21, 0xFF, 11] + Array(name.utf8) + content)
    }

    /// Blocks of up to 255 bytes, and the empty one that ends them.
    private static func blocks(_ content: [UInt8]) -> [UInt8] {
        stride(from: 0, to: content.count, by: 255).flatMap { start in
            let block = content[start..<min(start + 255, content.count)]
            return [UInt8(block.count)] + block
        } + [0]
    }

    /// Writes a frame.
    ///
    /// - Parameters:
    ///   - frame: The pixels.
    ///   - area: The part of the canvas that is stored.
    ///   - hasOwnColors: Whether its colors are not those of the file.
    ///   - disposal: What becomes of the area.
    ///   - delay: Hundredths of a second.
    /// - Throws: ``ImageError`` if the sink fails, or the work is to end.
    func writeFrame(
        _ frame: GIFIndexedFrame, _ area: PixelRegion, hasOwnColors: Bool,
        _ disposal: GIFControl.Disposal, delay: Int
    ) throws(ImageError) {
        let flags = disposal.rawValue << 2 | (frame.hole == nil ? 0 : 1)
        try sink.append(
            [0x21, 0xF9, 4, flags] + Self.bytes(delay) + [frame.hole ?? 0, 0, 0x2C]
                + [
                    area.columns.lowerBound, area.rows.lowerBound, area.columns.count,
                    area.rows.count,
                ]
                .flatMap(Self.bytes))
        let bitCount = Self.bitCount(frame.tableCount)
        try sink.append(
            hasOwnColors
                ? [0x80 | UInt8(bitCount - 1)] + Self.table(frame.palette, frame.tableCount) : [0])
        try writePixels(frame, area, indexBitCount: max(2, bitCount))
    }

    private func writePixels(
        _ frame: GIFIndexedFrame, _ area: PixelRegion, indexBitCount: Int
    ) throws(ImageError) {
        var encoder = LZWEncoder(indexBitCount: indexBitCount)
        try sink.append([UInt8(indexBitCount)])
        for row in area.rows {
            let start = row * size.width
            encoder.add(
                frame.indices[start + area.columns.lowerBound..<start + area.columns.upperBound])
            if encoder.output.count > 1 << 16 {
                try context.checkCancellation()
                try sink.append(encoder.takeOutput())
            }
        }
        encoder.finish()
        try sink.append(encoder.takeOutput())
    }

    func finish() throws(ImageError) {
        try sink.append([0x3B])
    }
}

extension GIFIndexedFrame {
    /// The number of indices, that of what is not drawn among them.
    var tableCount: Int { max(palette.count, hole.map { Int($0) + 1 } ?? 0) }
}
