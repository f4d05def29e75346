/// One of the parts into which a run is divided, for several processes or machines.
package struct Shard: Sendable, Hashable, CustomStringConvertible {
    /// What makes parts alike.
    package enum Basis: String, Sendable, CaseIterable {
        /// The number of inputs.
        case count
        /// What conversions are expected to take: what a list says, else the sizes of the files.
        case cost
    }

    /// Which part, counted from 1.
    package let number: Int
    /// The number of parts.
    package let count: Int
    /// What makes them alike.
    package var basis = Basis.count

    /// More parts than this are of no use to anybody, and take memory.
    package static let maximumCount = 1_000_000

    /// Creates a part; `nil` if there is no such part.
    package init?(number: Int, of count: Int) {
        guard (1...Self.maximumCount).contains(count), (1...count).contains(number) else {
            return nil
        }
        self.number = number
        self.count = count
    }

    /// For example `3/8`.
    package var description: String { "\(number)/\(count)" }
}
