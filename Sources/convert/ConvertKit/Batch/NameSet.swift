/// Names of outputs, eight bytes for each: whether one is among them is told by its hash, so that of
/// 10^19 others one may be taken for it.
struct NameSet {
    private let hashes: [UInt64]

    init(_ hashes: [UInt64]) {
        self.hashes = hashes.sorted()
    }

    func contains(_ hash: UInt64) -> Bool {
        var (low, high) = (0, hashes.count)
        while low < high {
            let middle = (low + high) / 2
            if hashes[middle] < hash { low = middle + 1 } else { high = middle }
        }
        return low < hashes.count && hashes[low] == hash
    }
}
