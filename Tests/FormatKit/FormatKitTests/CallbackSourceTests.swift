import FormatKit
import TestSupport
import Testing

@Suite struct CallbackSourceTests {
    /// Reads as a C library does, which has nothing but an address.
    private func read(_ input: CallbackSource, at offset: UInt64, count: Int) -> (Int, [UInt8]) {
        var bytes = [UInt8](repeating: 0, count: count)
        let result = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe CallbackSource.read(
                input.address, at: offset, into: buffer.baseAddress, count: buffer.count)
        }
        return (result, bytes)
    }

    @Test(arguments: [
        (UInt64(0), 3, [UInt8]([1, 2, 3])), (2, 9, [3, 4]), (4, 2, []), (.max, 2, []),
    ])
    func `bytes come up to the end, and none behind it`(
        offset: UInt64, count: Int, expected: [UInt8]
    ) {
        let input = CallbackSource(MemorySource([1, 2, 3, 4]), context: CodecContext())
        let (result, bytes) = read(input, at: offset, count: count)
        #expect(result == expected.count)
        #expect(Array(bytes.prefix(expected.count)) == expected)
        #expect(input.failure == nil)
        #expect(unsafe CallbackSource.byteCount(input.address) == 4)
    }

    @Test func `an error is kept where it cannot be thrown`() {
        let error = ImageError.io("a", code: 5, reason: "broken")
        let input = CallbackSource(BrokenSource(error: error), context: CodecContext())
        #expect(read(input, at: 0, count: 1).0 == -1)
        #expect(input.failure == error)
    }

    @Test(arguments: [false, true])
    func `whoever asks is told whether to end`(isCancelled: Bool) {
        let context = CodecContext(isCancelled: { isCancelled })
        let input = CallbackSource(MemorySource([]), context: context)
        #expect(unsafe CallbackSource.isCancelled(input.address) == isCancelled)
    }
}

/// Fails at every read.
private final class BrokenSource: ImageSource {
    let byteCount = 10
    private let error: ImageError

    init(error: ImageError) {
        self.error = error
    }

    func read(
        at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        throw error
    }
}
