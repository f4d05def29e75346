import FormatKit
import Testing

@testable import ConvertKit

@Suite struct FingerprintTests {
    @Test func `has every property of the options`() {
        let plain = Fingerprint.text(ConversionOptions())
        for label in Mirror(reflecting: ConversionOptions()).children.compactMap(\.label) {
            #expect(plain.contains(label + ":"))
        }
    }

    @Test func `differs where options do`() {
        var texts = [Fingerprint.text(ConversionOptions())]
        func add(_ change: (inout ConversionOptions) -> Void) {
            var options = ConversionOptions()
            change(&options)
            texts.append(Fingerprint.text(options))
        }
        add { $0.quality = 80 }
        add { $0.quality = 80.5 }
        add { $0.isLossless = true }
        add { $0.effort = 1 }
        add { $0.assignments = ["a.b=c"] }
        add { $0.assignments = ["a.b=c", "a.b=d"] }
        add { $0.selection = Selection(scale: .factor(2)) }
        add { $0.previewCount = 2 }
        #expect(Set(texts).count == texts.count)
    }

    @Test func `does not depend on the order of a set`() {
        let numbers = Array(0..<100)
        #expect(Fingerprint.text(Set(numbers)) == Fingerprint.text(Set(numbers.reversed())))
        let pairs = Dictionary(uniqueKeysWithValues: numbers.map { ($0, "\($0)") })
        #expect(Fingerprint.text(pairs) == Fingerprint.text(pairs.merging([:]) { $1 }))
    }
}
