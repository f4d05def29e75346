/// The choice of few colors for a picture of many.
///
/// Boxes of colors are divided where the error is largest, and the means of the boxes are then
/// moved to the means of the colors that are nearest to them (k-means). The same picture gives the
/// same colors on every machine.
package enum PaletteChoice {
    /// The colors of a palette, in rising order: those of the picture if there are not more.
    ///
    /// - Parameters:
    ///   - census: The colors of the picture and how often they occur.
    ///   - count: The most colors, from 1 to 256.
    ///   - refinements: The most rounds of k-means.
    /// - Returns: At most `count` colors, at least one.
    package static func palette(
        of census: ColorCensus, count: Int, refinements: Int
    ) -> [PackedColor] {
        precondition((1...256).contains(count) && refinements >= 0)
        if let colors = census.colors(limit: count) {
            return colors.isEmpty ? [PackedColor(red: 0, green: 0, blue: 0)] : colors
        }
        let colors = census.means
        var palette = packed(boxes(of: colors, count: count).map(\.mean))
        for _ in 0..<refinements {
            let next = refined(palette, by: colors)
            if next == palette { break }
            palette = next
        }
        return palette
    }

    private static func boxes(of colors: [WeightedColor], count: Int) -> [ColorBox] {
        var colors = colors
        var boxes = [ColorBox(colors, colors.indices)]
        while boxes.count < count {
            guard let worst = boxes.indices.max(by: { boxes[$0].error < boxes[$1].error }),
                boxes[worst].error > 0
            else { break }
            let (first, second) = boxes[worst].split(&colors)
            boxes[worst] = first
            boxes.append(second)
        }
        return boxes
    }

    /// The means of the colors that are nearest to each of the palette; one that is nearest to none
    /// stays.
    private static func refined(
        _ palette: [PackedColor], by colors: [WeightedColor]
    ) -> [PackedColor] {
        var nearest = NearestColor(palette)
        var sums = [WeightedColor](
            repeating: WeightedColor(red: 0, green: 0, blue: 0, weight: 0), count: palette.count)
        for color in colors {
            let index = nearest.index(
                red: Int(color.red.rounded()), green: Int(color.green.rounded()),
                blue: Int(color.blue.rounded()))
            sums[index].red += color.weight * color.red
            sums[index].green += color.weight * color.green
            sums[index].blue += color.weight * color.blue
            sums[index].weight += color.weight
        }
        return packed(
            zip(palette, sums).map { color, sum in
                guard sum.weight > 0 else {
                    return WeightedColor(
                        red: Double(color.red), green: Double(color.green),
                        blue: Double(color.blue), weight: 0)
                }
                return WeightedColor(
                    red: sum.red / sum.weight, green: sum.green / sum.weight,
                    blue: sum.blue / sum.weight, weight: sum.weight)
            })
    }

    /// Colors of 8 bits, each once, in rising order.
    private static func packed(_ colors: [WeightedColor]) -> [PackedColor] {
        Set(
            colors.map {
                PackedColor(
                    red: UInt8($0.red.rounded()), green: UInt8($0.green.rounded()),
                    blue: UInt8($0.blue.rounded()))
            }
        ).sorted()
    }
}
