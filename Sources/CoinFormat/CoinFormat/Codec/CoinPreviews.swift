public import FormatKit

/// A picture decoded several times, coarse first: each time at twice the size.
///
/// A network has no order of importance in its bytes; what is coarse is the grid that it is
/// evaluated on. All previews together cost a third more than the picture alone.
///
/// ```swift
/// for try await preview in decoder.previews(count: 4) {
///     print(preview.header.size)  // An eighth of each side, a quarter, a half, all of it.
/// }
/// ```
public struct CoinPreviews: AsyncSequence, Sendable {
    let decoder: CoinDecoder
    let sizes: [ImageSize]

    /// Steps through the previews.
    public struct Iterator: AsyncIteratorProtocol {
        let decoder: CoinDecoder
        var sizes: ArraySlice<ImageSize>

        /// Decodes the next preview off the caller's actor.
        ///
        /// - Throws: ``/FormatKit/ImageError``.
        @concurrent
        public mutating func next() async throws(ImageError) -> Image? {
            guard let size = sizes.popFirst() else { return nil }
            guard !Task.isCancelled else { throw .cancelled }
            return try decoder.decode(size: size)
        }
    }

    /// Starts with the coarsest.
    public func makeAsyncIterator() -> Iterator {
        Iterator(decoder: decoder, sizes: sizes[...])
    }
}

extension CoinDecoder {
    /// The picture at `count` sizes, each twice the one before, the last one its own.
    ///
    /// - Precondition: `count` is positive.
    public func previews(count: Int) -> CoinPreviews {
        precondition(count > 0)
        return CoinPreviews(decoder: self, sizes: header.size.halvings(count: count))
    }
}
