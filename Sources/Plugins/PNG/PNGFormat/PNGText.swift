/// A keyword and what it stands for, from a tEXt, zTXt or iTXt chunk.
///
/// | chunk | content |
/// | --- | --- |
/// | tEXt | keyword, 0, text |
/// | zTXt | keyword, 0, compression method, compressed text |
/// | iTXt | keyword, 0, whether compressed, method, language, 0, translated keyword, 0, text |
struct PNGText: Equatable {
    let keyword: String
    let bytes: [UInt8]

    init(keyword: String, bytes: [UInt8]) {
        self.keyword = keyword
        self.bytes = bytes
    }

    /// Parses the content of a chunk, or returns `nil` if it is compressed or malformed.
    init?(parsing content: [UInt8], of type: PNGChunkType) {
        let parts = content.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let (keyword, rest) = (parts[0], parts[1])
        switch type {
        case .text: bytes = Array(rest)
        case .internationalText where rest.first == 0:
            let fields = rest.dropFirst(2).split(
                separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return nil }
            bytes = Array(fields[2])
        default: return nil
        }
        self.keyword = String(decoding: keyword, as: UTF8.self)
    }

    /// Whether the start of a chunk's content says that libpng must decompress the text.
    static func isCompressed(_ head: [UInt8], of type: PNGChunkType) -> Bool {
        switch type {
        case .compressedText: true
        case .internationalText:
            head.firstIndex(of: 0).map { head[$0...].dropFirst().first == 1 } ?? false
        default: false
        }
    }

    /// The longest keyword, in bytes.
    static let keywordLimit = 79

    /// The keyword at the start of a chunk's content.
    static func keyword(_ head: [UInt8]) -> String {
        String(decoding: head.prefix(keywordLimit).prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The keyword of an XMP packet (XMP specification part 3, §1.1.5).
    static let xmpKeyword = "XML:com.adobe.xmp"

    /// What a keyword holds that is metadata rather than a remark.
    enum Purpose: Hashable {
        case xmp
        /// A profile in hexadecimal digits, as ImageMagick wrote it before there was eXIf.
        case rawExif
        case rawXMP
    }

    static func purpose(of keyword: String) -> Purpose? {
        switch keyword {
        case xmpKeyword: .xmp
        case "Raw profile type exif", "Raw profile type APP1": .rawExif
        case "Raw profile type xmp": .rawXMP
        default: nil
        }
    }

    /// The bytes of a raw profile, or `nil` if the text is not one.
    ///
    /// The form is: a line feed, the profile's name, a line feed, the number of bytes in decimal
    /// digits, a line feed, and the bytes in hexadecimal digits with line feeds in between.
    var rawProfile: [UInt8]? {
        let lines = bytes.split(separator: 0x0A, maxSplits: 2)
        guard lines.count == 3 else { return nil }
        let countText = String(decoding: lines[1], as: UTF8.self)
        let digits = lines[2].filter { $0 != 0x0A && $0 != 0x0D && $0 != 0x20 }
        guard let count = Int(countText.filter { $0 != " " }), digits.count == 2 * count else {
            return nil
        }
        var profile: [UInt8] = []
        profile.reserveCapacity(count)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.value(ofDigit: digits[index]),
                let low = Self.value(ofDigit: digits[index + 1])
            else { return nil }
            profile.append(high << 4 | low)
        }
        return profile
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}
