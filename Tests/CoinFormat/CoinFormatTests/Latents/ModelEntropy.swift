import CoinKernels

@testable import CoinFormat

/// The specification of the entropy coder and of the contexts (§2-5), as directly as it can be
/// written: the kernels are tested against it.
struct ModelEntropy {
    let networks: LatentNetworks
    private var descriptor: LatentDescriptor { networks.descriptor }

    typealias Grids = [LatentPlace: LatentGrid]

    init(_ networks: LatentNetworks) { self.networks = networks }

    // MARK: Contexts (§3)

    static let neighbors = [
        (0, -1), (-1, 0), (-1, -1), (-1, 1), (0, -2), (-2, 0), (-1, 2), (-1, -2), (-3, 0), (-2, 1),
        (-2, -1), (0, -3), (-2, -2), (-1, -3), (-2, 2), (-3, -1),
    ]

    static func value(_ grids: Grids, _ group: LatentGroup, _ level: Int, _ y: Int, _ x: Int) -> Int
    {
        guard let grid = grids[LatentPlace(group: group, level: level)],
            (0..<grid.height).contains(y), (0..<grid.width).contains(x)
        else { return 0 }
        return Int(grid.values[y * grid.width + x])
    }

    func contexts(_ grids: Grids, _ place: LatentPlace, _ y: Int, _ x: Int) -> [Int] {
        let (group, l) = (place.group, place.level)
        var inputs = Self.neighbors.prefix(descriptor.contexts).map {
            Self.value(grids, group, l, y + $0.0, x + $0.1)
        }
        if group == .luma {
            for (dy, dx) in [(-1, -1), (-1, 1), (1, -1), (1, 1)] {
                inputs.append(Self.value(grids, .luma, l + 1, (y + dy) >> 1, (x + dx) >> 1))
            }
            inputs.append(Self.value(grids, .luma, l + 2, y >> 2, x >> 2))
        } else {
            for (dy, dx) in [(0, 0), (0, 1), (1, 0), (0, -1)] {
                inputs.append(
                    Self.value(grids, group == .red ? .blue : .luma, l, y + dy, x + dx))
            }
            inputs.append(Self.value(grids, group, l + 1, y >> 1, x >> 1))
        }
        inputs.append(group == .luma ? 0 : 1)
        return inputs.map { $0 << 6 }
    }

    // MARK: Network (§4)

    static func layer(_ weights: [Int32], _ biases: [Int32], _ x: [Int]) -> [Int] {
        biases.indices.map { o in
            x.indices.reduce(Int(biases[o])) { $0 + Int(weights[o * x.count + $1]) * x[$1] }
        }
    }

    static func rectified(_ sums: [Int]) -> [Int] {
        sums.map { min(max(($0 + 2_048) >> 12, 0), 32_767) }
    }

    func predict(_ grids: Grids, _ place: LatentPlace, _ y: Int, _ x: Int) -> (
        mean: Int, scale: Int
    ) {
        let inputs = contexts(grids, place, y, x)
        let h1 = Self.rectified(Self.layer(networks[.w1], networks[.b1], inputs))
        let h2 = Self.rectified(Self.layer(networks[.w2], networks[.b2], h1))
        let out = Self.layer(networks[.w3], networks[.b3], h2 + inputs)
        let mean = min(max((out[0] + 8_192) >> 14, -511 * 16), 511 * 16)
        let scale = min(max(((out[1] + 8_192) >> 14) + 48, 0), 127)
        return (mean, scale)
    }

    // MARK: Symbols (§5)

    /// E of a scale.
    static func table(_ scale: Int) -> [Int] {
        let (ratio, radius) = LatentTables.constants(scale: scale)
        let total = 65_536 - (2 * radius + 3)
        var (w, table) = (1 << 30, [Int]())
        for _ in 0...16 * (radius + 1) {
            table.append((w * total) >> 31)
            w = (w * ratio + (1 << 29)) >> 30
        }
        return table
    }

    private static let tables = (0..<128).map(ModelEntropy.table)

    /// C(j).
    static func boundary(_ scale: Int, _ fraction: Int, _ j: Int) -> Int {
        let radius = LatentTables.constants(scale: scale).radius
        let t = 16 * j - 8 - fraction
        let table = tables[scale]
        let f = t < 0 ? table[-t] : 65_536 - (2 * radius + 3) - table[t]
        return f + j + radius + 1
    }

    struct Failure: Error {}

    /// The decoder of states.
    struct Coder {
        let bytes: [UInt8]
        var position = 0
        var states: [Int] = []

        mutating func byte() throws -> Int {
            guard position < bytes.count else { throw Failure() }
            position += 1
            return Int(bytes[position - 1])
        }

        mutating func take(_ lane: Int, _ start: Int, _ frequency: Int) throws {
            let index = lane % states.count
            let x = states[index]
            states[index] = frequency * (x >> 16) + (x & 65_535) - start
            while states[index] < 1 << 23 { states[index] = try (states[index] << 8) | byte() }
        }

        func slot(_ lane: Int) -> Int { states[lane % states.count] & 65_535 }

        mutating func uniform(_ lane: Int, _ bits: Int) throws -> Int {
            let u = slot(lane) >> (16 - bits)
            try take(lane, u << (16 - bits), 1 << (16 - bits))
            return u
        }

        mutating func value(_ lane: Int, _ mean: Int, _ scale: Int) throws -> Int {
            let m = (mean + 8) >> 4
            let radius = LatentTables.constants(scale: scale).radius
            let slot = slot(lane)
            let boundaries =
                [0] + (-radius...radius + 1).map { boundary(scale, mean - 16 * m, $0) } + [65_536]
            let symbol = boundaries.lastIndex { $0 <= slot } ?? 0
            try take(lane, boundaries[symbol], boundaries[symbol + 1] - boundaries[symbol])
            guard symbol == 0 || symbol == 2 * radius + 2 else { return m + symbol - radius - 1 }
            let z = try uniform(lane, 4)
            let e = try (z == 0 ? 1 : (1 << z) | uniform(lane, z)) - 1
            return symbol == 0 ? m - radius - 1 - e : m + radius + 1 + e
        }
    }

    // MARK: Tiles (§2)

    /// Decodes a whole tile.
    func decode(_ payload: LatentPayload, sizes: (Int) -> (width: Int, height: Int)) throws -> Grids
    {
        var coder = Coder(bytes: payload.bytes)
        for _ in 0..<1 << descriptor.stateBits {
            coder.states.append(try (0..<4).reduce(0) { x, _ in try (x << 8) | coder.byte() })
        }
        var grids: Grids = [:]
        for level in (0..<descriptor.levelCount).reversed() {
            let (width, height) = sizes(level)
            for group in descriptor.groups(atLevel: level) {
                let place = LatentPlace(group: group, level: level)
                grids[place] = LatentGrid(width: width, height: height)
                for top in stride(from: 0, to: height, by: 16) {
                    let rows = min(16, height - top)
                    for t in 0..<width + 3 * (rows - 1) {
                        for r in 0..<rows where (0..<width).contains(t - 3 * r) {
                            let (y, x) = (top + r, t - 3 * r)
                            let (mean, scale) = predict(grids, place, y, x)
                            let v = try coder.value(r, mean, scale)
                            guard v.magnitude <= 511 else { throw Failure() }
                            grids[place]?.values[y * width + x] = Int16(v)
                        }
                    }
                }
            }
            if level >= descriptor.finestLevel,
                payload.levelEnds[descriptor.levelCount - 1 - level] != coder.position
            {
                throw Failure()
            }
        }
        guard coder.states.allSatisfy({ $0 == 1 << 23 }) else { throw Failure() }
        return grids
    }
}
