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
    package static let last = Int.max

    /// The places of the pages in a file that has `count`; the first selection names all of them.
    ///
    /// - Throws: ``ImageError/invalidOption(name:reason:)`` if the file has no such page.
    package func indices(of count: Int) throws(ImageError) -> [Int] {
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
///
/// ```swift
/// let thumbnail = Selection(fit: Selection.Fit(ImageSize(width: 400, height: 400)))
/// let half = Selection(scale: .factor(0.5))
/// let corner = Selection(region: PixelRegion(columns: 0..<64, rows: 0..<64))
/// let frames = Selection(pages: .list([0...2, 6...PageSelection.last]))
/// ```
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

    /// A box into which a picture is made to fit, its proportions kept.
    public struct Fit: Sendable, Equatable {
        /// The most columns and rows.
        public var box: ImageSize
        /// Whether smaller pictures are enlarged; else they stay as they are.
        public var isEnlarging: Bool

        /// Creates a box.
        public init(_ box: ImageSize, isEnlarging: Bool = false) {
            self.box = box
            self.isEnlarging = isEnlarging
        }

        /// The size of a picture of `size` that fits: one side is the box's, the other is rounded to
        /// whole pixels, at least one.
        ///
        /// - Precondition: Neither size is empty, and their sides are less than 2³¹.
        public func size(for size: ImageSize) -> ImageSize {
            let (width, height) = (size.width, size.height)
            if !isEnlarging, width <= box.width, height <= box.height { return size }
            // Not more columns for a row than the box has: its height is reached first.
            if width * box.height <= height * box.width {
                let fitting = (2 * width * box.height + height) / (2 * height)
                return ImageSize(width: max(1, fitting), height: box.height)
            }
            let fitting = (2 * height * box.width + width) / (2 * width)
            return ImageSize(width: box.width, height: max(1, fitting))
        }
    }

    /// The size at which the whole picture is sampled.
    public var scale: Scale
    /// The part wanted, in pixels of the picture at that size; all of it if `nil`.
    ///
    /// It is a part of the picture as it is stored, whatever its orientation, unless the picture is
    /// to be turned upright: then it is one of the picture as it is shown.
    public var region: PixelRegion?
    /// The box into which the part wanted is made to fit, as it is shown, whatever becomes of its
    /// orientation.
    public var fit: Fit?
    /// How samples of other sizes are made.
    public var resampling: Resampling
    /// The pages or frames wanted.
    public var pages: PageSelection
    /// Whether the one page is the first of all, each of which becomes a file of its own: what is in none
    /// of them is a loss of this one.
    package var isFirstOfAll = false

    /// All of the first picture at its own size.
    public static let whole = Selection()

    /// Creates a selection.
    public init(
        scale: Scale = .native, region: PixelRegion? = nil, fit: Fit? = nil,
        resampling: Resampling = Resampling(), pages: PageSelection = .first
    ) {
        self.scale = scale
        self.region = region
        self.fit = fit
        self.resampling = resampling
        self.pages = pages
    }

    /// The size and the region that are meant for a picture of `native` size.
    ///
    /// - Throws: ``ImageError/invalidOption(name:reason:)`` if the size is empty or the region does
    ///   not lie within it.
    package func resolved(
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

extension Selection {
    /// What is meant for a picture, in pixels as it is stored.
    struct Resolved {
        /// The size at which the whole picture is sampled.
        let size: ImageSize
        /// The part wanted of it.
        let region: PixelRegion
        /// The size that the part gets.
        let result: ImageSize
        /// Whether the part is all of the picture.
        var isWhole: Bool { region == PixelRegion(size) }
    }

    /// What is meant for a picture.
    ///
    /// - Parameters:
    ///   - native: Its size as it is stored.
    ///   - orientation: How it has to be turned.
    ///   - isUpright: Whether size and region are meant of the picture as it is shown.
    ///   - limits: What the new sizes must not exceed.
    /// - Returns: Size, region and the size of the result.
    /// - Throws: ``ImageError/invalidOption(name:reason:)``.
    func resolved(
        for native: ImageSize, orientation: Orientation, isUpright: Bool, limits: Limits
    ) throws(ImageError) -> Resolved {
        let view = isUpright ? orientation : .up
        let shown = try resolved(for: view.uprightSize(of: native))
        let size = view.uprightSize(of: shown.size)
        let region = view.storedRegion(of: shown.region, in: shown.size)
        var result = region.size
        if let fit {
            guard fit.box.width > 0, fit.box.height > 0 else {
                throw .invalid(.fit, "\(fit.box) is empty")
            }
            let upright = fit.size(for: orientation.uprightSize(of: region.size))
            result = orientation.uprightSize(of: upright)
        }
        if size != native { try check(scaleField, region.size, limits) }
        if result != region.size { try check(.fit, result, limits) }
        return Resolved(size: size, region: region, result: result)
    }

    /// Refuses a size that no other picture may have either.
    private func check(
        _ field: RequestField, _ size: ImageSize, _ limits: Limits
    ) throws(ImageError) {
        guard size.pixelCount <= limits.pixelCount else {
            throw .invalid(
                field, "\(size) is more than the \(limits.pixelCount) pixels that are allowed")
        }
    }

    private var scaleField: RequestField {
        if case .factor = scale { .scale } else { .size }
    }
}

/// A reader that delivers any part of its picture at any size, at a cost in proportion to the
/// pixels asked for.
package protocol SelectingReader: ImageReader {
    /// Makes the reader deliver `region` of the picture sampled at `size`.
    ///
    /// The header says so from then on. To be called before the first row is read.
    ///
    /// - Throws: ``ImageError`` if the pixels or the work exceed the limits.
    /// - Precondition: `region` is not empty and lies within `size`.
    func select(_ region: PixelRegion, ofSize size: ImageSize) throws(ImageError)
}
