internal import CoinKernels
internal import FormatKit

/// Makes the samples of blocks of a picture from latents (§7), for one thread.
struct LatentBlockRenderer {
    /// The sides of a block: its planes stay in a core's cache.
    static let blockSize = (width: 256, height: 64)
    /// m of each level, for groups that are sums: about 64 · 1.4^-l.
    static let factors = [64, 46, 33, 23, 17, 12, 9, 6, 4, 3]

    private let descriptor: LatentDescriptor
    private let geometry: LatentGeometry
    private let networks: LatentNetworks
    private let synthesis: LatentSynthesis
    private var planes: LatentPlanes

    init(
        _ networks: LatentNetworks, geometry: LatentGeometry, synthesis: LatentSynthesis,
        variant: KernelVariant
    ) {
        descriptor = networks.descriptor
        self.networks = networks
        self.geometry = geometry
        self.synthesis = synthesis
        planes = LatentPlanes(variant: variant)
    }

    /// Computes the samples of a region of octave `octave`, up to a block of it.
    ///
    /// - Parameters:
    ///   - region: Not empty.
    ///   - octave: Below the number of levels.
    ///   - tiles: Those that ``LatentGeometry/regions(for:octave:)`` needs, decoded so far.
    ///   - output: Where the region's first sample goes.
    ///   - bytesPerRow: From one row to the next.
    mutating func render(
        _ region: LatentRegion, octave: Int, tiles: [Int: LatentTile],
        into output: UnsafeMutableRawPointer, bytesPerRow: Int
    ) {
        let work = Work(
            octave: octave, regions: geometry.regions(for: region, octave: octave), tiles: tiles)
        let (inputs, scratch) = makePlanes(work)
        for (place, plane) in zip(descriptor.synthesisInputs, inputs) {
            if place.group == .luma {
                fillLuma(plane, level: place.level, work, scratch)
            } else {
                fillSum(plane, group: place.group, work, scratch)
            }
        }
        let size = geometry.size(atLevel: octave)
        unsafe planes.synthesize(
            columns: region.columns, rows: region.rows, of: (size.width, size.height),
            planes: inputs, synthesis: synthesis, into: output, bytesPerRow: bytesPerRow)
    }

    /// What is computed, and from what.
    private struct Work {
        let octave: Int
        /// The part of the planes that each level has, from the octave on.
        let regions: [LatentRegion]
        let tiles: [Int: LatentTile]

        func region(_ level: Int) -> LatentRegion { regions[level - octave] }
    }

    /// Makes the inputs of the synthesis, and finds where two planes of coarser levels fit.
    private mutating func makePlanes(_ work: Work) -> (inputs: [LatentPlane], scratch: [Int]) {
        let region = work.regions[0]
        var offset = 0
        let inputs = descriptor.synthesisInputs.map { _ in
            let plane = planes.plane(columns: region.columns, rows: region.rows, at: offset)
            offset += LatentPlanes.sampleCount(
                width: region.columns.count, height: region.rows.count)
            return plane
        }
        let largest = work.regions.dropFirst().map {
            LatentPlanes.sampleCount(width: $0.columns.count, height: $0.rows.count)
        }.max()
        return (inputs, [offset, offset + (largest ?? 0)])
    }

    /// The plane of a level: the input itself at the octave, else scratch memory.
    private mutating func plane(
        atLevel level: Int, _ input: LatentPlane, _ work: Work, _ scratch: [Int]
    ) -> LatentPlane {
        if level == work.octave { return input }
        let region = work.region(level)
        return planes.plane(columns: region.columns, rows: region.rows, at: scratch[level % 2])
    }

    /// Doubles the latents of a luma level alone until they are at the octave.
    private mutating func fillLuma(
        _ input: LatentPlane, level: Int, _ work: Work, _ scratch: [Int]
    ) {
        guard level >= work.octave else { return planes.clear(input) }
        var current = plane(atLevel: level, input, work, scratch)
        planes.clear(current)
        addLatents(LatentPlace(group: .luma, level: level), factor: 64, to: current, work)
        for finer in (work.octave..<level).reversed() {
            let next = plane(atLevel: finer, input, work, scratch)
            planes.upsample(current, to: next, taps: networks.taps(.luma, to: finer))
            current = next
        }
        scale(input, .luma, work)
    }

    /// Makes up for the stages that the octave leaves out.
    private mutating func scale(_ input: LatentPlane, _ group: LatentGroup, _ work: Work) {
        guard work.octave > 0 else { return }
        planes.scale(input, taps: networks.taps(group, belowOctave: work.octave))
    }

    /// Sums the levels of another group, each weighed, while they are doubled.
    private mutating func fillSum(
        _ input: LatentPlane, group: LatentGroup, _ work: Work, _ scratch: [Int]
    ) {
        guard let first = descriptor.firstLevel(of: group) else { return }
        var current = input
        for level in (work.octave..<descriptor.levelCount).reversed() {
            let next = plane(atLevel: level, input, work, scratch)
            if level == descriptor.levelCount - 1 {
                planes.clear(next)
            } else {
                planes.upsample(current, to: next, taps: networks.taps(group, to: level))
            }
            if level >= first {
                addLatents(
                    LatentPlace(group: group, level: level), factor: Self.factors[level],
                    to: next, work)
            }
            current = next
        }
        scale(input, group, work)
    }

    /// Adds the latents of all tiles that a plane meets.
    private mutating func addLatents(
        _ place: LatentPlace, factor: Int, to plane: LatentPlane, _ work: Work
    ) {
        for tile in geometry.tiles(in: work.region(place.level), level: place.level) {
            guard let grid = work.tiles[tile]?.grids[place] else { continue }
            let part = geometry.part(ofTile: tile, level: place.level)
            planes.add(
                grid, left: part.columns.lowerBound, top: part.rows.lowerBound, factor: factor,
                to: plane)
        }
    }
}
