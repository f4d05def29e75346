/// Encodes rows of black and white as ITU-T T.6 says (Group 4): each by its changes of color, relative
/// to those of the row above.
struct Group4Encoder {
    private let width: Int
    /// Where the row above changes its color, from white on; then `width` three times.
    private var above: [Int]
    private var output: [UInt8] = []
    /// The bits that make no byte yet.
    private var bits: UInt64 = 0
    private var bitCount = 0

    private static let longestMultiple = 2560

    /// Starts a picture, above which all is white.
    init(width: Int) {
        self.width = width
        above = [width, width, width]
    }

    /// The bytes that are ready.
    var readyByteCount: Int { output.count }

    /// Takes the bytes that are ready.
    mutating func takeBytes() -> [UInt8] {
        defer { output.removeAll(keepingCapacity: true) }
        return output
    }

    /// Encodes a row.
    ///
    /// - Parameter row: A byte a pixel; what is less than 128 is black.
    mutating func encode(_ row: UnsafeRawBufferPointer) {
        var changes: [Int] = []
        changes.reserveCapacity(above.count)
        var isBlack = false
        for column in 0..<width where unsafe (row[column] < 128) != isBlack {
            isBlack.toggle()
            changes.append(column)
        }
        changes += [width, width, width]
        encode(changes)
        above = changes
    }

    /// The names are those of T.6 §2.2: `a0` is where the row is, `a1` and `a2` are its next changes,
    /// `b1` and `b2` those above.
    private mutating func encode(_ changes: [Int]) {
        var (a0, isBlack) = (-1, false)
        // The places of a1 and b1.
        var (next, place) = (0, 0)
        while a0 < width {
            place = placeAbove(from: place, behind: a0, isBlack: isBlack)
            let (a1, b1, b2) = (changes[next], above[place], above[place + 1])
            if b2 < a1 {
                put(Group4Codes.pass)
                a0 = b2
            } else if abs(a1 - b1) <= 3 {
                put(Group4Codes.vertical[a1 - b1 + 3])
                a0 = a1
                isBlack.toggle()
                next += 1
            } else {
                let a2 = changes[next + 1]
                put(Group4Codes.horizontal)
                putRun(of: a1 - max(a0, 0), isBlack: isBlack)
                putRun(of: a2 - a1, isBlack: !isBlack)
                a0 = a2
                next += 2
            }
        }
    }

    /// The place of the first change above that lies right of `a0` and is one to the other color.
    private func placeAbove(from start: Int, behind a0: Int, isBlack: Bool) -> Int {
        var place = start
        while place > 0, above[place - 1] > a0 { place -= 1 }
        while above[place] <= a0, above[place] < width { place += 1 }
        // Changes to black have even places.
        let isWanted = (place % 2 == 1) == isBlack
        return isWanted || above[place] == width ? place : place + 1
    }

    private mutating func putRun(of count: Int, isBlack: Bool) {
        let multiples = isBlack ? Group4Codes.blackMultiples : Group4Codes.whiteMultiples
        var count = count
        while count >= Self.longestMultiple + 64 {
            put(multiples[multiples.count - 1])
            count -= Self.longestMultiple
        }
        if count >= 64 { put(multiples[count / 64 - 1]) }
        put((isBlack ? Group4Codes.black : Group4Codes.white)[count % 64])
    }

    private mutating func put(_ code: Group4Codes.Code) {
        bits = bits << UInt64(code.length) | UInt64(code.bits)
        bitCount += code.length
        while bitCount >= 8 {
            bitCount -= 8
            output.append(UInt8(truncatingIfNeeded: bits >> UInt64(bitCount)))
        }
    }

    /// Ends the picture; the last bytes are then ready.
    mutating func finish() {
        put(Group4Codes.endOfLine)
        put(Group4Codes.endOfLine)
        if bitCount > 0 {
            output.append(UInt8(truncatingIfNeeded: bits << UInt64(8 - bitCount)))
            bitCount = 0
        }
    }
}
