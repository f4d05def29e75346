/// A part of a picture that gets another size.
struct Resizing: Sendable, Equatable {
    /// Along the rows.
    var columns: ResampledSpan
    /// From row to row.
    var rows: ResampledSpan

    /// The region of a picture, sampled at a size, and the part of that which is wanted.
    init(_ region: PixelRegion, to size: ImageSize, wanted: PixelRegion) {
        columns = ResampledSpan(region.columns, count: size.width, wanted: wanted.columns)
        rows = ResampledSpan(region.rows, count: size.height, wanted: wanted.rows)
    }

    /// The size of what is delivered.
    var size: ImageSize { ImageSize(width: columns.wanted.count, height: rows.wanted.count) }

    /// The size of the part.
    var sourceSize: ImageSize {
        ImageSize(width: columns.source.count, height: rows.source.count)
    }

    /// The factor by which the axis shrinks that shrinks less.
    var leastStep: Double { min(columns.step, rows.step) }

    /// How many rows of a reader are read in all, of which new rows take the first `count`: those that were
    /// meant, and more where their damage might show.
    func rowCount(of reader: any ImageReader, after count: Int) -> Int {
        let isAllWanted = rows.wanted.upperBound == rows.count
        return reader.rowCount(vouchingForFirst: isAllWanted ? rows.source.upperBound : count)
    }

    /// The same for a picture that has been shrunk, of whose samples each stands for `factor` by
    /// `factor` of those it had.
    ///
    /// - Parameters:
    ///   - factor: By what it has been shrunk, at most half as much as it is to shrink.
    ///   - old: The size it had.
    ///   - isCosited: Whether a sample lies where the first of those lay.
    /// - Returns: The part in the new samples.
    func shrunk(by factor: Int, from old: ImageSize, isCosited: Bool) -> Resizing {
        var result = self
        result.columns = columns.shrunk(by: factor, from: old.width, isCosited: isCosited)
        result.rows = rows.shrunk(by: factor, from: old.height, isCosited: isCosited)
        return result
    }
}

extension ResampledSpan {
    /// The same in samples that stand for several of the `count` old ones.
    ///
    /// Of those that a region cuts, none takes part; the last of all may stand for fewer.
    fileprivate func shrunk(
        by factor: Int, from count: Int, isCosited: Bool
    ) -> ResampledSpan {
        var span = self
        span.start /= Double(factor)
        // The middle of a sample is that of the first old one, not of all of them.
        if isCosited { span.start += 0.5 - 0.5 / Double(factor) }
        span.length /= Double(factor)
        let end = source.upperBound == count ? count + factor - 1 : source.upperBound
        span.source = (source.lowerBound + factor - 1) / factor..<end / factor
        return span
    }
}

/// A reader whose codec can deliver its picture smaller, at less cost than the whole.
package protocol ShrinkingReader: ImageReader {
    /// The factors by which it can, rising.
    var shrinkFactors: [Int] { get }

    /// Whether a sample of the smaller picture lies where the first of its pixels did, as those of
    /// wavelets do, and not in the middle of them. More than these pixels have a part in it then.
    var isShrunkCosited: Bool { get }

    /// Makes the reader deliver the picture with one sample for `factor` by `factor` pixels, of which
    /// the last ones may stand for fewer.
    ///
    /// The header says the size from then on. To be called before the first row is read.
    ///
    /// - Throws: ``ImageError`` if the codec refuses.
    /// - Precondition: `factor` is one of ``shrinkFactors``.
    func shrink(by factor: Int) throws(ImageError)
}

extension ShrinkingReader {
    /// It lies in the middle.
    package var isShrunkCosited: Bool { false }
}

extension ResampledSpan {
    /// The filter along the axis.
    func filter(_ resampling: Resampling) -> ResamplingFilter {
        resampling.filter ?? .usual(isShrinking: isShrinking)
    }
}
