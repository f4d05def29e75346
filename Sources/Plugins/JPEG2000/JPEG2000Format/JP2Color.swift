internal import FormatKit

/// How the channels of a picture are to be understood as colors: a `colr` box
/// (ISO/IEC 15444-1 §I.5.3.3, ISO/IEC 15444-2 §M.11.7.3).
enum JP2Color: Equatable {
    case gray, sRGB, sYCC, cmyk
    case profile([UInt8])
    case codePoints(ColorCodePoints)

    /// A description that is not known here, by name.
    struct Unknown: Error, Equatable {
        let name: String
        /// Whether readers are to go on as if it were not there.
        var isIgnored = false
    }

    /// The name of number 0.
    static let bilevel = "bilevel"

    /// Names of spaces that have a number and are not supported.
    private static let names: [UInt32: String] = [
        0: bilevel, 1: "YCbCr(1)", 3: "YCbCr(2)", 4: "YCbCr(3)", 9: "PhotoYCC", 11: "CMY",
        13: "YCCK", 14: "CIELab", 15: "bilevel(2)", 19: "CIEJab", 20: "e-sRGB", 21: "ROMM-RGB",
        24: "e-sYCC",
    ]

    /// | offset | size | field |
    /// | --- | --- | --- |
    /// | 0 | 1 | method: 1 number, 2 or 3 profile, 5 code points |
    /// | 1 | 2 | precedence and quality of approximation |
    /// | 3 | | the number in 4 bytes, or the profile, or three code points of 2 bytes and a range |
    static func parse(_ content: [UInt8]) -> Result<JP2Color, Unknown> {
        guard content.count >= 7 else {
            return .failure(Unknown(name: "a short one", isIgnored: true))
        }
        let fields = content[3...]
        switch content[0] {
        case 1: return numbered(fields.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
        case 2, 3: return .success(.profile(Array(fields)))
        case 5 where fields.count < 7:
            return .failure(Unknown(name: "a short one", isIgnored: true))
        case 5:
            let codes = Array(fields)
            // Values of one byte in two.
            guard codes[0] == 0, codes[2] == 0, codes[4] == 0, codes[5] == 0 else {
                return .failure(Unknown(name: "code points with a matrix"))
            }
            return .success(
                .codePoints(
                    ColorCodePoints(
                        primaries: codes[1], transfer: codes[3],
                        isFullRange: codes[6] & 0x80 != 0)))
        // Of other methods, §I.5.3.3 has it, the whole box is ignored.
        case let method: return .failure(Unknown(name: "method \(method)", isIgnored: true))
        }
    }

    private static func numbered(_ number: UInt32) -> Result<JP2Color, Unknown> {
        switch number {
        case 12: .success(.cmyk)
        case 16: .success(.sRGB)
        case 17: .success(.gray)
        case 18: .success(.sYCC)
        default: .failure(Unknown(name: names[number] ?? "number \(number)"))
        }
    }

    /// The content of the box; what ``parse(_:)`` takes.
    var content: [UInt8] {
        func numbered(_ number: UInt8) -> [UInt8] { [1, 0, 0, 0, 0, 0, number] }
        switch self {
        case .cmyk: return numbered(12)
        case .sRGB: return numbered(16)
        case .gray: return numbered(17)
        case .sYCC: return numbered(18)
        case .profile(let bytes): return [2, 0, 0] + bytes
        case .codePoints(let points):
            return [5, 0, 0, 0, points.primaries, 0, points.transfer, 0, 0]
                + [points.isFullRange ? 0x80 : 0]
        }
    }

    /// The model of the colors, or `nil` where a profile is of none that pixels can have.
    var model: ColorModel? {
        switch self {
        case .gray: .gray
        case .sRGB, .sYCC, .codePoints: .rgb
        case .cmyk: .cmyk
        case .profile(let bytes): ColorModel(profile: bytes)
        }
    }

    /// What `convert info` prints.
    var name: String {
        switch self {
        case .gray: "grayscale"
        case .sRGB: "sRGB"
        case .sYCC: "sYCC"
        case .cmyk: "CMYK"
        case .profile: "ICC profile"
        case .codePoints: "code points"
        }
    }
}

/// A table of colors: a `pclr` box (ISO/IEC 15444-1 §I.5.3.4).
struct JP2Palette {
    /// The bits of each column.
    let bits: [Int]
    /// For each column its values.
    let columns: [[Int]]

    /// | offset | size | field |
    /// | --- | --- | --- |
    /// | 0 | 2 | entries |
    /// | 2 | 1 | columns |
    /// | 3 | 1 each | bits of a column less 1, and 128 if signed |
    /// | | | entry by entry the values of its columns, in whole bytes |
    init(_ content: [UInt8], _ format: FormatID) throws(ImageError) {
        guard content.count >= 3 else { throw .malformed(format, "a palette of no size") }
        let entryCount = Int(content[0]) << 8 | Int(content[1])
        let columnCount = Int(content[2])
        guard (1...1024).contains(entryCount), columnCount > 0,
            content.count >= 3 + columnCount
        else {
            throw .malformed(format, "a palette of \(entryCount) colors")
        }
        let fields = content[3..<3 + columnCount]
        guard fields.allSatisfy({ $0 < 16 }) else {
            throw .unsupported(format, "a palette with signed colors or of more than 16 bits")
        }
        bits = fields.map { Int($0) + 1 }
        let sizes = bits.map { $0 > 8 ? 2 : 1 }
        let entrySize = sizes.reduce(0, +)
        guard content.count >= 3 + columnCount + entryCount * entrySize else {
            throw .malformed(format, "a palette without all of its \(entryCount) colors")
        }
        var columns: [[Int]] = Array(repeating: [], count: columnCount)
        var place = 3 + columnCount
        for _ in 0..<entryCount {
            for column in 0..<columnCount {
                let value = content[place..<place + sizes[column]].reduce(0) { $0 << 8 | Int($1) }
                columns[column].append(min(value, 1 << bits[column] - 1))
                place += sizes[column]
            }
        }
        self.columns = columns
    }
}

/// What a channel is made of: an entry of a `cmap` box (§I.5.3.5).
struct JP2Mapping {
    let component: Int
    /// The column of the palette, if values are looked up there.
    let column: Int?

    /// More channels than a palette has columns.
    private static let countLimit = 256

    /// | offset | size | field |
    /// | --- | --- | --- |
    /// | 0 | 2 | component |
    /// | 2 | 1 | 1: looked up in the palette |
    /// | 3 | 1 | column of the palette |
    static func list(_ content: [UInt8]) -> [JP2Mapping] {
        stride(from: 0, to: min(content.count, 4 * countLimit) - 3, by: 4).map {
            place -> JP2Mapping in
            let component = Int(content[place]) << 8 | Int(content[place + 1])
            let isLookedUp = content[place + 2] == 1
            return JP2Mapping(
                component: component, column: isLookedUp ? Int(content[place + 3]) : nil)
        }
    }
}

/// What a channel is for: an entry of a `cdef` box (§I.5.3.6).
struct JP2ChannelDefinition: Equatable {
    enum Use: Int {
        case color = 0, opacity, premultipliedOpacity, unspecified = 65_535
    }

    let channel: Int
    /// What it is for, or `nil` if that is unknown.
    let use: Use?
    /// The color that it is or belongs to, from 1 on; 0 for the whole picture.
    let association: Int

    /// | offset | size | field |
    /// | --- | --- | --- |
    /// | 0 | 2 | entries |
    /// | 2 | 2 + 2 + 2 each | channel, use, association |
    static func list(_ content: [UInt8]) -> [JP2ChannelDefinition] {
        func word(_ place: Int) -> Int { Int(content[place]) << 8 | Int(content[place + 1]) }
        guard content.count >= 2 else { return [] }
        return (0..<word(0)).map { 2 + 6 * $0 }.prefix { $0 + 6 <= content.count }.map { place in
            JP2ChannelDefinition(
                channel: word(place), use: Use(rawValue: word(place + 2)),
                association: word(place + 4))
        }
    }

    /// The content of a box; what ``list(_:)`` takes.
    static func content(_ definitions: [JP2ChannelDefinition]) -> [UInt8] {
        func bytes(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
        let entries = definitions.flatMap { entry in
            [entry.channel, (entry.use ?? .unspecified).rawValue, entry.association]
        }
        return ([definitions.count] + entries).flatMap(bytes)
    }
}
