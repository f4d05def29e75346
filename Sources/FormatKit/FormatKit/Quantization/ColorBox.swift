/// Colors that one entry of a palette is to stand for: a range of an array.
struct ColorBox {
    /// Where they lie.
    let range: Range<Int>
    /// The sums of the weights and of the weighted channels.
    private let sum: WeightedColor
    /// Of each channel, the squared differences from the mean.
    private let errors: (red: Double, green: Double, blue: Double)

    init(_ colors: [WeightedColor], _ range: Range<Int>) {
        self.range = range
        var sum = WeightedColor(red: 0, green: 0, blue: 0, weight: 0)
        var squares = sum
        for color in colors[range] {
            sum.add(color)
            squares.red += color.weight * color.red * color.red
            squares.green += color.weight * color.green * color.green
            squares.blue += color.weight * color.blue * color.blue
        }
        self.sum = sum
        errors = (
            squares.red - sum.red * sum.red / sum.weight,
            squares.green - sum.green * sum.green / sum.weight,
            squares.blue - sum.blue * sum.blue / sum.weight
        )
    }

    /// The error of one color for all of them.
    var error: Double {
        range.count > 1 ? errors.red + errors.green + errors.blue : 0
    }

    /// The color that makes the least error.
    var mean: WeightedColor {
        WeightedColor(
            red: sum.red / sum.weight, green: sum.green / sum.weight, blue: sum.blue / sum.weight,
            weight: sum.weight)
    }

    /// Divides the box across the channel that varies most, where the errors of the halves are
    /// least (Wu, Graphics Gems II, 1991, but of the colors themselves rather than of a grid).
    ///
    /// - Precondition: There is more than one color.
    func split(_ colors: inout [WeightedColor]) -> (ColorBox, ColorBox) {
        let channel: (WeightedColor) -> (Double, Double, Double) =
            if errors.red >= max(errors.green, errors.blue) {
                { ($0.red, $0.green, $0.blue) }
            } else if errors.green >= errors.blue {
                { ($0.green, $0.red, $0.blue) }
            } else {
                { ($0.blue, $0.green, $0.red) }
            }
        // All channels decide, so that the order depends on nothing else.
        colors[range].sort { channel($0) < channel($1) }
        var left = WeightedColor(red: 0, green: 0, blue: 0, weight: 0)
        var (best, place) = (-1.0, range.lowerBound + 1)
        for index in range.dropLast() {
            left.add(colors[index])
            let gain = left.explained + sum.subtracting(left).explained
            if gain > best { (best, place) = (gain, index + 1) }
        }
        return (
            ColorBox(colors, range.lowerBound..<place), ColorBox(colors, place..<range.upperBound)
        )
    }
}

extension WeightedColor {
    /// Adds a color, weighted, to a sum.
    fileprivate mutating func add(_ color: WeightedColor) {
        red += color.weight * color.red
        green += color.weight * color.green
        blue += color.weight * color.blue
        weight += color.weight
    }

    fileprivate func subtracting(_ part: WeightedColor) -> WeightedColor {
        WeightedColor(
            red: red - part.red, green: green - part.green, blue: blue - part.blue,
            weight: weight - part.weight)
    }

    /// Of a sum, what a mean takes off the squared error.
    fileprivate var explained: Double {
        weight > 0 ? (red * red + green * green + blue * blue) / weight : 0
    }
}
