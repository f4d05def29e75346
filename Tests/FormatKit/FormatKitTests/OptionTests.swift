import FormatKit
import Testing

@Suite struct OptionTests {
    private let format = ToyFormat(options: [
        OptionSpec("level", .integer(1...9), default: "6", summary: "how hard to try"),
        OptionSpec("rate", .real(0.5...2), default: "1", summary: "bits per pixel"),
        OptionSpec("exact", .boolean, default: "false", summary: "nothing is lost"),
        OptionSpec("mode", .choice(["fast", "slow"]), default: "fast", summary: "the way"),
    ]).descriptor

    @Test func `values of every kind are parsed`() throws {
        let values = try OptionValues(
            parsing: ["level": "3", "rate": "0.75", "exact": "true", "mode": "slow"], for: format)
        #expect(values.integer("level") == 3)
        #expect(values.real("rate") == 0.75)
        #expect(values.boolean("exact") == true)
        #expect(values.choice("mode") == "slow")
    }

    @Test func `what is not set is nil, and so is another type`() throws {
        let values = try OptionValues(parsing: ["level": "3"], for: format)
        #expect(values.real("level") == nil)
        #expect(values.boolean("level") == nil)
        #expect(values.choice("level") == nil)
        #expect(values.integer("rate") == nil)
        #expect(OptionValues().integer("level") == nil)
    }

    @Test(arguments: [
        ("level", "0", "\"0\" is not a whole number from 1 to 9"),
        ("level", "10", "\"10\" is not a whole number from 1 to 9"),
        ("level", "1.5", "\"1.5\" is not a whole number from 1 to 9"),
        ("level", "", "\"\" is not a whole number from 1 to 9"),
        ("rate", "0.49", "\"0.49\" is not a number from 0.5 to 2.0"),
        ("rate", "nan", "\"nan\" is not a number from 0.5 to 2.0"),
        ("exact", "yes", "\"yes\" is not true or false"),
        ("mode", "Fast", "\"Fast\" is not one of fast, slow"),
    ])
    func `a value out of range is named`(key: String, text: String, reason: String) {
        #expect(throws: ImageError.invalidOption(name: "toy.\(key)", reason: reason)) {
            try OptionValues(parsing: [key: text], for: format)
        }
    }

    @Test func `an unknown key is named, with those that there are`() {
        #expect(
            throws: ImageError.invalidOption(
                name: "toy.speed", reason: "unknown; toy has level, rate, exact, mode")
        ) { try OptionValues(parsing: ["speed": "1"], for: format) }
        #expect(
            throws: ImageError.invalidOption(name: "toy.speed", reason: "toy has no options")
        ) { try OptionValues(parsing: ["speed": "1"], for: ToyFormat().descriptor) }
    }

    private static func format(_ name: String, codecOptions keys: [String]) -> FormatDescriptor {
        FormatDescriptor(
            id: FormatID(name), name: name, fileExtensions: [name], mediaTypes: [], signatures: [],
            read: nil, write: nil,
            codecOptions: keys.map {
                OptionSpec($0, .integer(1...9), default: "1", summary: "for a test")
            })
    }

    @Test func `an option of codecs is set for those that have it`() {
        let formats = [
            Self.format("a", codecOptions: ["ink", "work"]), Self.format("b", codecOptions: []),
            Self.format("c", codecOptions: ["work"]),
        ]
        var options = CodecOptions()
        options.set("work", to: .integer(4), of: formats)
        options.set("ink", to: .integer(2), of: formats)
        let (first, second, third) = (FormatID("a"), FormatID("b"), FormatID("c"))
        #expect(options[first].integer("work") == 4 && options[first].integer("ink") == 2)
        #expect(options[second] == OptionValues())
        #expect(options[third].integer("work") == 4 && !options[third].contains("ink"))
        #expect(CodecContext().codecOptions == CodecOptions())
    }

    @Test func `a choice says its words`() {
        #expect(format.options.map(\.words) == [[], [], [], ["fast", "slow"]])
    }
}
