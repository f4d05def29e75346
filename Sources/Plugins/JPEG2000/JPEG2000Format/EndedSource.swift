internal import FormatKit

/// A codestream whose last marker is missing, with that marker: the library looks for it.
final class EndedSource: ImageSource {
    private static let end: [UInt8] = [0xFF, 0xD9]

    private let source: any ImageSource

    init(_ source: any ImageSource) { self.source = source }

    var byteCount: Int { source.byteCount + Self.end.count }

    func read(
        at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        let (whole, wanted) = (source.byteCount, min(buffer.count, byteCount - offset))
        guard wanted > 0 else { return 0 }
        var count = 0
        if offset < whole {
            let part = unsafe UnsafeMutableRawBufferPointer(
                rebasing: buffer[..<min(wanted, whole - offset)])
            count = try unsafe source.read(at: offset, into: part)
            guard count == part.count else { return count }
        }
        while count < wanted {
            unsafe buffer[count] = Self.end[offset + count - whole]
            count += 1
        }
        return count
    }
}
