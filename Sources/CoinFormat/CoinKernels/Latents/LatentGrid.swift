internal import CCoinKernels

/// A tile's part of a grid of latents, row by row.
package struct LatentGrid: Equatable, Sendable {
    /// The number of columns, at least 1.
    package let width: Int
    /// The number of rows, at least 1.
    package let height: Int
    /// The latents, shape `[height, width]`, each within ±511.
    package var values: [Int16]

    /// Creates a grid of zeros.
    package init(width: Int, height: Int) {
        self.init(
            width: width, height: height, values: [Int16](repeating: 0, count: width * height))
    }

    /// Creates a grid.
    ///
    /// - Precondition: there are `width · height` values, at least one.
    package init(width: Int, height: Int, values: [Int16]) {
        precondition(width > 0 && height > 0 && values.count == width * height)
        self.width = width
        self.height = height
        self.values = values
    }

    /// Calls `body` with the grid as C has it, not to be written through.
    func withGrid<R>(_ body: (coin_latent_grid) -> R) -> R {
        unsafe values.withUnsafeBufferPointer {
            unsafe body(Self.grid(UnsafeMutablePointer(mutating: $0.baseAddress), width, height))
        }
    }

    /// Calls `body` with the grid as C has it, to be written.
    mutating func withMutableGrid<R>(_ body: (coin_latent_grid) -> R) -> R {
        let (width, height) = (width, height)
        return unsafe values.withUnsafeMutableBufferPointer {
            unsafe body(Self.grid($0.baseAddress, width, height))
        }
    }

    private static func grid(
        _ values: UnsafeMutablePointer<Int16>?, _ width: Int, _ height: Int
    ) -> coin_latent_grid {
        unsafe coin_latent_grid(
            values: values, width: UInt32(width), height: UInt32(height), stride: UInt32(width))
    }
}

extension LatentGrid? {
    /// Calls `body` with the grid as C has it, or with one that is all zero.
    func withGrid<R>(_ body: (coin_latent_grid) -> R) -> R {
        guard let grid = self else { return unsafe body(coin_latent_grid()) }
        return unsafe grid.withGrid(body)
    }
}

/// What the contexts of a grid are made of, beside the grid itself (§3).
package struct LatentSurroundings: Sendable {
    /// For luma the next coarser luma; for others luma of the same level, or Cb for Cr.
    package var near: LatentGrid?
    /// For luma the second coarser luma; for others the next coarser grid of the same group.
    package var far: LatentGrid?
    /// Whether the grid is of luma.
    package var isLuma: Bool

    /// Creates surroundings; what is `nil` counts as zeros.
    package init(near: LatentGrid?, far: LatentGrid?, isLuma: Bool) {
        self.near = near
        self.far = far
        self.isLuma = isLuma
    }

    /// Calls `body` with the contexts of `own` as C has them.
    func withContexts<R>(_ own: coin_latent_grid, _ body: (coin_latent_contexts) -> R) -> R {
        unsafe near.withGrid { near in
            unsafe far.withGrid { far in
                unsafe body(
                    coin_latent_contexts(own: own, near: near, far: far, is_luma: isLuma ? 1 : 0))
            }
        }
    }
}
