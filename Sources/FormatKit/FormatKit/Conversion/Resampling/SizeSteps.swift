/// How a picture got another size.
package struct ResizingReport: Sendable, Equatable {
    /// The size before: of the picture, or of the part of it that is wanted.
    package let from: ImageSize
    /// The size afterward, before anything is turned.
    package let to: ImageSize
    /// The filters along the rows and from row to row; `nil` if the format did it by itself.
    package let filters: [ResamplingFilter]?
    /// Whether samples were mixed as light.
    package let isLinearLight: Bool
}

/// Readers one behind the other that cut a picture and change its size.
struct SizeSteps {
    /// The last of them, or the picture's own.
    private(set) var reader: any ImageReader
    /// What they do to the picture.
    private(set) var changes: [PictureChange] = []
    /// The rows of the picture that have a part in the result, but for what filters mix in from around.
    private(set) var rows: Range<Int>
    /// What is told of the size, if it is another.
    private(set) var report: ResizingReport?
    private let resampling: Resampling
    private let context: CodecContext
    /// The size of what the last reader delivers.
    private var size: ImageSize
    /// Whether the picture's reader has been told what to deliver.
    private var isSelected = false

    init(
        _ reader: any ImageReader, resampling: Resampling, size: ImageSize, context: CodecContext
    ) {
        self.reader = reader
        self.resampling = resampling
        self.context = context
        self.size = size
        rows = 0..<size.height
    }

    /// Samples all there is at another size.
    mutating func sample(at newSize: ImageSize) throws(ImageError) {
        guard newSize != size else { return }
        try sample(at: newSize, region: PixelRegion(newSize))
    }

    /// Samples all there is at another size, of which a region is wanted.
    mutating func sample(at newSize: ImageSize, region: PixelRegion) throws(ImageError) {
        if changes.isEmpty {
            rows = Self.rows(of: size.height, sampledAs: newSize.height, for: region.rows)
        }
        if resampling.isUpToFormat, let reader = selecting {
            try reader.select(region, ofSize: newSize)
            isSelected = true
            tell(from: size, to: newSize, nil)
        } else {
            try resize(Resizing(PixelRegion(size), to: newSize, wanted: region), to: newSize)
        }
        changes += [.resampled(from: size, to: newSize), .cropped(region, of: newSize)]
        size = region.size
    }

    /// Cuts a region out, and gives it another size.
    mutating func cut(_ region: PixelRegion, to newSize: ImageSize) throws(ImageError) {
        if changes.isEmpty { rows = region.rows }
        changes.append(.cropped(region, of: size))
        if let reader = selecting {
            try reader.select(region, ofSize: size)
            isSelected = true
            size = region.size
            return try sample(at: newSize)
        }
        if newSize == region.size {
            reader = CroppingReader(reader, region: region, context: context)
        } else {
            try resize(Resizing(region, to: newSize, wanted: PixelRegion(newSize)), to: newSize)
        }
        changes.append(.resampled(from: region.size, to: newSize))
        size = newSize
    }

    /// The rows, of as many as there are, that those that are wanted cover of as many as they become.
    private static func rows(of count: Int, sampledAs newCount: Int, for wanted: Range<Int>)
        -> Range<Int>
    {
        func place(_ row: Int, roundingUp: Bool) -> Int {
            let (whole, rest) = newCount.dividingFullWidth(row.multipliedFullWidth(by: count))
            return roundingUp && rest > 0 ? whole + 1 : whole
        }
        return place(
            wanted.lowerBound, roundingUp: false)..<place(wanted.upperBound, roundingUp: true)
    }

    /// The reader, if it can still deliver any part of its picture.
    private var selecting: (any SelectingReader)? {
        isSelected ? nil : reader as? any SelectingReader
    }

    private mutating func resize(_ resizing: Resizing, to newSize: ImageSize) throws(ImageError) {
        let filters = [
            resizing.columns.filter(resampling), resizing.rows.filter(resampling),
        ]
        tell(from: resizing.sourceSize, to: newSize, filters)
        if resampling.filter == .nearest {
            reader = NearestReader(reader, resizing, context: context)
            return
        }
        var resizing = resizing
        if let shrinking = reader as? any ShrinkingReader, !resampling.isLinearLight,
            // What is cut away has no part in the result.
            !shrinking.isShrunkCosited || resizing.sourceSize == shrinking.header.size,
            let factor = shrinking.shrinkFactors.last(where: {
                Double($0) * Self.leastRest <= resizing.leastStep
            })
        {
            resizing = resizing.shrunk(
                by: factor, from: shrinking.header.size, isCosited: shrinking.isShrunkCosited)
            try shrinking.shrink(by: factor)
        }
        reader = ResizingReader(reader, resizing, resampling, context: context)
    }

    /// By what the filter has to shrink a picture after its codec has: less would show how codecs
    /// do it.
    private static let leastRest = 2.0

    private mutating func tell(
        from old: ImageSize, to new: ImageSize, _ filters: [ResamplingFilter]?
    ) {
        report = ResizingReport(
            from: report?.from ?? old, to: new, filters: filters,
            isLinearLight: resampling.isLinearLight && filters != nil)
    }
}
