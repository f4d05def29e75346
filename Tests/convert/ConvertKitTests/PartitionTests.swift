import FormatFiles
import TestSupport
import Testing

@testable import ConvertKit

@Suite struct PartitionTests {
    /// Divides `f/0.x`, `f/1.x` and so on.
    private func partition(
        _ costs: [Int], into count: Int, by basis: Shard.Basis
    ) -> Partition {
        Partition(
            hashes: costs.indices.map { Path("f/\($0).x").stableHash }, costs: costs, into: count,
            by: basis)
    }

    private func sizes(_ partition: Partition, _ count: Int) -> [Int] {
        (0..<count).map { part in partition.parts.filter { $0 == part }.count }
    }

    @Test(arguments: [1, 2, 7, 100, 150])
    func `makes parts of which none has more than one input more`(count: Int) {
        let costs = Array(repeating: 0, count: 100)
        let sizes = sizes(partition(costs, into: count, by: .count), count)
        #expect(sizes.reduce(0, +) == 100)
        #expect(sizes.allSatisfy { [100 / count, (100 + count - 1) / count].contains($0) })
    }

    @Test(arguments: [Shard.Basis.count, .cost], [1, 2] as [UInt64])
    func `does not depend on the order in which files are found`(basis: Shard.Basis, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let costs = (0..<200).map { _ in Int.random(in: 0..<9, using: &random) }
        let first = partition(costs, into: 7, by: basis)
        let order = costs.indices.shuffled(using: &random)
        let second = Partition(
            hashes: order.map { Path("f/\($0).x").stableHash }, costs: order.map { costs[$0] },
            into: 7, by: basis)
        #expect(order.indices.allSatisfy { second.parts[$0] == first.parts[order[$0]] })
        #expect(first.digest == second.digest)
    }

    @Test func `divides the same way on every machine and in every version`() {
        let partition = partition([1, 1, 1, 1, 1, 1, 1, 1], into: 3, by: .count)
        #expect(Path("f/0.x").stableHash == Self.hash("f/0.x"))
        #expect(partition.parts == Self.expected)
    }

    /// The hash once more, as plainly as can be.
    private static func hash(_ text: String) -> UInt64 {
        var hash = text.utf8.reduce(14_695_981_039_346_656_037 as UInt64) {
            ($0 ^ UInt64($1)) &* 1_099_511_628_211
        }
        for factor in [0xFF51_AFD7_ED55_8CCD, 0xC4CE_B9FE_1A85_EC53] as [UInt64] {
            hash ^= hash >> 33
            hash = hash &* factor
        }
        return hash ^ hash >> 33
    }

    /// The rank of each name among the hashes, modulo 3.
    private static let expected: [Int32] = {
        let hashes = (0..<8).map { hash("f/\($0).x") }
        return hashes.map { Int32((hashes.sorted().firstIndex(of: $0) ?? 0) % 3) }
    }()

    @Test(arguments: [2, 3, 10])
    func `shares out costs`(count: Int) {
        var random = SplitMix64(seed: 5)
        let costs = (0..<500).map { _ in Int.random(in: 1..<1000, using: &random) } + [20_000]
        let partition = partition(costs, into: count, by: .cost)
        let loads = (0..<count).map { part in
            costs.indices.filter { partition.parts[$0] == part }.reduce(0) { $0 + costs[$1] }
        }
        let best = max(20_000, (costs.reduce(0, +) + count - 1) / count)
        #expect(loads.max() ?? 0 <= best * 4 / 3)
    }

    @Test func `shares out inputs that cost nothing, too`() {
        #expect(sizes(partition([0, 0, 0, 0, 0, 0], into: 3, by: .cost), 3) == [2, 2, 2])
    }

    @Test func `has another digest if anything is divided otherwise`() {
        let digests = [
            partition([1, 2, 3], into: 2, by: .count),
            partition([1, 2, 3], into: 3, by: .count),
            partition([1, 2, 3], into: 2, by: .cost),
            partition([1, 2], into: 2, by: .count), partition([], into: 2, by: .count),
        ].map(\.digest)
        #expect(Set(digests).count == digests.count)
        #expect(digests.allSatisfy { $0.count == 16 })
    }
}
