extension JSONValue {
    /// A text is not JSON.
    package struct Malformed: Error, Equatable {
        /// Where, in bytes.
        package let offset: Int
    }

    /// Parses one value (RFC 8259) that is all of `bytes`, white space aside.
    ///
    /// - Throws: ``Malformed``.
    package init(parsing bytes: [UInt8]) throws(Malformed) {
        var parser = JSONParser(bytes)
        self = try parser.document()
    }

    /// The member `key` of an object.
    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The text of a string.
    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The value of a whole number.
    package var wholeNumber: Int? {
        if case .integer(let number) = self { number } else { nil }
    }

    /// The value of a number.
    package var number: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .real(let number): number
        default: nil
        }
    }

    /// The elements of an array; none of any other value.
    package var elements: [JSONValue] {
        if case .array(let values) = self { values } else { [] }
    }
}

/// Reads a JSON text from front to back.
private struct JSONParser {
    private let bytes: [UInt8]
    private var offset = 0
    private var depth = 0
    /// More than anything of ours has.
    private static let maximumDepth = 64

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONValue.Malformed) -> JSONValue {
        let value = try value()
        skipSpace()
        guard offset == bytes.count else { throw malformed }
        return value
    }

    private var malformed: JSONValue.Malformed { JSONValue.Malformed(offset: offset) }

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipSpace() {
        while let byte = next {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(JSONValue.Malformed) {
        guard take(character) else { throw malformed }
    }

    private mutating func value() throws(JSONValue.Malformed) -> JSONValue {
        skipSpace()
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw malformed }
        if take("{") { return try object() }
        if take("[") { return try array() }
        if take("\"") { return .string(try string()) }
        if let byte = next, Self.isOfNumber(byte) { return try number() }
        for (word, value) in [
            ("true", JSONValue.boolean(true)), ("false", .boolean(false)), ("null", .null),
        ]
        where bytes[offset...].starts(with: word.utf8) {
            offset += word.utf8.count
            return value
        }
        throw malformed
    }

    private mutating func object() throws(JSONValue.Malformed) -> JSONValue {
        var members: [JSONValue.Member] = []
        skipSpace()
        if take("}") { return .object([]) }
        repeat {
            skipSpace()
            try expect("\"")
            let key = try string()
            skipSpace()
            try expect(":")
            members.append(JSONValue.Member(key: key, value: try value()))
            skipSpace()
        } while take(",")
        try expect("}")
        return .object(members)
    }

    private mutating func array() throws(JSONValue.Malformed) -> JSONValue {
        var values: [JSONValue] = []
        skipSpace()
        if take("]") { return .array([]) }
        repeat {
            values.append(try value())
            skipSpace()
        } while take(",")
        try expect("]")
        return .array(values)
    }

    /// The text up to the closing quotation mark.
    private mutating func string() throws(JSONValue.Malformed) -> String {
        let start = offset
        while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\\") {
            offset += 1
            guard byte == UInt8(ascii: "\"") else { continue }
            guard let text = String(validating: bytes[start..<offset - 1], as: UTF8.self) else {
                throw malformed
            }
            return text
        }
        // Something is not what it looks like.
        var text = Array(bytes[start..<offset])
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw malformed }
            offset += 1
            if byte == UInt8(ascii: "\\") {
                text += try String(escaped()).utf8
            } else {
                text.append(byte)
            }
        }
        try expect("\"")
        guard let text = String(validating: text, as: UTF8.self) else { throw malformed }
        return text
    }

    private static let escapes: [UInt8: Unicode.Scalar] = [
        UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/",
        UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "n"): "\n",
        UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
    ]

    private mutating func escaped() throws(JSONValue.Malformed) -> Unicode.Scalar {
        guard let letter = next else { throw malformed }
        offset += 1
        if let scalar = Self.escapes[letter] { return scalar }
        guard letter == UInt8(ascii: "u") else { throw malformed }
        var value = try codeUnit()
        if value >> 10 == 0x36, take("\\"), take("u") {
            let low = try codeUnit()
            guard low >> 10 == 0x37 else { throw malformed }
            value = 0x1_0000 + (value & 0x3FF) << 10 + low & 0x3FF
        }
        guard let scalar = Unicode.Scalar(value) else { throw malformed }
        return scalar
    }

    private mutating func codeUnit() throws(JSONValue.Malformed) -> UInt32 {
        guard bytes.count - offset >= 4 else { throw malformed }
        let digits = String(decoding: bytes[offset..<offset + 4], as: UTF8.self)
        guard digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: 16) else {
            throw malformed
        }
        offset += 4
        return value
    }

    /// Whether a byte is one of `+-.0123456789Ee`.
    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "E"), UInt8(ascii: "e"):
            true
        default: false
        }
    }

    private mutating func number() throws(JSONValue.Malformed) -> JSONValue {
        let start = offset
        while let byte = next, Self.isOfNumber(byte) { offset += 1 }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if text.utf8.first != UInt8(ascii: "+") {
            if let value = Int(text) { return .integer(value) }
            if let value = Double(text), value.isFinite { return .real(value) }
        }
        offset = start
        throw malformed
    }
}
