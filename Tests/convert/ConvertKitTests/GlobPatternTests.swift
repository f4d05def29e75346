import FormatFiles
import Testing

@testable import ConvertKit

@Suite struct GlobPatternTests {
    @Test(
        arguments: [
            ("*.png", "a.png", true), ("*.png", "sub/a.png", true), ("*.png", "a.png.tif", false),
            ("a?c", "abc", true), ("a?c", "a/c", false), ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false), ("[]]", "]", true), ("\\*", "*", true), ("\\*", "a", false),
            ("sub/*.png", "sub/a.png", true), ("sub/*.png", "sub/deep/a.png", false),
            ("sub/**.png", "sub/deep/a.png", true), ("**/deep/*", "sub/deep/a", true),
            ("**/deep/*", "sub/deep/er/a", false), ("**a*/b", "xa/ya/b", true),
            ("*a*b*c", "xxaxxbxxbxxc", true), ("*a*b*c", "xxaxxcxxbxx", false), ("*", "x", true),
            ("日?", "日本", true), ("a", "A", false),
        ] as [(String, Path, Bool)])
    func `matches`(pattern: String, path: Path, expected: Bool) throws {
        #expect(try #require(GlobPattern(pattern)).matches(path) == expected)
    }

    @Test(arguments: ["", "[a", "[", "a\\", "[z-a]"])
    func `refuses what is no pattern`(text: String) {
        #expect(GlobPattern(text) == nil)
    }

    @Test(.timeLimit(.minutes(30))) func `takes no time for many stars`() throws {
        let pattern = try #require(GlobPattern(String(repeating: "*a", count: 50) + "b"))
        #expect(!pattern.matches(Path(String(repeating: "a", count: 200))))
    }
}
