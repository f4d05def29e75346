internal import FormatKit

/// Reads the first image of one file.
final class PNMReader: ImageReader {
    let header: ImageHeader
    private let kind: PNMKind
    private let source: any ImageSource
    private let context: CodecContext
    private let file: PNMHeader
    private let scaling: SampleScaling
    private var text: PNMScanner
    private let memory: MemoryShare
    private var rowCount = 0

    init(
        kind: PNMKind, source: any ImageSource, context: CodecContext
    ) throws(ImageError) {
        file = try PNMHeader(kind, parsing: source, at: 0)
        try context.limits.check(file.size)
        memory = context.memory.makeShare()
        try memory.reserve(file.layout.bytesPerRow(width: file.size.width))
        if let end = file.rasterEnd, end > source.byteCount, !context.isSalvaging {
            throw .truncated(
                kind.id, "the rows need \(end - file.rasterOffset) bytes",
                offset: source.byteCount)
        }
        let frames = try Self.frames(kind, of: source, after: file, context)
        var warnings = WarningRelay(context)
        try Remainder(of: source, from: frames.end)?.tell(&warnings)
        header = ImageHeader(
            size: file.size, layout: file.layout, significantBits: file.significantBits,
            frameCount: frames.count, storage: file.storage,
            metadata: ImageMetadata(texts: file.comments), losses: file.losses,
            details: file.details)
        scaling = SampleScaling(
            maximum: file.maximum, sample: file.layout.sample, isInverted: file.isInverted)
        text = PNMScanner(
            source, format: kind.id, at: file.rasterOffset, windowByteCount: 1 << 16)
        self.kind = kind
        self.source = source
        self.context = context
    }

    /// The number of images that follow each other in a file, and where the last ends.
    private static func frames(
        _ kind: PNMKind, of source: any ImageSource, after first: PNMHeader, _ context: CodecContext
    ) throws(ImageError) -> (count: Int, end: Int) {
        guard var end = first.rasterEnd else { return (1, source.byteCount) }
        var count = 1
        while end < source.byteCount {
            guard let next = try Self.imageEnd(kind, source, at: end) else {
                return (count, end)
            }
            end = next
            count += 1
            try context.limits.checkFrames(count)
            if count % 1024 == 0 { try context.checkCancellation() }
        }
        return (count, end)
    }

    /// Where the image that begins at `offset` ends, or `nil` if there is none.
    private static func imageEnd(
        _ kind: PNMKind, _ source: any ImageSource, at offset: Int
    ) throws(ImageError) -> Int? {
        do throws(ImageError) {
            let end = try PNMHeader(kind, parsing: source, at: offset).rasterEnd
            return end.flatMap { $0 <= source.byteCount ? $0 : nil }
        } catch {
            switch error {
            case .malformed, .truncated, .unsupported: return nil
            default: throw error
            }
        }
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        let count = min(band.rowCapacity, header.size.height - rowCount)
        let bytesPerRow = band.bytesPerRow
        try unsafe band.fill(rowCount: count) { (buffer) throws(ImageError) in
            switch file.encoding {
            case .text: try unsafe readText(into: buffer)
            case .bits: try unsafe readBits(into: buffer, bytesPerRow: bytesPerRow)
            case .bytes: try unsafe readBytes(into: buffer, bytesPerRow: bytesPerRow)
            case .floats(let isBigEndian):
                try unsafe readFloats(into: buffer, bytesPerRow: bytesPerRow, isBigEndian)
            }
        }
        rowCount += count
        if file.encoding == .text, count > 0, rowCount == header.size.height { try checkEnd() }
    }

    /// The offset in the file of the next row.
    private func offset(bytesPerRow: Int) -> Int { file.rasterOffset + rowCount * bytesPerRow }

    private func readBytes(
        into buffer: UnsafeMutableRawBufferPointer, bytesPerRow: Int
    ) throws(ImageError) {
        let start = offset(bytesPerRow: bytesPerRow)
        try unsafe read(at: start, into: buffer)
        let excess =
            file.sampleByteCount == 2
            ? unsafe scaling.scale(bigEndianPairs: buffer) : unsafe scaling.scale(bytes: buffer)
        if let excess {
            throw .malformed(
                kind.id, "a sample exceeds the maximum \(file.maximum)", offset: start + excess)
        }
    }

    private func readBits(
        into buffer: UnsafeMutableRawBufferPointer, bytesPerRow: Int
    ) throws(ImageError) {
        let packedPerRow = (bytesPerRow + 7) / 8
        let rows = bytesPerRow > 0 ? buffer.count / bytesPerRow : 0
        let packed = try source.bytes(
            at: offset(bytesPerRow: packedPerRow), count: rows * packedPerRow)
        guard packed.count == rows * packedPerRow else {
            throw .truncated(kind.id, "rows are missing", offset: source.byteCount)
        }
        unsafe packed.withUnsafeBufferPointer { packed in
            for row in 0..<rows {
                for column in 0..<bytesPerRow {
                    let byte = unsafe packed[row * packedPerRow + column / 8]
                    let isBlack = byte << (column % 8) & 0x80 != 0
                    unsafe buffer[row * bytesPerRow + column] = isBlack ? 0 : 255
                }
            }
        }
    }

    private func readText(into buffer: UnsafeMutableRawBufferPointer) throws(ImageError) {
        let size = file.sampleByteCount
        for index in stride(from: 0, to: buffer.count, by: size) {
            if index % (1 << 16) == 0 { try context.checkCancellation() }
            let value = kind == .bitmap ? try text.bit() : try text.number("next sample")
            guard let sample = scaling(value) else {
                throw .malformed(
                    kind.id, "sample \(value) exceeds the maximum \(file.maximum)",
                    offset: text.offset)
            }
            if size == 1 {
                unsafe buffer[index] = UInt8(truncatingIfNeeded: sample)
            } else {
                unsafe buffer.storeBytes(of: sample, toByteOffset: index, as: UInt16.self)
            }
        }
    }

    private func readFloats(
        into buffer: UnsafeMutableRawBufferPointer, bytesPerRow: Int, _ isBigEndian: Bool
    ) throws(ImageError) {
        // The last row of the file is the first of the picture.
        for row in 0..<(buffer.count / max(1, bytesPerRow)) {
            let fileRow = header.size.height - 1 - rowCount - row
            let part = unsafe UnsafeMutableRawBufferPointer(
                rebasing: buffer[row * bytesPerRow..<(row + 1) * bytesPerRow])
            try unsafe read(at: file.rasterOffset + fileRow * bytesPerRow, into: part)
        }
        guard isBigEndian != (Int(1).bigEndian == 1) else { return }
        for index in stride(from: 0, to: buffer.count, by: 4) {
            let bits = unsafe buffer.loadUnaligned(fromByteOffset: index, as: UInt32.self)
            unsafe buffer.storeBytes(of: bits.byteSwapped, toByteOffset: index, as: UInt32.self)
        }
    }

    private func read(
        at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) {
        guard try unsafe source.read(at: offset, into: buffer) == buffer.count else {
            throw .truncated(kind.id, "rows are missing", offset: source.byteCount)
        }
    }

    /// Only white space may follow the numbers.
    private func checkEnd() throws(ImageError) {
        try text.skipSpace()
        var warnings = WarningRelay(context)
        try Remainder(of: source, from: text.offset)?.tell(&warnings)
    }
}
