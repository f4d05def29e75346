public import FormatKit

/// Turning, written from the table of TIFF 6.0 (p. 36), not from the converter.
extension Image {
    /// The picture as a file stores it that asks to be turned by `orientation`.
    public func stored(as orientation: Orientation) -> Image {
        var image = self
        image.header.size = orientation.uprightSize(of: header.size)
        image.header.metadata.orientation = orientation
        forEachPixel(storedAs: orientation) { upright, stored in
            image.bytes.replaceSubrange(stored, with: bytes[upright])
        }
        return image
    }

    /// The picture as a person looks at it.
    public func upright() -> Image {
        let orientation = header.metadata.orientation
        var image = self
        image.header.size = orientation.uprightSize(of: header.size)
        image.header.metadata.orientation = .up
        image.forEachPixel(storedAs: orientation) { upright, stored in
            image.bytes.replaceSubrange(upright, with: bytes[stored])
        }
        return image
    }

    /// Names the bytes of every pixel of this picture, which is upright, and those in the stored
    /// one.
    private func forEachPixel(
        storedAs orientation: Orientation, _ body: (Range<Int>, Range<Int>) -> Void
    ) {
        let (width, height) = (header.size.width, header.size.height)
        let pixel = header.layout.bytesPerPixel
        let storedWidth = orientation.uprightSize(of: header.size).width
        for y in 0..<height {
            for x in 0..<width {
                let (right, bottom) = (width - 1 - x, height - 1 - y)
                let (column, row) =
                    switch orientation {
                    case .up: (x, y)
                    case .upMirrored: (right, y)
                    case .down: (right, bottom)
                    case .downMirrored: (x, bottom)
                    case .leftMirrored: (y, x)
                    case .right: (y, right)
                    case .rightMirrored: (bottom, right)
                    case .left: (bottom, x)
                    }
                let (upright, stored) = (
                    (y * width + x) * pixel, (row * storedWidth + column) * pixel
                )
                body(upright..<upright + pixel, stored..<stored + pixel)
            }
        }
    }
}
