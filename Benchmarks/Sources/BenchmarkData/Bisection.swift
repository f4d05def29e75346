extension ClosedRange<Int> {
    /// The last number that `accepts`, by bisection, where none is accepted after one that is not.
    package func last(where accepts: (Int) throws -> Bool) rethrows -> Int? {
        var (low, high) = (lowerBound, upperBound)
        guard try accepts(low) else { return nil }
        while low < high {
            let middle = low + (high - low + 1) / 2
            if try accepts(middle) { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
