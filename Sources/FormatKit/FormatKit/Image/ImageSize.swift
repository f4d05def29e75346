/// The size of an image, in pixels.
public struct ImageSize: Sendable, Hashable, CustomStringConvertible {
    /// The number of columns.
    public var width: Int
    /// The number of rows.
    public var height: Int

    /// Creates a size.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// The number of pixels, or `Int.max` where the product does not fit.
    public var pixelCount: Int {
        let (product, overflow) = width.multipliedReportingOverflow(by: height)
        return overflow ? .max : product
    }

    /// The size of so many bytes for each pixel and of `byteCount` more, or `Int.max` where it does
    /// not fit.
    public func byteCount(perPixel: Int, besides byteCount: Int = 0) -> Int {
        pixelCount.multipliedClamped(by: perPixel).addingClamped(byteCount)
    }

    /// `count` sizes, each half of the next one, rounded up, and the last one this.
    ///
    /// Sizes that would repeat one pixel are left out.
    package func halvings(count: Int) -> [ImageSize] {
        var sizes = [self]
        while sizes.count < count, let last = sizes.last, last.pixelCount > 1 {
            sizes.append(ImageSize(width: (last.width + 1) / 2, height: (last.height + 1) / 2))
        }
        return sizes.reversed()
    }

    /// The size as `WIDTHxHEIGHT`.
    public var description: String { "\(width)x\(height)" }
}
