import CoinKernels
import FormatKit

@testable import CoinFormat

/// The specification of the reconstruction (§7), as directly as it can be written, for whole
/// pictures.
struct ModelSynthesis {
    let networks: LatentNetworks
    let geometry: LatentGeometry
    let channelCount: Int
    let bitDepth: Int
    private var descriptor: LatentDescriptor { networks.descriptor }

    /// A plane that replicates its border.
    struct Plane {
        let width, height: Int
        var values: [Int]

        init(_ size: ImageSize) {
            (width, height) = (size.width, size.height)
            values = [Int](repeating: 0, count: width * height)
        }

        subscript(y: Int, x: Int) -> Int {
            get { values[min(max(y, 0), height - 1) * width + min(max(x, 0), width - 1)] }
            set { values[y * width + x] = newValue }
        }
    }

    static func sat16(_ x: Int) -> Int { min(max(x, -32_768), 32_767) }

    /// All latents of a grid, from the parts of the tiles.
    func latents(_ place: LatentPlace, _ tiles: [ModelEntropy.Grids]) -> Plane {
        var plane = Plane(geometry.size(atLevel: place.level))
        for (tile, grids) in tiles.enumerated() {
            guard let grid = grids[place] else { continue }
            let part = geometry.part(ofTile: tile, level: place.level)
            for (k, value) in grid.values.enumerated() {
                plane[
                    part.rows.lowerBound + k / grid.width, part.columns.lowerBound + k % grid.width] =
                    Int(value)
            }
        }
        return plane
    }

    static func filtered(_ s: (Int) -> Int, _ e: [Int], _ y: Int) -> Int {
        let i = y >> 1
        let sum =
            y % 2 == 0
            ? e[0] * s(i - 2) + e[1] * s(i - 1) + e[2] * s(i) + e[3] * s(i + 1)
            : e[3] * s(i - 1) + e[2] * s(i) + e[1] * s(i + 1) + e[0] * s(i + 2)
        return sat16((sum + 2_048) >> 12)
    }

    func upsampled(_ plane: Plane, _ group: LatentGroup, to level: Int) -> Plane {
        let taps = networks.taps(group, to: level).map(Int.init)
        let size = geometry.size(atLevel: level)
        var tall = Plane(ImageSize(width: plane.width, height: size.height))
        for y in 0..<size.height {
            for x in 0..<plane.width { tall[y, x] = Self.filtered({ plane[$0, x] }, taps, y) }
        }
        var result = Plane(size)
        for y in 0..<size.height {
            for x in 0..<size.width { result[y, x] = Self.filtered({ tall[y, $0] }, taps, x) }
        }
        return result
    }

    /// The inputs of the synthesis at an octave.
    func inputs(_ tiles: [ModelEntropy.Grids], octave: Int) -> [Plane] {
        descriptor.synthesisInputs.map { place in
            if place.group == .luma {
                guard place.level >= octave else { return Plane(geometry.size(atLevel: octave)) }
                var plane = latents(place, tiles)
                for k in plane.values.indices { plane.values[k] <<= 6 }
                for level in (octave..<place.level).reversed() {
                    plane = upsampled(plane, .luma, to: level)
                }
                return scaled(plane, .luma, octave)
            }
            var plane = Plane(geometry.size(atLevel: descriptor.levelCount - 1))
            for level in (octave..<descriptor.levelCount).reversed() {
                if level < descriptor.levelCount - 1 {
                    plane = upsampled(plane, place.group, to: level)
                }
                guard level >= place.level else { continue }
                let m = [64, 46, 33, 23, 17, 12, 9, 6, 4, 3][level]
                let v = latents(LatentPlace(group: place.group, level: level), tiles)
                for k in v.values.indices {
                    plane.values[k] = Self.sat16(plane.values[k] + m * v.values[k])
                }
            }
            return scaled(plane, place.group, octave)
        }
    }

    /// A plane with what the stages that an octave leaves out would have made of it (§8.2).
    private func scaled(_ plane: Plane, _ group: LatentGroup, _ octave: Int) -> Plane {
        var factor = 4096
        for stage in 0..<octave {
            let sum = networks.taps(group, to: stage).reduce(0) { $0 + Int($1) }
            for _ in 0..<2 {
                factor = min((factor * min(max(sum, 0), 32_767) + 2048) >> 12, 65_535)
            }
        }
        var result = plane
        for k in plane.values.indices {
            result.values[k] = Self.sat16((plane.values[k] * factor + 2048) >> 12)
        }
        return result
    }

    /// The samples of a picture, interleaved.
    func samples(_ tiles: [ModelEntropy.Grids], octave: Int) -> [Int] {
        let (inputs, size) = (inputs(tiles, octave: octave), geometry.size(atLevel: octave))
        let outputs = descriptor.outputCount
        var r = [Plane](repeating: Plane(size), count: outputs)
        for k in 0..<size.pixelCount {
            let x = inputs.map { $0.values[k] }
            let h = ModelEntropy.rectified(
                ModelEntropy.layer(networks[.a1], networks[.a1Biases], x))
            let sums = ModelEntropy.layer(networks[.a2], networks[.a2Biases], h + x)
            for c in 0..<outputs { r[c].values[k] = Self.sat16((sums[c] + 1_024) >> 11) }
        }
        var samples: [Int] = []
        for y in 0..<size.height {
            for x in 0..<size.width {
                samples += (0..<outputs).map { sample($0, r, y, x) }
                if outputs < channelCount { samples.append(bitDepth == 8 ? 255 : 65_535) }
            }
        }
        return samples
    }

    private func sample(_ c: Int, _ r: [Plane], _ y: Int, _ x: Int) -> Int {
        var sum = Int(networks[.bBiases][c]) + (r[c][y, x] << 12)
        for other in r.indices {
            for k in 0..<9 {
                sum +=
                    Int(networks[.b][(c * r.count + other) * 9 + k])
                    * r[other][y + k / 3 - 1, x + k % 3 - 1]
            }
        }
        let o = Self.sat16((sum + 2_048) >> 12)
        let level = networks.bases[c] * 128 + o * networks.gain
        return bitDepth == 8
            ? min(max((level + 16_384) >> 15, 0), 255) : min(max((level + 64) >> 7, 0), 65_535)
    }
}
