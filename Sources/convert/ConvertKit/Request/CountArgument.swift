/// Numbers as people type them on a command line: `65536`, `512M`, `1.5G`.
package enum CountArgument {
    /// What the letters multiply by.
    package enum Base: Double {
        /// `K` is 1000, for things that are counted.
        case decimal = 1000
        /// `K` is 1024, for bytes of memory.
        case binary = 1024
    }

    private static let letters: [Character: Int] = ["K": 1, "M": 2, "G": 3, "T": 4]

    /// Parses a positive number with an optional `K`, `M`, `G` or `T`; `nil` if it is none.
    package static func parse(_ text: String, base: Base) -> Int? {
        let power = text.uppercased().last.flatMap { letters[$0] }
        let digits = power == nil ? text[...] : text.dropLast()
        guard digits.allSatisfy({ $0.isNumber || $0 == "." }), let number = Double(digits) else {
            return nil
        }
        let factor = (0..<(power ?? 0)).reduce(1.0) { product, _ in product * base.rawValue }
        let value = (number * factor).rounded(.down)
        return value >= 1 ? Int(exactly: value) : nil
    }
}
