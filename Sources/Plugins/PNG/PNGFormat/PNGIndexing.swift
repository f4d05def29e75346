internal import FormatKit

/// Turns pixels into indices, of a palette or of gray in few bits.
struct PNGIndexing {
    /// The number of bits of an index.
    let bitCount: Int
    /// The content of PLTE; empty for gray.
    let palette: [UInt8]
    /// The content of tRNS; empty if all colors are opaque.
    let transparency: [UInt8]

    private var indices: [UInt32: UInt8] = [:]
    private let channelCount: Int

    /// Prepares to store pixels of `layout`, or returns `nil` if they cannot be stored so.
    init?(_ storage: SampleStorage, layout: PixelLayout) {
        guard layout.sample == .uint8 else { return nil }
        channelCount = layout.channelCount
        switch storage {
        case .packedGray(let bits):
            guard [1, 2, 4].contains(bits), layout == PixelLayout(.gray, .uint8) else { return nil }
            bitCount = bits
            (palette, transparency) = ([], [])
            let step = 255 / ((1 << bits) - 1)
            for index in 0..<(1 << bits) { indices[UInt32(index * step)] = UInt8(index) }
        case .palette(let table):
            let colors = table.colors
            guard layout.model == .rgb, (1...256).contains(colors.count),
                layout.alpha != .premultiplied
            else { return nil }
            bitCount =
                [1, 2, 4, 8].first {
                    1 << $0 >= colors.count && $0 >= table.indexBitCount
                } ?? 8
            palette = colors.flatMap { [$0.red, $0.green, $0.blue] }
            let last = colors.lastIndex { $0.alpha < 255 } ?? -1
            transparency = layout.hasAlpha ? colors[...last].map(\.alpha) : []
            for (index, color) in colors.enumerated().reversed() {
                let channels = [color.red, color.green, color.blue, color.alpha]
                indices[Self.key(channels[..<channelCount])] = UInt8(index)
            }
        }
    }

    private static func key(_ channels: ArraySlice<UInt8>) -> UInt32 {
        channels.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The indices of pixels, one byte each.
    ///
    /// - Throws: ``ImageError/unstorable(_:_:)`` if a pixel has none.
    func callAsFunction(_ pixels: ArraySlice<UInt8>) throws(ImageError) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: pixels.count / channelCount)
        var (lastKey, lastIndex) = (UInt32(0), indices[0])
        var position = pixels.startIndex
        for pixel in result.indices {
            var key = UInt32(0)
            for _ in 0..<channelCount {
                key = key << 8 | UInt32(pixels[position])
                position += 1
            }
            if key != lastKey { (lastKey, lastIndex) = (key, indices[key]) }
            guard let index = lastIndex else {
                throw .unstorable(
                    .png,
                    "a pixel has a color that the palette lacks; "
                        + "png.storage=expand does without one")
            }
            result[pixel] = index
        }
        return result
    }
}
