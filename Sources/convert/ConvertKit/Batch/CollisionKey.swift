internal import FormatFiles

/// Equal for names that are one file to the system, links aside.
struct CollisionKey: Hashable {
    #if canImport(Darwin)
        private let name: String

        /// File systems there usually ignore case; `String` compares composed characters.
        init(_ path: Path) { name = path.description.lowercased() }
    #else
        private let name: Path

        init(_ path: Path) { name = path }
    #endif

    /// A number that is equal for equal keys, of this process: the hash, which knows what is equal.
    var number: UInt64 {
        var hasher = Hasher()
        hasher.combine(name)
        return UInt64(truncatingIfNeeded: hasher.finalize())
    }
}
