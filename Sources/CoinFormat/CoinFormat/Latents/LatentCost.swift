internal import CoinKernels
internal import FormatKit

/// What decoding costs, known before a byte of a tile is read.
struct LatentCost: Equatable, Sendable {
    /// Multiply-adds for the whole picture at an octave.
    let multiplyAdds: Int
    /// Bytes that are held while rows are decoded from top to bottom, at most.
    let heldBytes: Int

    /// The cost of all columns at an octave, `rowCount` rows at a time.
    init(
        _ descriptor: LatentDescriptor, _ geometry: LatentGeometry, octave: Int, rowCount: Int,
        threadCount: Int
    ) {
        let latents = (octave..<descriptor.levelCount).reduce(0) { sum, level in
            sum + geometry.size(atLevel: level).pixelCount
                * descriptor.groups(atLevel: level).count
        }
        let pixels = geometry.size(atLevel: octave).pixelCount
        multiplyAdds =
            latents * descriptor.multiplyAddsPerLatent
            + pixels * descriptor.multiplyAddsPerPixel(octave: octave)
        heldBytes =
            Self.latentBytes(descriptor, geometry, octave: octave, rowCount: rowCount)
            + threadCount
            * (Self.stripBytes(geometry, octave: octave) + Self.planeBytes(descriptor))
    }

    /// The latents of the rows of tiles that rows at hand can need: the coarsest level reaches
    /// farthest.
    private static func latentBytes(
        _ descriptor: LatentDescriptor, _ geometry: LatentGeometry, octave: Int, rowCount: Int
    ) -> Int {
        let reach = (rowCount << octave) + 16 << (descriptor.levelCount - 1)
        let boundaries = geometry.rowBoundaries
        var (largest, first) = (0, 0)
        for last in 1..<boundaries.count {
            // Rows from within tile row `first` can reach tile row `last - 1`.
            while boundaries[last - 1] - boundaries[first + 1] >= reach { first += 1 }
            largest = max(largest, boundaries[last] - boundaries[first])
        }
        let share = Double(largest) / Double(geometry.size.height)
        let bytes = (octave..<descriptor.levelCount).reduce(0) { sum, level in
            sum + 2 * geometry.size(atLevel: level).pixelCount
                * descriptor.groups(atLevel: level).count
        }
        return Int(share * Double(bytes)) + 1
    }

    /// The scratch memory of the entropy decoder of a thread.
    private static func stripBytes(_ geometry: LatentGeometry, octave: Int) -> Int {
        let widths = zip(geometry.columnBoundaries, geometry.columnBoundaries.dropFirst())
            .map { $1 - $0 }
        return LatentEntropyNetwork.workspaceBytes(width: (widths.max() ?? 0) >> octave + 1)
    }

    /// The planes of a thread: a block of each input, and two of half its sides.
    private static func planeBytes(_ descriptor: LatentDescriptor) -> Int {
        let (width, height) = LatentBlockRenderer.blockSize
        let samples = LatentPlanes.sampleCount(width: width + 4, height: height + 4)
        return 2 * samples * (descriptor.synthesisInputs.count + 2)
    }
}

extension LatentDescriptor {
    /// Multiply-adds of the entropy network for a latent.
    var multiplyAddsPerLatent: Int {
        hidden * inputCount + hidden * hidden + 2 * (hidden + inputCount)
    }

    /// Multiply-adds of doubling and synthesis for a pixel of an octave; a stage's vertical
    /// filter is on half of its samples, and coarser stages are a quarter each.
    func multiplyAddsPerPixel(octave: Int) -> Int {
        let inputs = synthesisInputs.count
        let synthesis =
            width * inputs + outputCount * (width + inputs)
            + 9 * outputCount * outputCount
        return synthesis + 8 * inputs
    }
}
