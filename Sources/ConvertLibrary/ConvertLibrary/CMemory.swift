/// Bytes that stay where they are, for C.
@safe final class CBytes {
    private let memory: UnsafeMutableRawPointer
    private let count: Int

    init(_ bytes: [UInt8]) {
        count = bytes.count
        unsafe memory = .allocate(byteCount: max(1, count), alignment: 16)
        unsafe UnsafeMutableRawBufferPointer(start: memory, count: count).copyBytes(from: bytes)
    }

    deinit {
        unsafe memory.deallocate()
    }

    /// All of them.
    @unsafe var all: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: memory, count: count)
    }
}

/// A text that stays where it is, for C, which takes it to end at its first zero.
final class CText {
    private let bytes: CBytes

    init(_ text: String) { bytes = CBytes(Array(text.utf8) + [0]) }

    /// Where it begins.
    @unsafe var start: UnsafePointer<CChar>? {
        unsafe bytes.all.baseAddress?.assumingMemoryBound(to: CChar.self)
    }
}
