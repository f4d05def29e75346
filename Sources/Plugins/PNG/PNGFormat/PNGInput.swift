internal import CPNGShim
internal import FormatKit

/// The bytes that libpng gets to see: the file without what the plugin reads itself, and with
/// the metadata it wants from libpng moved before the pixels.
final class PNGInput {
    private let source: any ImageSource
    /// Parts of the file in the order of delivery.
    private var segments: ArraySlice<Range<Int>>
    /// What follows them: an end that the file lacks.
    private var tail: ArraySlice<UInt8> = []
    /// The offset in the file after the last byte delivered.
    private(set) var offset = 0
    /// Why a read failed.
    private(set) var failure: ImageError?
    /// A piece of the file, as libpng asks for few bytes at a time.
    private var window: [UInt8] = []
    private var windowOffset = 0

    private static let windowByteCount = 1 << 16

    /// Selects from a file the chunks that pixels depend on and those in `metadata`.
    init(_ source: any ImageSource, structure: PNGStructure, metadata: [PNGChunk]) {
        self.source = source
        let early = structure.chunks.filter {
            !structure.isLate($0) && ($0.type.affectsPixels || metadata.contains($0))
        }
        let late = metadata.filter(structure.isLate)
        var segments = [0..<PNGStructure.signature.count]
        segments += (early + late).map { $0.offset..<$0.end }
        segments += Self.pixelSegments(of: structure)
        if structure.damage != nil {
            tail = Self.end[...]
        } else if !structure.isComplete {
            segments.append(structure.end..<source.byteCount)
        }
        self.segments = Self.merged(segments)[...]
    }

    /// The chunk IEND.
    private static let end: [UInt8] = [0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82]

    /// What lies from the first IDAT on, without chunks that pixels do not depend on.
    private static func pixelSegments(of structure: PNGStructure) -> [Range<Int>] {
        guard let start = structure.pixelOffset else { return [] }
        var segments: [Range<Int>] = []
        var offset = start
        for chunk in structure.chunks where structure.isLate(chunk) && !chunk.type.affectsPixels {
            segments.append(offset..<chunk.offset)
            offset = chunk.end
        }
        return segments + [offset..<structure.end]
    }

    private static func merged(_ segments: [Range<Int>]) -> [Range<Int>] {
        segments.reduce(into: []) { result, segment in
            guard !segment.isEmpty else { return }
            if let last = result.last, last.upperBound == segment.lowerBound {
                result[result.count - 1] = last.lowerBound..<segment.upperBound
            } else {
                result.append(segment)
            }
        }
    }

    /// What libpng calls; its context is a ``PNGInput``.
    static let callback: cpng_read = { context, bytes, count in
        guard let context = unsafe context, let bytes = unsafe bytes else { return -1 }
        let input = unsafe Unmanaged<PNGInput>.fromOpaque(context).takeUnretainedValue()
        let buffer = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: count)
        do throws(ImageError) {
            return try unsafe input.read(into: buffer)
        } catch {
            input.failure = error
            return -1
        }
    }

    /// Copies the next bytes; fewer than `buffer` holds only at the end.
    private func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int {
        var done = 0
        while done < buffer.count {
            guard let segment = nextSegment() else {
                offset = source.byteCount
                let part = tail.prefix(buffer.count - done)
                unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
                    .copyBytes(from: part)
                tail = tail.dropFirst(part.count)
                return done + part.count
            }
            let count = min(buffer.count - done, segment.upperBound - offset)
            let part = unsafe UnsafeMutableRawBufferPointer(
                rebasing: buffer[done..<(done + count)])
            let readCount = try unsafe copy(to: part)
            guard readCount > 0 else { return done }
            done += readCount
            offset += readCount
        }
        return done
    }

    /// The segment that holds the next byte.
    ///
    /// Only a read goes on to the next, so that ``offset`` tells where the last one ended.
    private func nextSegment() -> Range<Int>? {
        if let segment = segments.first, offset == segment.upperBound {
            segments.removeFirst()
            offset = segments.first?.lowerBound ?? offset
        }
        return segments.first
    }

    /// Copies bytes at ``offset``, through the window if they are few.
    private func copy(to buffer: UnsafeMutableRawBufferPointer) throws(ImageError) -> Int {
        if buffer.count >= Self.windowByteCount {
            return try unsafe source.read(at: offset, into: buffer)
        }
        if offset < windowOffset || offset >= windowOffset + window.count {
            window = try source.bytes(at: offset, count: Self.windowByteCount)
            windowOffset = offset
        }
        let available = window[(offset - windowOffset)...].prefix(buffer.count)
        unsafe buffer.copyBytes(from: available)
        return available.count
    }
}
