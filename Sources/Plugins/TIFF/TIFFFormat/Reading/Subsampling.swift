import FormatKit

import CTIFFShim

/// How YCbCr shares its chroma among pixels (TIFF 6.0 §21).
///
/// Samples come in data units: the Y of `horizontal` × `vertical` pixels, row by row, then one Cb
/// and one Cr. Units that reach over the edge are whole. Chroma is repeated, as libtiff and all who
/// use it do, wherever YCbCrPositioning puts it.
struct Subsampling: Equatable {
    let horizontal: Int
    let vertical: Int

    /// The subsampling of a page, or `nil` where rows are decoded as they are.
    init?(_ fields: ctiff_layout, _ samples: SampleInterpretation) throws(ImageError) {
        guard case .ycbcr = samples.conversion else { return nil }
        (horizontal, vertical) = (Int(fields.ycbcr_horizontal), Int(fields.ycbcr_vertical))
        if (horizontal, vertical) == (1, 1) { return nil }
        guard [1, 2, 4].contains(horizontal), [1, 2, 4].contains(vertical) else {
            throw .malformed(.tiff, "chroma is subsampled \(horizontal)×\(vertical)")
        }
        guard fields.is_planar == 0 else {
            throw .unsupported(.tiff, "subsampled chroma in a plane of its own")
        }
        guard fields.samples_per_pixel == 3 else {
            throw .unsupported(.tiff, "subsampled chroma with extra samples")
        }
    }

    /// The size of a block of whole units, in bytes; `Int.max` where it does not fit.
    func byteCount(width: Int, rows: Int) -> Int {
        let unitsAcross = (width + horizontal - 1) / horizontal
        let unitsDown = (rows + vertical - 1) / vertical
        let row = unitsAcross.multipliedReportingOverflow(by: horizontal * vertical + 2)
        let (byteCount, overflow) = row.partialValue.multipliedReportingOverflow(by: unitsDown)
        return row.overflow || overflow ? .max : byteCount
    }

    /// Spreads the units of a block over rows of three samples a pixel.
    func expand(
        _ units: UnsafeRawBufferPointer, width: Int, into rows: UnsafeMutableRawBufferPointer
    ) {
        let rowCount = rows.count / (3 * width)
        precondition(units.count >= byteCount(width: width, rows: rowCount))
        unsafe ctiff_expand_ycbcr(
            units.assumingMemoryBound(to: UInt8.self).baseAddress, UInt32(horizontal),
            UInt32(vertical), width, rowCount,
            rows.assumingMemoryBound(to: UInt8.self).baseAddress)
    }
}
