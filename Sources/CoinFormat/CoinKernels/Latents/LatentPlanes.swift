internal import CCoinKernels

/// A part of a plane, in the memory of ``LatentPlanes``: int16 with 6 fractional bits (§7).
package struct LatentPlane: Equatable, Sendable {
    /// The columns, in the plane's coordinates.
    package let columns: Range<Int>
    /// The rows.
    package let rows: Range<Int>
    let offset: Int

    var stride: Int { LatentPlanes.stride(columns.count) }
}

/// The memory of planes, and what is done with them, for one thread.
///
/// Planes are added one after the other and dropped all at once; two that are made of the same
/// place share its memory.
package struct LatentPlanes {
    private let variant: KernelVariant
    private var memory: [Int16] = []
    private var row: [Int16] = []
    private var workspace: [UInt64] = []

    /// Creates an empty memory.
    ///
    /// - Parameter variant: One that this CPU can run.
    package init(variant: KernelVariant = .best) {
        precondition(variant.isSupported, "this CPU lacks \(variant)")
        self.variant = variant
    }

    static func stride(_ width: Int) -> Int { width + Int(COIN_LATENT_PAD) }

    /// The number of samples of memory that a plane of this size takes.
    package static func sampleCount(width: Int, height: Int) -> Int { stride(width) * height }

    /// Makes a plane of the memory from `offset` on; of any content.
    package mutating func plane(
        columns: Range<Int>, rows: Range<Int>, at offset: Int
    ) -> LatentPlane {
        let plane = LatentPlane(columns: columns, rows: rows, offset: offset)
        let end = offset + Self.sampleCount(width: columns.count, height: rows.count)
        if end > memory.count {
            memory += repeatElement(0, count: end - memory.count)
        }
        return plane
    }

    /// Sets a plane to zero.
    package mutating func clear(_ plane: LatentPlane) {
        unsafe withPlanes { make in
            var plane = unsafe make(plane)
            unsafe coin_latent_plane_clear(&plane)
        }
    }

    /// Makes up in a plane for the finer stages that an octave leaves out.
    ///
    /// - Parameters:
    ///   - plane: At the octave.
    ///   - taps: Four of each of the stages below it, from the finest on.
    package mutating func scale(_ plane: LatentPlane, taps: ArraySlice<Int32>) {
        precondition(taps.count % 4 == 0)
        let factor = unsafe taps.withUnsafeBufferPointer {
            unsafe coin_latent_octave_factor($0.baseAddress, UInt32($0.count / 4))
        }
        unsafe withPlanes { make in
            var plane = unsafe make(plane)
            unsafe coin_latent_plane_scale(&plane, factor)
        }
    }

    /// Adds latents times `factor`, saturating; `left` and `top` are where the grid starts.
    package mutating func add(
        _ grid: LatentGrid, left: Int, top: Int, factor: Int, to plane: LatentPlane
    ) {
        let code = variant.code
        unsafe withPlanes { make in
            unsafe grid.withGrid { grid in
                var (plane, grid) = unsafe (make(plane), grid)
                unsafe coin_latent_plane_add(
                    code, &plane, &grid, Int32(left), Int32(top), Int32(factor))
            }
        }
    }

    /// Doubles a plane.
    ///
    /// - Parameters:
    ///   - from: Has two samples to each side more than `to` needs, but for those outside of the
    ///     picture.
    ///   - to: Starts at an even column; does not share memory with `from`.
    ///   - taps: Four, with 12 fractional bits; magnitudes up to 49151 together.
    package mutating func upsample(
        _ from: LatentPlane, to: LatentPlane, taps: ArraySlice<Int32>
    ) {
        precondition(taps.count == 4 && to.columns.lowerBound % 2 == 0)
        precondition(from.columns.contains(to.columns.lowerBound / 2))
        precondition(from.columns.contains((to.columns.upperBound - 1) / 2))
        precondition(from.rows.contains(to.rows.lowerBound / 2))
        precondition(from.rows.contains((to.rows.upperBound - 1) / 2))
        let size = from.columns.count + 2 * Int(COIN_LATENT_PAD)
        if row.count < size { row = [Int16](repeating: 0, count: size) }
        var scratch: [Int16] = []
        swap(&scratch, &row)
        let code = variant.code
        unsafe withPlanes { make in
            var (from, to) = unsafe (make(from), make(to))
            unsafe taps.withUnsafeBufferPointer { taps in
                unsafe coin_latent_upsample(code, &from, &to, taps.baseAddress, &scratch)
            }
        }
        swap(&scratch, &row)
    }

    /// Computes the samples of a block.
    ///
    /// - Parameters:
    ///   - columns: The block's, in the coordinates of the planes.
    ///   - rows: The block's.
    ///   - size: Of the picture.
    ///   - planes: The inputs: the same part each, one sample more than the block to each side
    ///     where the picture has it.
    ///   - synthesis: The network.
    ///   - output: The block's first sample.
    ///   - bytesPerRow: From one row to the next.
    package mutating func synthesize(
        columns: Range<Int>, rows: Range<Int>, of size: (width: Int, height: Int),
        planes: [LatentPlane], synthesis: LatentSynthesis,
        into output: UnsafeMutableRawPointer, bytesPerRow: Int
    ) {
        precondition(planes.count == synthesis.planeCount && !columns.isEmpty && !rows.isEmpty)
        for plane in planes {
            precondition(plane.columns.lowerBound <= max(columns.lowerBound - 1, 0))
            precondition(plane.columns.upperBound >= min(columns.upperBound + 1, size.width))
            precondition(plane.rows.lowerBound <= max(rows.lowerBound - 1, 0))
            precondition(plane.rows.upperBound >= min(rows.upperBound + 1, size.height))
        }
        let bytes = coin_latent_synthesize_workspace(UInt32(columns.count))
        if workspace.count < bytes / 8 + 1 {
            workspace = [UInt64](repeating: 0, count: bytes / 8 + 1)
        }
        var block = coin_latent_block(
            left: Int32(columns.lowerBound), top: Int32(rows.lowerBound),
            width: Int32(columns.count), height: Int32(rows.count),
            picture_width: Int32(size.width), picture_height: Int32(size.height))
        var packed = synthesis.packed
        var scratch: [UInt64] = []
        swap(&scratch, &workspace)
        let code = variant.code
        unsafe withPlanes { make in
            var inputs = unsafe planes.map { unsafe make($0) }
            unsafe coin_latent_synthesize(
                code, &packed, &inputs, &block, output, bytesPerRow, &scratch)
        }
        swap(&scratch, &workspace)
    }

    /// Calls `body` with what makes planes as C has them.
    private mutating func withPlanes(_ body: ((LatentPlane) -> coin_latent_plane) -> Void) {
        unsafe memory.withUnsafeMutableBufferPointer { memory in
            let (base, count) = (memory.baseAddress, memory.count)
            unsafe body { plane in
                let (width, height) = (plane.columns.count, plane.rows.count)
                precondition(
                    plane.offset + Self.sampleCount(width: width, height: height) <= count)
                return unsafe coin_latent_plane(
                    samples: base.map { unsafe $0 + plane.offset }, stride: plane.stride,
                    left: Int32(plane.columns.lowerBound), top: Int32(plane.rows.lowerBound),
                    width: Int32(width), height: Int32(height))
            }
        }
    }
}
