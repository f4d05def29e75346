package import FormatKit

/// A file in which some bytes are others, for a library that must not see what it would stumble over.
package final class PatchedSource: ImageSource {
    /// Bytes that take the place of as many.
    struct Patch {
        let offset: Int
        let bytes: [UInt8]
    }

    private let source: any ImageSource
    private let patches: [Patch]

    init(_ source: any ImageSource, _ patches: [Patch]) {
        self.source = source
        self.patches = patches
    }

    /// The number of bytes.
    package var byteCount: Int { source.byteCount }

    /// Reads bytes from `offset` on.
    package func read(
        at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        let count = try unsafe source.read(at: offset, into: buffer)
        for patch in patches {
            let start = max(offset, patch.offset)
            let end = min(offset + count, patch.offset + patch.bytes.count)
            for place in start..<max(start, end) {
                unsafe buffer[place - offset] = patch.bytes[place - patch.offset]
            }
        }
        return count
    }
}
