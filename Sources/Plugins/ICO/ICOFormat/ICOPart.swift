internal import FormatKit

/// A part of a file as a file of its own, behind bytes that the file does not have.
final class ICOPart: ImageSource {
    private let source: any ImageSource
    private let head: [UInt8]
    private let range: Range<Int>

    /// Takes what there is of `range`.
    init(of source: any ImageSource, _ range: Range<Int>, behind head: [UInt8] = []) {
        self.source = source
        self.head = head
        let end = max(range.lowerBound, min(range.upperBound, source.byteCount))
        self.range = range.lowerBound..<end
    }

    var byteCount: Int { head.count + range.count }

    func read(
        at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        guard offset >= 0, offset < byteCount else { return 0 }
        let made = head.dropFirst(offset).prefix(buffer.count)
        unsafe buffer.copyBytes(from: made)
        let start = range.lowerBound + offset + made.count - head.count
        let count = min(buffer.count - made.count, range.upperBound - start)
        guard count > 0 else { return made.count }
        let rest = unsafe UnsafeMutableRawBufferPointer(
            rebasing: buffer[made.count..<made.count + count])
        return made.count + (try unsafe source.read(at: start, into: rest))
    }

    /// Where in the file a byte of the part lies; of the bytes in front of it, where it begins.
    func place(of offset: Int) -> Int { range.lowerBound + max(0, offset - head.count) }
}
