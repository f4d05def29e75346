internal import FormatKit

/// How stored pixels become those of a layout.
struct TGAColors {
    /// A row, once converted.
    struct ConvertedRow {
        /// Pixels of the layout.
        var pixels: [UInt8]
        /// Of the bytes that stand for nothing the bits that are in any and in every one of them.
        var anyRest: UInt8 = 0
        var everyRest: UInt8 = 255
        /// Whether an index has no color.
        var hasUnknownColor = false
    }

    let layout: PixelLayout
    /// The bits of a sample.
    let significantBits: Int
    let storage: SampleStorage?
    private let kind: TGAHeader.Kind
    private let bitCount: Int
    /// The colors of indices, as pixels of the layout.
    private var table: [UInt8] = []
    private let first: Int
    /// Where in the table the darkest color is, for pixels whose color it does not have.
    private var darkest = 0
    /// The number of colors in the table.
    var colorCount: Int { table.count / layout.bytesPerPixel }

    init(
        _ file: TGAHeader, _ end: TGAEnd, _ source: any ImageSource
    ) throws(ImageError) {
        kind = file.kind
        bitCount = file.bitCount
        first = file.table.first
        let storedBits = kind == .indices ? file.table.bitCount : file.bitCount
        let hasRoom = [16, 32].contains(storedBits)
        let said = file.alphaBitCount > 0 ? AlphaMode.straight : .opaque
        let alpha: AlphaMode = !hasRoom ? .opaque : end.alpha ?? said
        layout = PixelLayout(kind == .gray ? .gray : .rgb, .uint8, alpha: alpha)
        significantBits = kind != .gray && storedBits < 24 ? 5 : 8
        guard kind == .indices else {
            storage = nil
            return
        }
        let range = file.tableRange
        let bytes = try source.bytes(at: range.lowerBound, count: range.count)
        guard bytes.count == range.count else {
            throw .truncated(.tga, "the table of colors ends early", offset: source.byteCount)
        }
        let size = (file.table.bitCount + 7) / 8
        var colors: [RGBAColor] = []
        for place in stride(from: 0, to: bytes.count, by: size) {
            let color = Self.color(bytes[...], at: place, bits: file.table.bitCount)
            colors.append(color)
            table += [color.red, color.green, color.blue]
            if alpha != .opaque { table.append(color.alpha) }
        }
        darkest = colors.darkest ?? 0
        let isPlain = first == 0 && colors.count <= 256 && alpha != .premultiplied
        let shown = colors.map { color in
            alpha == .opaque
                ? RGBAColor(red: color.red, green: color.green, blue: color.blue, alpha: 255)
                : color
        }
        storage = isPlain ? .palette(Palette(shown, indexBitCount: 8)) : nil
    }

    /// The color of 15, 16, 24 or 32 bits, blue first.
    private static func color(
        _ bytes: ArraySlice<UInt8>, at start: Int, bits: Int
    ) -> RGBAColor {
        if bits <= 16 {
            let word = Int(bytes[start]) | Int(bytes[start + 1]) << 8
            func wide(_ value: Int) -> UInt8 { UInt8((value * 255 + 15) / 31) }
            return RGBAColor(
                red: wide(word >> 10 & 31), green: wide(word >> 5 & 31), blue: wide(word & 31),
                alpha: word & 0x8000 != 0 ? 255 : 0)
        }
        return RGBAColor(
            red: bytes[start + 2], green: bytes[start + 1], blue: bytes[start],
            alpha: bits == 32 ? bytes[start + 3] : 255)
    }

    /// Converts a row.
    ///
    /// - Parameter row: Stored pixels.
    /// - Returns: What has become of it.
    func converted(_ row: ArraySlice<UInt8>) -> ConvertedRow {
        var (pixels, hasUnknownColor) = ([UInt8](), false)
        pixels.reserveCapacity(row.count / ((bitCount + 7) / 8) * layout.bytesPerPixel)
        var (anyRest, everyRest) = (UInt8(0), UInt8(255))
        switch kind {
        case .indices:
            let size = layout.bytesPerPixel
            for index in row {
                var place = (Int(index) - first) * size
                if place < 0 || place >= table.count {
                    (place, hasUnknownColor) = (darkest * size, true)
                }
                pixels += table[place..<place + size]
            }
        case .gray where bitCount == 8 || layout.hasAlpha: return ConvertedRow(pixels: Array(row))
        case .gray:
            for place in stride(from: row.startIndex, to: row.endIndex, by: 2) {
                pixels.append(row[place])
                anyRest |= row[place + 1]
                everyRest &= row[place + 1]
            }
        case .colors:
            let size = (bitCount + 7) / 8
            for place in stride(from: row.startIndex, to: row.endIndex, by: size) {
                let color = Self.color(row, at: place, bits: bitCount)
                pixels.append(color.red)
                pixels.append(color.green)
                pixels.append(color.blue)
                if layout.hasAlpha {
                    pixels.append(color.alpha)
                } else if bitCount == 32 {
                    anyRest |= color.alpha
                    everyRest &= color.alpha
                }
            }
        }
        return ConvertedRow(
            pixels: pixels, anyRest: anyRest, everyRest: everyRest,
            hasUnknownColor: hasUnknownColor)
    }
}
