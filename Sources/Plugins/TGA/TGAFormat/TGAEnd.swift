internal import FormatKit

/// What the end of a file of version 2 says.
///
/// The last 26 bytes are two offsets of 4 bytes, `TRUEVISION-XFILE.` and a zero. The first offset is
/// that of an area of 495 bytes:
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 2 | 41 | author |
/// | 43 | 4 × 81 | lines of a comment |
/// | 367 | 12 + 41 + 6 | when the picture was made, in which job and in what time |
/// | 426 | 41 | program |
/// | 470 | 4 | the color to be taken for transparent, or for what lies behind |
/// | 474 | 2 + 2 | width and height of a pixel |
/// | 478 | 2 + 2 | gamma, numerator and denominator |
/// | 482 | 4 | offset of a table that corrects colors |
/// | 486 | 4 | offset of a small picture |
/// | 494 | 1 | alpha: 0 none, 1 and 2 to be ignored, 3 straight, 4 premultiplied |
struct TGAEnd {
    private(set) var texts: [TextEntry] = []
    private(set) var resolution: Resolution?
    private(set) var gamma: Double?
    /// The number of smaller copies of the picture, of which there may be one.
    private(set) var copyCount = 0
    /// What the file says of alpha, or `nil` if nothing.
    private(set) var alpha: AlphaMode?
    /// Whether the file has such an end.
    private(set) var isThere = false
    private(set) var losses: [Loss] = []

    static let mark = Array("TRUEVISION-XFILE.\0".utf8)
    static let footByteCount = 26
    static let areaByteCount = 495

    init(of source: any ImageSource) throws(ImageError) {
        let foot = source.byteCount - Self.footByteCount
        guard foot >= TGAHeader.byteCount else { return }
        let bytes = try source.bytes(at: foot, count: Self.footByteCount)
        guard bytes.count == Self.footByteCount, bytes[8...].elementsEqual(Self.mark) else {
            return
        }
        func offset(_ place: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
        }
        isThere = true
        let (area, directory) = (offset(0), offset(4))
        if directory > 0 {
            losses.append(.part(of: .formatBlocks, "the developer's area is left out"))
        }
        guard area > 0, area < foot else { return }
        let content = try source.bytes(at: area, count: Self.areaByteCount)
        if content.count == Self.areaByteCount { take(content) }
    }

    private mutating func take(_ bytes: [UInt8]) {
        func word(_ place: Int) -> Int { Int(bytes[place]) | Int(bytes[place + 1]) << 8 }
        func text(_ range: Range<Int>) -> String {
            String(latin1: bytes[range].prefix { $0 != 0 })
        }
        let lines = (0..<4).map { text(43 + 81 * $0..<43 + 81 * ($0 + 1)) }
        let comment = lines.reversed().drop(while: \.isEmpty).reversed().joined(separator: "\n")
        for (keyword, value) in [
            ("Author", text(2..<43)), ("Comment", comment), ("Software", text(426..<467)),
        ] where !value.isEmpty && value.contains(where: { $0 != " " }) {
            texts.append(TextEntry(keyword, value))
        }
        let (width, height) = (word(474), word(476))
        if width > 0, height > 0, width != height {
            resolution = Resolution(
                horizontal: Double(height), vertical: Double(width), unit: .none)
        }
        if word(478) > 0, word(480) > 0 { gamma = Double(word(480)) / Double(word(478)) }
        for (range, name) in [
            (367..<426, "when and in which job the picture was made"),
            (470..<474, "the key color"),
            (482..<486, "the table that corrects colors"),
        ] where bytes[range].contains(where: { $0 != 0 && $0 != UInt8(ascii: " ") }) {
            losses.append(.part(of: .formatBlocks, "\(name) is left out"))
        }
        if word(486) > 0 || word(488) > 0 { copyCount = 1 }
        alpha = [0: .opaque, 1: .opaque, 2: .opaque, 3: .straight, 4: .premultiplied][bytes[494]]
    }
}
