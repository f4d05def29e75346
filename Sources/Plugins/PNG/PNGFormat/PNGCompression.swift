internal import CPNGShim

/// The compression of texts and profiles.
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

    /// What a zlib stream of at most `limit` bytes holds, or `nil` if it is damaged.
    static func decompress(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
        var length = 0
        let result = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe cpng_decompress(bytes.baseAddress, bytes.count, limit, &length)
        }
        guard let result = unsafe result else { return nil }
        defer { unsafe cpng_free(result) }
        return unsafe Array(UnsafeBufferPointer(start: result, count: length))
    }
}
