public import FormatKit

extension FormatPlugin {
    /// Reads a file once for each of its bytes, with that byte changed, all pictures of it.
    ///
    /// Either there is an error or some picture. What would fail is the process: by a trap, by a
    /// hang, or by what a sanitizer finds.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - seed: What the changes follow from.
    public func readDamaged(_ bytes: [UInt8], seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let limits = Limits(pixelCount: 1 << 20, memoryByteCount: 1 << 26, frameCount: 100)
        let context = CodecContext(limits: limits)
        for offset in bytes.indices {
            var damaged = bytes
            damaged[offset] ^= UInt8.random(in: 1...255, using: &generator)
            _ = try? readAll(damaged, context: context)
        }
    }

    /// The prefixes of a file, those of `counts` bytes, that are not called truncated at their
    /// end, and what is said of them instead.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - counts: The lengths of prefixes; all but the whole file if left out.
    /// - Returns: The lengths and the errors; `nil` if the prefix is taken for a whole file.
    public func misjudgedPrefixes(
        of bytes: [UInt8], counts: Range<Int>? = nil
    ) -> [(count: Int, error: ImageError?)] {
        (counts ?? 0..<bytes.count).compactMap { count in
            do throws(ImageError) {
                try readAll(Array(bytes.prefix(count)), context: CodecContext())
                return (count, nil)
            } catch .truncated(_, _, count) {
                return nil
            } catch {
                return (count, error)
            }
        }
    }

    private func readAll(_ bytes: [UInt8], context: CodecContext) throws(ImageError) {
        let reader = try makeReader(source: MemorySource(bytes), context: context)
        _ = try Image(reading: reader, limits: context.limits)
        guard let pages = reader as? any MultiImageReader, pages.header.frameCount > 1 else {
            return
        }
        for index in 0..<pages.header.frameCount {
            try pages.selectPage(index)
            _ = try Image(reading: pages, limits: context.limits)
        }
    }
}
