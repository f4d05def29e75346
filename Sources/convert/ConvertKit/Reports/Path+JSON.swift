package import FormatFiles

extension Path {
    /// The path so that all of its bytes survive: text, or, where it is no UTF-8, an object with
    /// hexadecimal digits.
    package var json: JSONValue {
        if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
        let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return ["bytes": .string(digits)]
    }

    /// The path that ``json`` stands for.
    package init?(json: JSONValue?) {
        if let text = json?.text {
            self.init(text)
            return
        }
        guard let digits = json?["bytes"]?.text.map({ Array($0) }), digits.count % 2 == 0 else {
            return nil
        }
        let bytes = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        guard bytes.allSatisfy({ $0 != nil }) else { return nil }
        self.init(bytes: bytes.compactMap { $0 })
    }
}
