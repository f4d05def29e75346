internal import FormatKit

/// The bytes of a file in the caller's memory, which are there as long as the call takes.
@safe final class BorrowedSource: ImageSource {
    private let bytes: UnsafeRawBufferPointer

    @unsafe init(_ bytes: UnsafeRawBufferPointer) {
        unsafe self.bytes = bytes
    }

    /// The number of bytes.
    var byteCount: Int { unsafe bytes.count }

    /// Copies bytes from `offset` on.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard offset >= 0, offset < byteCount else { return 0 }
        let count = min(buffer.count, byteCount - offset)
        unsafe buffer.copyMemory(
            from: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]))
        return count
    }
}
