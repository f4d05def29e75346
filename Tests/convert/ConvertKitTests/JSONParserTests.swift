import FormatFiles
import Testing

@testable import ConvertKit

@Suite struct JSONParserTests {
    @Test func `reads what it prints`() throws {
        let value: JSONValue = [
            "text": .string("\" \\ \n \t \u{7} é 日 \u{1F600} \u{FFFD}"), "n": .integer(-7),
            "r": .real(0.125), "list": .array([.boolean(true), .null, .array([]), [:]]),
        ]
        #expect(try JSONValue(parsing: Array("\(value)".utf8)) == value)
        #expect(
            try JSONValue(parsing: Array(#" [ 1 , "\u00e9\ud83d\ude00\/" , 1e3 ] "#.utf8))
                == .array([.integer(1), .string("é\u{1F600}/"), .real(1000)]))
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\"}", "\"a", "\"\\x\"", "\"\\ud800\"", "nul", "1 2", "+1", "\"\n\"",
        "1e999", String(repeating: "[", count: 100_000),
    ])
    func `refuses what is no JSON`(text: String) {
        #expect(throws: JSONValue.Malformed.self) { try JSONValue(parsing: Array(text.utf8)) }
    }

    @Test(arguments: [[0x61], [0xFF, 0x2F, 0xC3, 0xA9], [0xE9, 0x0A]] as [[UInt8]])
    func `keeps all bytes of a path`(bytes: [UInt8]) throws {
        let json = try JSONValue(parsing: Array("\(Path(bytes: bytes).json)".utf8))
        #expect(Path(json: json) == Path(bytes: bytes))
    }
}
