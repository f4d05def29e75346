package import FormatKit

/// Parses what the command line says about parts and sizes of pictures.
package enum SelectionArguments {
    /// A region as `X,Y,WIDTH,HEIGHT`, or `nil` if `text` is none.
    package static func region(_ text: String) -> PixelRegion? {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false)
            .compactMap { Int($0) }
        guard numbers.count == 4, text.filter({ $0 == "," }).count == 3,
            numbers.allSatisfy({ (0...Int(Int32.max)).contains($0) }), numbers[2] > 0,
            numbers[3] > 0
        else { return nil }
        return PixelRegion(
            columns: numbers[0]..<numbers[0] + numbers[2],
            rows: numbers[1]..<numbers[1] + numbers[3])
    }

    /// The longest side that can be asked for: that of the formats with the largest pictures.
    package static let longestSide = Int(Int32.max)

    /// A size as `WIDTHxHEIGHT`, each up to ``longestSide``, or `nil` if `text` is none.
    package static func size(_ text: String) -> ImageSize? {
        let numbers = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let width = numbers[0], let height = numbers[1],
            [width, height].allSatisfy({ (1...longestSide).contains($0) })
        else { return nil }
        return ImageSize(width: width, height: height)
    }

    /// A box as `WIDTHxHEIGHT`, or as the side of a square, or `nil` if `text` is neither.
    package static func box(_ text: String) -> ImageSize? {
        size(text.contains("x") ? text : "\(text)x\(text)")
    }

    /// Pages such as `all`, `1-3,7` or `5-`, or `nil` if `text` names none.
    package static func pages(_ text: String) -> PageSelection? {
        if text == "all" { return .all }
        let ranges = text.split(separator: ",", omittingEmptySubsequences: false)
            .compactMap { part -> ClosedRange<Int>? in
                let ends = part.split(
                    separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
                guard let first = Int(ends[0]), first > 0, first <= Int(Int32.max) else {
                    return nil
                }
                guard ends.count == 2 else { return first - 1...first - 1 }
                if ends[1].isEmpty { return first - 1...PageSelection.last }
                guard let last = Int(ends[1]), last >= first, last <= Int(Int32.max) else {
                    return nil
                }
                return first - 1...last - 1
            }
        let count = text.filter { $0 == "," }.count + 1
        return ranges.count == count ? .list(ranges) : nil
    }

    /// A factor above zero, or `nil` if `text` is none.
    package static func factor(_ text: String) -> Double? {
        Double(text).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    }
}
