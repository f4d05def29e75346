/// Which pages or frames of a file are wanted.
public enum PageSelection: Sendable, Hashable {
    /// The first; that others are left out is a loss.
    case first
    /// One, counted from 0.
    case page(Int)
    /// All, into a format that can hold them.
    case all
    /// Some, counted from 0, in this order; a range may end at the last.
    case list([ClosedRange<Int>])

    /// The end of a range that has none of its own.
    public static let last = Int.max

    /// The places of the pages in a file that has `count`; the first selection names all of them.
    ///
    /// - Throws: ``ImageError/invalidOption(name:reason:)`` if the file has no such page.
    public func indices(of count: Int) throws(ImageError) -> [Int] {
        let count = max(1, count)
        func fail(_ field: RequestField, _ index: Int) -> ImageError {
            .invalid(field, "there is no page \(index + 1), the last is \(count)")
        }
        switch self {
        case .first, .all: return Array(0..<count)
        case .page(let index):
            guard (0..<count).contains(index) else { throw fail(.page, index) }
            return [index]
        case .list(let ranges):
            var indices: [Int] = []
            for range in ranges {
                let end = range.upperBound == Self.last ? count - 1 : range.upperBound
                guard range.lowerBound <= end, end < count else {
                    throw fail(.pages, max(range.lowerBound, end))
                }
                indices += range.lowerBound...end
            }
            return indices
        }
    }

    /// The number of pages wanted of a file that has `count`, not more than there can be.
    func count(of count: Int) -> Int {
        switch self {
        case .first, .page: 1
        case .all: max(1, count)
        case .list(let ranges):
            ranges.reduce(0) { $0 + max(0, min($1.upperBound, count - 1) - $1.lowerBound + 1) }
        }
    }
}

/// Which part of which pictures is wanted, and at what size.
public struct Selection: Sendable, Equatable {
    /// The size at which the whole picture is sampled.
    public enum Scale: Sendable, Equatable {
        /// Its own.
        case native
        /// Its own, multiplied and rounded to whole pixels.
        case factor(Double)
        /// Any.
        case size(ImageSize)
    }

    /// The size at which the whole picture is sampled.
    public var scale: Scale
    /// The part wanted, in pixels of the picture at that size; all of it if `nil`.
    ///
    /// It is a part of the picture as it is stored, whatever its orientation, unless the picture is
    /// to be turned upright: then it is one of the picture as it is shown.
    public var region: PixelRegion?
    /// The pages or frames wanted.
    public var pages: PageSelection

    /// All of the first picture at its own size.
    public static let whole = Selection()

    /// Creates a selection.
    public init(
        scale: Scale = .native, region: PixelRegion? = nil, pages: PageSelection = .first
    ) {
        self.scale = scale
        self.region = region
        self.pages = pages
    }

    /// The size and the region that are meant for a picture of `native` size.
    ///
    /// - Throws: ``ImageError/invalidOption(name:reason:)`` if the size is empty or the region does
    ///   not lie within it.
    public func resolved(
        for native: ImageSize
    ) throws(ImageError) -> (size: ImageSize, region: PixelRegion) {
        let size = try size(for: native)
        let region = region ?? PixelRegion(size)
        guard region.size.pixelCount > 0, PixelRegion(size).contains(region) else {
            throw .invalid(.region, "\(region) does not lie within \(size)")
        }
        return (size, region)
    }

    private func size(for native: ImageSize) throws(ImageError) -> ImageSize {
        switch scale {
        case .native: return native
        case .size(let size):
            guard size.width > 0, size.height > 0 else {
                throw .invalid(.size, "\(size) is empty")
            }
            return size
        case .factor(let factor):
            let sides = [native.width, native.height].map { (Double($0) * factor).rounded() }
            guard sides.allSatisfy({ $0 >= 1 && $0 <= 0x1p31 }) else {
                throw .invalid(.scale, "\(factor) leaves no size that an image can have")
            }
            return ImageSize(width: Int(sides[0]), height: Int(sides[1]))
        }
    }
}

/// A reader that delivers any part of its picture at any size, at a cost in proportion to the
/// pixels asked for.
public protocol SelectingReader: ImageReader {
    /// Makes the reader deliver `region` of the picture sampled at `size`.
    ///
    /// The header says so from then on. To be called before the first row is read.
    ///
    /// - Throws: ``ImageError`` if the pixels or the work exceed the limits.
    /// - Precondition: `region` is not empty and lies within `size`.
    func select(_ region: PixelRegion, ofSize size: ImageSize) throws(ImageError)
}
