import FormatFiles
import Testing

@testable import ConvertKit

@Suite struct ArgumentTextTests {
    @Test(
        arguments: [
            [], Array("a.png".utf8), Array("日本.png".utf8), [0x63, 0x61, 0x66, 0xE9, 0x2E],
            [0xFF, 0xFE, 0x80], [0xE6, 0x97], Array("\u{10F780}\u{10F7FF}x".utf8),
            [0xF4, 0x8F, 0x9E, 0x80, 0xC3],
        ] as [[UInt8]])
    func `every argument comes back byte for byte`(bytes: [UInt8]) {
        let text = ArgumentText.text(bytes)
        #expect(ArgumentText.bytes(text) == bytes)
        #expect(Path(argument: text).bytes == bytes)
    }

    @Test func `text stays what it is`() {
        #expect(ArgumentText.text(Array("grün 😀.png".utf8)) == "grün 😀.png")
    }

    @Test(arguments: [
        ["-photo.png"], ["a", "b", "-resize", "5"], ["--strip"], ["-h.png"], ["-hv"],
    ])
    func `what only looks like an option is refused with a hint`(words: [String]) {
        let error = #expect(throws: CommandError.self) { try ForeignOption.check(words) }
        guard case .usage(let reason) = error else { return }
        #expect(reason.contains("./-") || reason.contains("another program"))
    }

    @Test(arguments: [
        ["-h"], ["-", "-"], ["--quality", "5"], ["--", "-photo.png"], ["--quality=5"], [],
        ["a", "--scale", "-1"],
    ])
    func `other words are the parser's`(words: [String]) throws {
        try ForeignOption.check(words)
    }
}
