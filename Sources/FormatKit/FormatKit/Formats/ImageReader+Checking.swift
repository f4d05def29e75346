extension ImageReader {
    /// Decodes all rows, and forgets them: a damaged file must not pass as a stream because nobody has
    /// looked.
    ///
    /// - Throws: ``ImageError`` as ``readRows(into:)`` does, or if the caller wants to stop.
    package func checkRows(_ context: CodecContext) throws(ImageError) {
        let size = header.size
        var band = PixelBand(
            width: size.width, layout: header.layout, rowCapacity: min(size.height, 16))
        var rowCount = 0
        while rowCount < size.height {
            try context.checkCancellation()
            try readRows(into: &band)
            rowCount += band.rowCount
        }
    }
}
