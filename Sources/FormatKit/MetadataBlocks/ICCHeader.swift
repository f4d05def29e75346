/// What the head of an ICC profile says (ICC.1:2022, §7.2).
package struct ICCHeader: Sendable {
    /// The size of the profile, in bytes.
    package let byteCount: Int
    /// The kind of colors that the profile describes, by its four letters.
    package let colorSpace: String

    /// Looks at a profile; `nil` if it does not begin as one.
    package init?(_ profile: [UInt8]) {
        guard profile.count >= 128, profile[36..<40].elementsEqual("acsp".utf8) else { return nil }
        byteCount = Self.number(in: profile, at: 0)
        colorSpace = String(decoding: profile[16..<20], as: UTF8.self)
    }

    /// Whether a profile has a tag, by its four letters (§7.3).
    package static func hasTag(_ name: String, in profile: [UInt8]) -> Bool {
        guard profile.count >= 132 else { return false }
        let count = number(in: profile, at: 128)
        return (0..<min(count, 200)).contains { index in
            let place = 132 + 12 * index
            return place + 4 <= profile.count
                && profile[place..<place + 4].elementsEqual(name.utf8)
        }
    }

    /// The number of four bytes, which exist.
    private static func number(in profile: [UInt8], at offset: Int) -> Int {
        ByteOrder.big.integer(profile, at: offset, count: 4) ?? 0
    }
}
