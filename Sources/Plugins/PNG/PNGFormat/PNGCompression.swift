internal import CPNGShim

/// The compression of texts.
enum PNGCompression {
    /// A zlib stream, or `nil` if memory is short.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        let capacity = cpng_compressed_size(bytes.count)
        guard capacity > 0 else { return nil }
        let compressed = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            unsafe bytes.withUnsafeBufferPointer { bytes in
                count = unsafe cpng_compress(
                    bytes.baseAddress, bytes.count, buffer.baseAddress, capacity)
            }
        }
        return compressed.isEmpty ? nil : compressed
    }
}
