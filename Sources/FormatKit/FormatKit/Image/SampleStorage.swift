/// How a file stores pixels where that is more compact than the layout in which they are delivered.
///
/// A writer may store them so again; that pixels come out the same is its business.
package enum SampleStorage: Sendable, Equatable {
    /// Gray of fewer than 8 bits: the layout's samples are multiples of 255 / (2ⁿ − 1).
    case packedGray(bitCount: Int)
    /// Indices into a table of colors, of which no pixel has others.
    case palette(Palette)

    /// The fewest bits, 1, 2, 4 or 8, of samples that hold all grays of 8 bits.
    package static func bitCount(holding grays: some Sequence<UInt8>) -> Int {
        let grays = Set(grays)
        return [1, 2, 4].first { bits in
            grays.allSatisfy { Int($0) % (255 / (1 << bits - 1)) == 0 }
        } ?? 8
    }
}

/// A table of at most 256 colors.
package struct Palette: Sendable, Equatable {
    /// The colors in the order of the file.
    package var colors: [RGBAColor]
    /// The number of bits of an index in the file: 1, 2, 4 or 8.
    package var indexBitCount: Int

    /// Creates a palette.
    package init(_ colors: [RGBAColor], indexBitCount: Int) {
        self.colors = colors
        self.indexBitCount = indexBitCount
    }
}
