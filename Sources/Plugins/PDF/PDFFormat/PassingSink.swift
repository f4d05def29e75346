internal import FormatKit

/// Passes on what a codec writes, which must come in order.
final class PassingSink: ImageSink {
    private(set) var byteCount = 0
    private let pass: ([UInt8]) throws(ImageError) -> Void

    /// Creates a sink; `pass` takes its bytes.
    init(_ pass: @escaping ([UInt8]) throws(ImageError) -> Void) {
        self.pass = pass
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ImageError) {
        guard offset == byteCount else {
            throw .codecFailure(.pdf, "compressed pixels come out of order")
        }
        byteCount += bytes.count
        try pass(unsafe Array(bytes))
    }

    /// Nothing is kept that could be read.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int { 0 }

    func commit() {}

    func discard() {}
}
