import FormatKit
import PNGFormat
import TestSupport
import Testing

/// A document of ours, taken apart by its table.
struct PDFFile {
    let bytes: [UInt8]
    /// Where objects begin, by their numbers less 1.
    private let offsets: [Int]
    /// What is behind `trailer`.
    let trailer: String

    init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        let end = String(latin1: bytes.suffix(64)).split(separator: "\n")
        try #require(end.count >= 3 && end.suffix(3).first == "startxref" && end.last == "%%EOF")
        let start = try #require(Int(end[end.count - 2]))
        let lines = String(latin1: bytes[start...]).split(
            separator: "\n", omittingEmptySubsequences: false)
        try #require(lines[0] == "xref")
        let count = try #require(Int(lines[1].split(separator: " ")[1]))
        let entries = lines[2..<2 + count]
        try #require(entries.first == "0000000000 65535 f ")
        try #require(entries.dropFirst().allSatisfy { $0.count == 19 && $0.hasSuffix(" 00000 n ") })
        offsets = try entries.dropFirst().map { try #require(Int($0.prefix(10))) }
        try #require(lines[2 + count] == "trailer")
        trailer = String(lines[3 + count])
        for (index, offset) in offsets.enumerated() {
            try #require(bytes[offset...].starts(with: Array("\(index + 1) 0 obj\n".utf8)))
        }
    }

    /// The numbers of all objects.
    var numbers: ClosedRange<Int> { 1...offsets.count }

    /// What an object is, without the bytes of a stream.
    func text(_ number: Int) -> String {
        let start = offsets[number - 1] + "\(number) 0 obj\n".utf8.count
        let line = bytes[start...].prefix { $0 != 0x0A }
        return String(latin1: line)
    }

    /// The bytes of a stream.
    func stream(_ number: Int) throws -> [UInt8] {
        let text = text(number)
        let start =
            offsets[number - 1] + "\(number) 0 obj\n\(text)\nstream\n".utf8.count
        let words = try #require(text.split(separator: "/Length ").last).split(separator: " ")
        var count = try #require(Int(words[0]))
        if words.count > 2, words[2] == "R" { count = try #require(Int(self.text(count))) }
        let end = Array("\nendstream\nendobj\n".utf8)
        try #require(bytes[(start + count)...].starts(with: end))
        return Array(bytes[start..<start + count])
    }

    /// The objects in which some text is.
    func numbers(of part: String) -> [Int] {
        numbers.filter { text($0).contains(part) }
    }

    /// The pictures of pages, in order; masks are none.
    var pictures: [Int] {
        get throws {
            try pages.map { try #require(reference(after: "/Im ", in: text($0))) }
        }
    }

    /// The pages, in order.
    var pages: [Int] { numbers(of: "/Type /Page ") }

    /// The object that is named behind a key.
    func reference(after key: String, in text: String) -> Int? {
        guard let place = text.firstRange(of: key) else { return nil }
        return Int(text[place.upperBound...].prefix { $0.isNumber })
    }

    /// What is written behind a key, up to the next one.
    func value(of key: String, in number: Int) -> String? {
        let text = text(number)
        guard let place = text.firstRange(of: "/\(key) ") else { return nil }
        return String(text[place.upperBound...].prefix { $0 != "/" && $0 != ">" })
            .trimmingSuffix(" ")
    }

    /// The samples of a picture that PNG's predictors compress, as PNG's plugin decodes them; four
    /// channels are what PNG calls red, green, blue and alpha.
    func samples(_ number: Int) throws -> Image {
        func integer(_ key: String) throws -> Int {
            try #require(value(of: key, in: number).flatMap { Int($0) }, "\(key)")
        }
        let (width, height) = (try integer("Width"), try integer("Height"))
        let (bits, channels) = (try integer("BitsPerComponent"), try integer("Colors"))
        let text = text(number)
        #expect(text.contains("/Predictor 15") && text.contains("/Columns \(width) "))
        #expect(text.contains("/Filter /FlateDecode"))
        let palette = try Self.palette(in: text)
        let colorType: UInt8 = palette == nil ? [1: 0, 3: 2, 4: 6][channels] ?? 9 : 3
        var png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        func add(_ type: String, _ content: [UInt8]) {
            let body = Array(type.utf8) + content
            png += Self.word(content.count) + body + Self.word(Int(Self.checksum(of: body)))
        }
        add("IHDR", Self.word(width) + Self.word(height) + [UInt8(bits), colorType, 0, 0, 0])
        if let palette { add("PLTE", palette) }
        add("IDAT", try stream(number))
        add("IEND", [])
        return try Image(decoding: png, as: PNGPlugin())
    }

    private static func palette(in text: String) throws -> [UInt8]? {
        guard let place = text.firstRange(of: "[/Indexed ") else { return nil }
        let rest = text[place.upperBound...]
        let digits = try #require(rest.split(separator: "<").dropFirst().first)
            .prefix { $0 != ">" }
        return stride(from: 0, to: digits.count, by: 2).compactMap { start in
            UInt8(digits.dropFirst(start).prefix(2), radix: 16)
        }
    }

    private static func word(_ number: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(number >> $0 & 0xFF) }
    }

    private static func checksum(of bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in
                sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1
            }
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: Character) -> String {
        var text = self
        while text.last == suffix { text.removeLast() }
        return text
    }
}

extension Image {
    /// Channels from one on: so many bytes of every pixel.
    func channels(from first: Int, byteCount: Int) -> [UInt8] {
        let pixel = header.layout.bytesPerPixel
        return stride(from: 0, to: bytes.count, by: pixel).flatMap {
            bytes[$0 + first..<$0 + first + byteCount]
        }
    }
}
