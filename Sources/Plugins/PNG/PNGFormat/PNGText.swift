internal import FormatKit

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
    /// Whether the text is UTF-8 rather than Latin-1.
    let isInternational: Bool
    let language: String
    let translatedKeyword: String
    /// Whether the file has it compressed.
    let isCompressed: Bool

    /// Creates a text that was compressed.
    init(
        decompressed bytes: [UInt8], keyword: String, isInternational: Bool, language: String,
        translatedKeyword: String
    ) {
        self.keyword = keyword
        self.bytes = bytes
        self.isInternational = isInternational
        self.language = language
        self.translatedKeyword = translatedKeyword
        isCompressed = true
    }

    /// Parses the content of a chunk, or returns `nil` if it is compressed or malformed.
    init?(parsing content: [UInt8], of type: PNGChunkType) {
        let parts = content.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let (keyword, rest) = (parts[0], parts[1])
        switch type {
        case .text:
            bytes = Array(rest)
            (language, translatedKeyword) = ("", "")
        case .internationalText where rest.first == 0:
            let fields = rest.dropFirst(2).split(
                separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3, fields.prefix(2).allSatisfy(Self.isUTF8) else { return nil }
            bytes = Array(fields[2])
            language = String(decoding: fields[0], as: UTF8.self)
            translatedKeyword = String(decoding: fields[1], as: UTF8.self)
        default: return nil
        }
        isInternational = type == .internationalText
        isCompressed = false
        self.keyword = String(latin1: keyword)
    }

    private static func isUTF8(_ bytes: ArraySlice<UInt8>) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil
    }

    /// The text as the model has it, or `nil` if it is not made of characters.
    var entry: TextEntry? {
        let text =
            isInternational ? String(validating: bytes, as: UTF8.self) : String(latin1: bytes)
        guard let value = text else { return nil }
        return TextEntry(
            keyword, value, language: language, translatedKeyword: translatedKeyword,
            isCompressed: isCompressed)
    }

    /// The chunk that holds a text, or `nil` if its keyword or its characters cannot be stored.
    ///
    /// Latin-1 without a language goes into tEXt or zTXt, everything else into iTXt. The zeros with
    /// which programs in C end texts are no part of them.
    static func chunk(for entry: TextEntry) -> (type: PNGChunkType, content: [UInt8])? {
        var entry = entry
        while entry.value.unicodeScalars.last == "\0" { entry.value.unicodeScalars.removeLast() }
        guard let keyword = entry.keyword.latin1, (1...keywordLimit).contains(keyword.count),
            keyword.first != 0x20, keyword.last != 0x20,
            keyword.allSatisfy({ (0x20...0x7E).contains($0) || $0 > 0xA0 }),
            ![entry.value, entry.language, entry.translatedKeyword]
                .contains(where: { $0.utf8.contains(0) })
        else { return nil }
        if entry.language.isEmpty, entry.translatedKeyword.isEmpty,
            let value = entry.value.latin1
        {
            if entry.isCompressed, let compressed = PNGCompression.compress(value) {
                return (.compressedText, keyword + [0, 0] + compressed)
            }
            return (.text, keyword + [0] + value)
        }
        guard entry.language.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let value = Array(entry.value.utf8)
        let compressed = entry.isCompressed ? PNGCompression.compress(value) : nil
        let head = keyword + [0, compressed == nil ? 0 : 1, 0] + Array(entry.language.utf8) + [0]
        return (
            .internationalText,
            head + Array(entry.translatedKeyword.utf8) + [0] + (compressed ?? value)
        )
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
        String(latin1: head.prefix(keywordLimit).prefix { $0 != 0 })
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
