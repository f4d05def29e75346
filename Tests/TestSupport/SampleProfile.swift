/// Color profiles to test with.
public enum SampleProfile {
    /// Random bytes with the header of a display's profile (ICC.1:2022, §7.2).
    ///
    /// - Parameters:
    ///   - space: The signature of its colors, such as `"RGB "` or `"GRAY"`.
    ///   - count: Its size in bytes, at least 128.
    /// - Returns: The profile.
    public static func icc(_ space: String, count: Int = 500) -> [UInt8] {
        var generator = SplitMix64(seed: 5)
        var profile = [UInt8](repeating: 0, count: 128) + generator.bytes(count - 128)
        profile.replaceSubrange(0..<4, with: [24, 16, 8, 0].map { UInt8(count >> $0 & 0xFF) })
        profile.replaceSubrange(8..<12, with: [2, 0x40, 0, 0])
        profile.replaceSubrange(12..<24, with: Array("mntr\(space)XYZ ".utf8))
        profile.replaceSubrange(36..<40, with: Array("acsp".utf8))
        return profile
    }
}
