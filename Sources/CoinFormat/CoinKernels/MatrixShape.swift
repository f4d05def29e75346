internal import CCoinKernels

/// The shape of a row-major matrix whose rows are padded to whole vectors.
package struct MatrixShape: Hashable, Sendable {
    /// The most rows or columns that a matrix may have.
    package static let maximumExtent = COIN_MAX_MATRIX

    /// The number of rows.
    package let rows: Int
    /// The number of columns, without the padding.
    package let columns: Int
    /// From one row to the next: `columns` rounded up to a multiple of 16.
    package let stride: Int

    /// Creates a shape.
    ///
    /// - Precondition: no extent is negative or above `maximumExtent`.
    package init(rows: Int, columns: Int) {
        let extents = 0...Self.maximumExtent
        precondition(extents.contains(rows) && extents.contains(columns))
        let lanes = COIN_LANES
        self.rows = rows
        self.columns = columns
        stride = (columns + lanes - 1) / lanes * lanes
    }

    /// The number of elements, with the padding.
    package var count: Int { rows * stride }

    /// The shape of the transposed matrix.
    package var transposed: MatrixShape { MatrixShape(rows: columns, columns: rows) }
}
