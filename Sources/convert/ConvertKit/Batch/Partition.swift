internal import FormatFiles
internal import FormatKit

/// How the jobs of a run are divided into parts.
///
/// A part is found from the names of all outputs, and, if asked for, from costs, and from nothing
/// else: not from the order in which files are found, nor from the machine.
struct Partition {
    /// Of each element, its part, counted from 0.
    let parts: [Int32]
    /// Stands for all of this: runs that divide the same jobs in the same way have the same digest.
    let digest: String

    /// Divides elements, which are told apart by the hashes of their names.
    ///
    /// - Parameters:
    ///   - hashes: What ``/FormatFiles/Path/stableHash`` is for the outputs' names. Of two that are
    ///     equal, the first counts as less.
    ///   - costs: What each is expected to take, as a multiple of anything; not used for the count.
    ///   - count: The number of parts.
    ///   - basis: What makes parts alike.
    init(hashes: [UInt64], costs: [Int] = [], into count: Int, by basis: Shard.Basis) {
        // By hash, not by name: neighbors, which are often alike, are spread over all parts.
        let order = (0..<UInt32(hashes.count)).sorted { left, right in
            (hashes[Int(left)], left) < (hashes[Int(right)], right)
        }
        var parts = [Int32](repeating: 0, count: hashes.count)
        switch basis {
        case .count:
            for (rank, index) in order.enumerated() { parts[Int(index)] = Int32(rank % count) }
        case .cost:
            // Longest processing time first (Graham 1969): at most 4/3 of the best division.
            var loads = LoadHeap(count: count)
            // Sorting is not stable: ranks decide among equals.
            let ranks = (0..<UInt32(order.count)).sorted { left, right in
                let (leftCost, rightCost) = (
                    costs[Int(order[Int(left)])], costs[Int(order[Int(right)])]
                )
                return leftCost == rightCost ? left < right : leftCost > rightCost
            }
            for rank in ranks {
                let index = Int(order[Int(rank)])
                // Nothing is free: a file of no size is opened, too.
                parts[index] = loads.add(max(1, costs[index]))
            }
        }
        self.parts = parts
        digest = Self.digest(hashes, parts, order: order, "\(basis.rawValue) \(count):")
    }

    private static func digest(
        _ hashes: [UInt64], _ parts: [Int32], order: [UInt32], _ head: String
    ) -> String {
        var digest = SHA256()
        digest.update(head)
        var chunk: [UInt8] = []
        func flush() {
            unsafe chunk.withUnsafeBytes { unsafe digest.update($0) }
            chunk.removeAll(keepingCapacity: true)
        }
        for index in order {
            let (hash, part) = (hashes[Int(index)], parts[Int(index)])
            chunk += (0..<8).map { UInt8(truncatingIfNeeded: hash >> (8 * $0)) }
            chunk += (0..<4).map { UInt8(truncatingIfNeeded: part >> (8 * $0)) }
            if chunk.count > 1 << 16 { flush() }
        }
        flush()
        return String(digest.hexadecimal.prefix(16))
    }
}

/// Parts by what they have to do so far, the least first.
private struct LoadHeap {
    private var entries: [(load: Int, part: Int32)]

    init(count: Int) {
        entries = (0..<count).map { (0, Int32($0)) }
    }

    /// Gives the part that has least to do so much more; returns it.
    mutating func add(_ cost: Int) -> Int32 {
        let part = entries[0].part
        entries[0].load = entries[0].load.addingClamped(cost)
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2]
            where child < entries.count && entries[child] < entries[least] {
                least = child
            }
            if least == index { return part }
            entries.swapAt(index, least)
            index = least
        }
    }
}

extension Sequence<UInt8> {
    /// A number that is the same on every machine and in every version: FNV-1a, mixed so that all
    /// bits depend on all bytes.
    var stableHash: UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in self { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        // The finalizer of MurmurHash3 (Appleby, public domain).
        hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ hash >> 33
    }
}

extension Path {
    /// The hash of the path's bytes.
    var stableHash: UInt64 { bytes.stableHash }

    /// The path below a folder, if it lies there by its name.
    func below(_ folder: Path) -> Path? {
        let prefix = folder.appending("").bytes
        return bytes.starts(with: prefix) ? Path(bytes: bytes.dropFirst(prefix.count)) : nil
    }
}
