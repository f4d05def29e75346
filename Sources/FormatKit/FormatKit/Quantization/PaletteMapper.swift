/// Replaces pixels by indices of a palette, row after row from the top.
///
/// With dithering, the error of a pixel goes to its neighbors on the right and below, in rows to and
/// fro (Floyd and Steinberg, 1976).
package struct PaletteMapper: Sendable {
    private let palette: [PackedColor]
    private let isDithered: Bool
    private let hole: UInt8
    private var nearest: NearestColor
    /// The errors that a row gets from the one above it, in sixteenths: three channels of each
    /// pixel, and of one more at either end.
    private var errors: [Int]
    private var isReversed = false

    /// Creates a mapper.
    ///
    /// - Parameters:
    ///   - palette: From 1 to 256 colors.
    ///   - width: The number of pixels of a row.
    ///   - hole: The index of a pixel that has no color.
    ///   - isDithered: Whether errors are spread.
    package init(_ palette: [PackedColor], width: Int, hole: UInt8 = 0, isDithered: Bool) {
        self.palette = palette
        self.isDithered = isDithered
        self.hole = hole
        nearest = NearestColor(palette)
        errors = isDithered ? [Int](repeating: 0, count: 3 * (width + 2)) : []
    }

    /// The indices of a row's pixels.
    ///
    /// - Precondition: There are as many as the mapper was made for.
    package mutating func indices(of row: ArraySlice<PackedColor>) -> [UInt8] {
        isDithered ? dithered(row) : mapped(row)
    }

    private mutating func mapped(_ row: ArraySlice<PackedColor>) -> [UInt8] {
        var (last, lastIndex) = (PackedColor.none, hole)
        return row.map { pixel in
            if pixel != last {
                last = pixel
                lastIndex = pixel.isVisible ? index(pixel.red, pixel.green, pixel.blue) : hole
            }
            return lastIndex
        }
    }

    private mutating func index(_ red: Int, _ green: Int, _ blue: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: nearest.index(red: red, green: green, blue: blue))
    }

    private mutating func dithered(_ row: ArraySlice<PackedColor>) -> [UInt8] {
        var result = [UInt8](repeating: hole, count: row.count)
        var below = [Int](repeating: 0, count: errors.count)
        let step = isReversed ? -3 : 3
        // What goes to the next pixel of the row.
        var carry = (0, 0, 0)
        for offset in result.indices {
            let x = isReversed ? row.count - 1 - offset : offset
            let pixel = row[row.startIndex + x]
            guard pixel.isVisible else {
                carry = (0, 0, 0)
                continue
            }
            let place = 3 * (x + 1)
            let wanted = (
                Self.clamped(pixel.red, errors[place] + carry.0),
                Self.clamped(pixel.green, errors[place + 1] + carry.1),
                Self.clamped(pixel.blue, errors[place + 2] + carry.2)
            )
            let found = index(wanted.0, wanted.1, wanted.2)
            result[x] = found
            let color = palette[Int(found)]
            let error = (wanted.0 - color.red, wanted.1 - color.green, wanted.2 - color.blue)
            Self.spread(error.0, &below, at: place, step)
            Self.spread(error.1, &below, at: place + 1, step)
            Self.spread(error.2, &below, at: place + 2, step)
            carry = (7 * error.0, 7 * error.1, 7 * error.2)
        }
        errors = below
        isReversed.toggle()
        return result
    }

    /// A channel with its error, rounded.
    private static func clamped(_ value: Int, _ sixteenths: Int) -> Int {
        min(max(0, value + (sixteenths + 8) >> 4), 255)
    }

    private static func spread(_ error: Int, _ below: inout [Int], at place: Int, _ step: Int) {
        below[place - step] += 3 * error
        below[place] += 5 * error
        below[place + step] += error
    }
}
