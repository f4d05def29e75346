/// Takes bytes of a source one after another, through a window, for formats that are parsed bytewise.
package struct SourceBytes {
    private let source: any ImageSource
    private let windowByteCount: Int
    private var window: [UInt8] = []
    private var windowOffset = 0
    /// Where the next byte lies.
    package private(set) var offset: Int

    /// Starts at `offset`, with a window of so many bytes.
    package init(of source: any ImageSource, at offset: Int, windowByteCount: Int = 1 << 16) {
        self.source = source
        self.offset = offset
        self.windowByteCount = windowByteCount
    }

    /// Takes the next byte; `nil` at the end.
    ///
    /// - Throws: ``ImageError/io(_:code:reason:)``.
    package mutating func next() throws(ImageError) -> UInt8? {
        if offset >= windowOffset + window.count {
            window = try source.bytes(at: offset, count: windowByteCount)
            windowOffset = offset
            guard !window.isEmpty else { return nil }
        }
        defer { offset += 1 }
        return window[offset - windowOffset]
    }

    /// Leaves bytes out.
    package mutating func skip(_ count: Int) { offset += count }
}
