extension String {
    /// Text in ISO 8859-1, whose bytes are the first code points of Unicode.
    package init(latin1 bytes: some Sequence<UInt8>) {
        self = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// The text in ISO 8859-1, or `nil` if it has other characters.
    package var latin1: [UInt8]? {
        let bytes = unicodeScalars.compactMap { UInt8(exactly: $0.value) }
        return bytes.count == unicodeScalars.count ? bytes : nil
    }
}
