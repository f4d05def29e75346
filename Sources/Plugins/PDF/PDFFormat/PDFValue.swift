/// A value as a file has it (ISO 32000-1 §7.3), in ASCII.
indirect enum PDFValue {
    case integer(Int)
    /// A number, rounded to five decimals.
    case real(Double)
    case name(String)
    /// A text for people (§7.9.2.2).
    case text(String)
    /// Bytes, in hexadecimal digits.
    case bytes([UInt8])
    /// An object, by its number.
    case reference(Int)
    case array([PDFValue])
    case dictionary([PDFEntry])

    /// What is written.
    var serialized: String {
        switch self {
        case .integer(let number): "\(number)"
        case .real(let number): Self.decimal(number)
        case .name(let name): Self.escaped(name: name)
        case .text(let text): Self.escaped(text: text)
        case .bytes(let bytes): "<" + bytes.map(Self.hexadecimal).joined() + ">"
        case .reference(let number): "\(number) 0 R"
        case .array(let values): "[" + values.map(\.serialized).joined(separator: " ") + "]"
        case .dictionary(let entries):
            "<<"
                + entries.map { " " + Self.escaped(name: $0.key) + " " + $0.value.serialized }
                .joined()
                + " >>"
        }
    }

    /// Without an exponent, which files do not know.
    private static func decimal(_ number: Double) -> String {
        let scale = 100_000
        let scaled = Int(clamping: Int64((number * Double(scale)).rounded()))
        let (whole, rest) = abs(scaled).quotientAndRemainder(dividingBy: scale)
        let sign = scaled < 0 ? "-" : ""
        guard rest > 0 else { return "\(sign)\(whole)" }
        var digits = String(String(scale + rest).dropFirst())
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(sign)\(whole).\(digits)"
    }

    private static func escaped(name: String) -> String {
        let special = Set("#()<>[]{}/%".utf8)
        return "/"
            + name.utf8.map { byte in
                (0x21...0x7E).contains(byte) && !special.contains(byte)
                    ? String(Unicode.Scalar(byte)) : "#" + hexadecimal(byte)
            }.joined()
    }

    /// ASCII as it is, everything else as UTF-16.
    private static func escaped(text: String) -> String {
        guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            let units = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
            return PDFValue.bytes([0xFE, 0xFF] + units).serialized
        }
        let escaped = text.map { "()\\".contains($0) ? "\\\($0)" : "\($0)" }.joined()
        return "(" + escaped + ")"
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}

/// One entry of a dictionary.
struct PDFEntry {
    let key: String
    let value: PDFValue

    init(_ key: String, _ value: PDFValue) {
        self.key = key
        self.value = value
    }
}
