import TestSupport
import Testing

@testable import ConvertKit

@Suite struct TextTests {
    @Test func `prints JSON that a parser understands`() throws {
        let text = "quote \" back \\ line \n tab \t bell \u{7} é 日 \u{1F600}"
        let value: JSONValue = [
            "text": .string(text), "count": .integer(-7), "ratio": .real(0.1), "no": .real(.nan),
            "list": .array([.boolean(true), .null, .array([])]), "empty": [:],
        ]
        let parsed = try #require(try parseJSON("\(value)") as? [String: Any])
        #expect(parsed["text"] as? String == text)
        #expect(parsed["count"] as? Int == -7)
        #expect(parsed["ratio"] as? Double == 0.1)
        #expect((parsed["list"] as? [Any])?.count == 3)
        #expect((parsed["empty"] as? [String: Any])?.isEmpty == true)
        #expect("\(value)".hasPrefix("{\"text\":") && "\(value)".contains("\"no\":null"))
        #expect(!"\(value)".contains("\n"))
    }

    @Test(arguments: [
        ("65536", 65_536, 65_536), ("512M", 512_000_000, 512 << 20), ("2g", 2_000_000_000, 2 << 30),
        ("1.5K", 1500, 1536), ("4T", 4_000_000_000_000, 4 << 40),
    ])
    func `reads counts with letters`(text: String, decimal: Int, binary: Int) {
        #expect(CountArgument.parse(text, base: .decimal) == decimal)
        #expect(CountArgument.parse(text, base: .binary) == binary)
    }

    @Test(arguments: [
        "", "K", "0", "-1", "1e9", "inf", "nan", "0x10", "12Q", "1 G", "99999999999G",
    ])
    func `refuses what is no count`(text: String) {
        #expect(CountArgument.parse(text, base: .binary) == nil)
    }

    @Test(arguments: [
        (0.0, "0.000"), (29.3084, "29.308"), (-0.0005, "-0.001"), (1e6, "1000000.000"),
    ])
    func `prints decimals`(value: Double, expected: String) {
        #expect(Decimals.text(value, digits: 3) == expected)
    }

    @Test(arguments: [(0, "0:00"), (7, "0:07"), (754, "12:34"), (3723, "1:02:03")])
    func `prints durations`(seconds: Int, expected: String) {
        #expect(RemainingTime.text(.seconds(seconds)) == expected)
    }

    @Test func `guesses the time that is left`() {
        let time = RemainingTime(start: .seconds(10))
        #expect(time.estimate(fraction: 0.25, now: .seconds(20)) == .seconds(30))
        #expect(time.estimate(fraction: 0, now: .seconds(20)) == nil)
        #expect(time.estimate(fraction: 0.5, now: .seconds(10.5)) == nil)
        #expect(time.estimate(fraction: 1, now: .seconds(20)) == .zero)
    }
}
