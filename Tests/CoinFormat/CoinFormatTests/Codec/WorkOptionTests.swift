import FormatKit
import Testing

@testable import CoinFormat

@Suite struct WorkOptionTests {
    private let format = CoinPlugin().descriptor

    @Test func `what nobody sets is what help says`() throws {
        let context = CodecContext()
        for option in format.codecOptions {
            _ = try option.parse(option.defaultText, format: .coin)
        }
        #expect(format.codecOptions.map(\.key) == ["kernels", "work"])
        #expect(format.codecOptions[0].defaultText == context.kernels.rawValue)
        #expect(format.codecOptions[1].defaultText == "\(context.multiplyAddLimit)")
        #expect(context.kernels == .auto && context.multiplyAddLimit == 1 << 44)
    }

    @Test func `what is set by name is what the codec sees`() {
        var context = CodecContext()
        context.codecOptions.set("kernels", to: .choice("scalar"), of: [format])
        context.codecOptions.set("work", to: .integer(5), of: [format])
        #expect(context.kernels == .scalar && context.multiplyAddLimit == 5)
        context.kernels = .neon
        #expect(context.kernels == .neon && context.multiplyAddLimit == 5)
    }
}
