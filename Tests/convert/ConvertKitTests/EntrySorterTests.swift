import FormatFiles
import TestSupport
import Testing

@testable import ConvertKit

@Suite struct EntrySorterTests {
    private func sorted(_ records: [[UInt8]], memory: Int) throws -> [[UInt8]] {
        var sorter = EntrySorter(maximumByteCount: memory)
        for record in records { try sorter.add(record) }
        #expect(sorter.count == records.count)
        let entries = try sorter.sorted()
        #expect(entries.count == records.count)
        var passes: [[[UInt8]]] = []
        for _ in 0..<2 {
            var reader = try entries.reader()
            var sorted: [[UInt8]] = []
            while let record = try reader.next() { sorted.append(record) }
            #expect(try reader.next() == nil)
            passes.append(sorted)
        }
        #expect(passes[0] == passes[1])
        return passes[0]
    }

    @Test(arguments: [1, 1000, 1 << 20])
    func `sorts bytewise, in memory or through a file`(memory: Int) throws {
        var random = SplitMix64(seed: 3)
        let records = (0..<500).map { _ in
            (0..<Int.random(in: 0..<9, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
        }
        #expect(
            try sorted(records, memory: memory)
                == records.sorted { $0.lexicographicallyPrecedes($1) })
    }

    @Test func `takes records that are longer than what is read at a time`() throws {
        let records = [3, 1, 2].map { [UInt8](repeating: $0, count: 200_000) }
        #expect(try sorted(records, memory: 300_000).map(\.first) == [1, 2, 3])
    }

    @Test func `sorts nothing`() throws {
        #expect(try sorted([], memory: 1).isEmpty)
    }

    @Test func `keeps all of an entry, in the order of inputs, outputs and pages`() throws {
        let entries = [
            ManifestEntry(input: "a", tree: "x/y"), ManifestEntry(input: "a", output: "b"),
            ManifestEntry(input: "a", output: "b", page: 1),
            ManifestEntry(input: "a", output: "b", page: 9),
            ManifestEntry(input: "a", output: "b", page: 16), ManifestEntry(input: "a!", tree: "x"),
            ManifestEntry(input: Path(bytes: [0x61, 0xFF]), tree: ""),
        ]
        let records = try sorted(entries.map(\.record).reversed(), memory: 1 << 20)
        #expect(records.map { ManifestEntry(record: $0[...]) } == entries)
    }
}
