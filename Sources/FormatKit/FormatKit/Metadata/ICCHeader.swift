/// What the head of an ICC profile says (ICC.1:2022, §7.2).
public struct ICCHeader: Sendable {
    /// The size of the profile, in bytes.
    package let byteCount: Int
    /// The kind of colors that the profile describes, if pixels can have it.
    package let model: ColorModel?

    /// Looks at a profile; `nil` if it does not begin as one.
    package init?(_ profile: [UInt8]) {
        guard profile.count >= 128, profile[36..<40].elementsEqual("acsp".utf8) else { return nil }
        byteCount = Int(profile.bigEndian32())
        model =
            switch String(decoding: profile[16..<20], as: UTF8.self) {
            case "GRAY": .gray
            case "RGB ": .rgb
            case "CMYK": .cmyk
            default: nil
            }
    }

    /// The kind of colors that a profile describes, if pixels can have it.
    public static func colorModel(of profile: [UInt8]) -> ColorModel? {
        ICCHeader(profile)?.model
    }

    /// Whether a profile has a tag, by its four letters (§7.3).
    static func hasTag(_ name: String, in profile: [UInt8]) -> Bool {
        guard profile.count >= 132 else { return false }
        let count = Int(profile.bigEndian32(at: 128))
        return (0..<min(count, 200)).contains { index in
            let place = 132 + 12 * index
            return place + 4 <= profile.count
                && profile[place..<place + 4].elementsEqual(name.utf8)
        }
    }
}
