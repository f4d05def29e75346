import Testing

@testable import CoinFormat

/// Sets of defaults (§7.3), by one that is made up: every value tells its place.
///
/// The numbers are those of `Defaults` in spec/reference/test_latents.py.
@Suite struct LatentDefaultsTests {
    private static let set: LatentDefaults = {
        let descriptor = LatentDescriptor(
            levelCount: 2, firstChromaLevel: 0, firstAlphaLevel: 0, contexts: 4, hidden: 4,
            width: 6)
        let tensors = LatentTensor.allCases.map { tensor in
            (1...descriptor.count(of: tensor)).map(Int16.init)
        }
        return LatentDefaults(descriptor: descriptor, tensors: tensors)
    }()

    private func values(
        _ tensor: LatentTensor, levels: Int = 1, luma: Int = 0, chroma: Int? = nil,
        alpha: Int? = nil, contexts: Int = 8, hidden: Int = 6, width: Int = 4
    ) -> [Int] {
        let descriptor = LatentDescriptor(
            levelCount: levels, firstLumaLevel: luma, firstChromaLevel: chroma,
            firstAlphaLevel: alpha, contexts: contexts, hidden: hidden, width: width)
        return Self.set.values(tensor, for: descriptor)
    }

    @Test func `the entropy network goes by neighbor, feature and neuron`() {
        #expect(
            values(.w1, contexts: 2, hidden: 2)
                == [1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 15, 16, 17, 18, 19, 20])
        let wide = values(.w1, contexts: 6, hidden: 6)
        #expect(Array(wide[36..<48]) == [31, 32, 33, 34, 0, 0, 35, 36, 37, 38, 39, 40])
        #expect(wide[48...].allSatisfy { $0 == 0 })
        #expect(values(.w2, hidden: 2) == [1, 2, 5, 6])
        #expect(
            Array(values(.w3, contexts: 2, hidden: 2)[10...])
                == [15, 16, 19, 20, 23, 24, 25, 26, 27, 28])
        #expect(values(.b1, hidden: 6) == [1, 2, 3, 4, 0, 0])
    }

    @Test func `taps go by stage`() {
        #expect(values(.lumaTaps, levels: 3) == [1, 2, 3, 4, 0, 0, 0, 0])
        #expect(values(.alphaTaps, alpha: 0) == [])
    }

    @Test func `the synthesis goes by group and level, neuron and channel`() {
        // Columns of A1: Y at levels 0 and 1, Cb, Cr, A.
        #expect(values(.a1, levels: 2, width: 2) == [1, 2, 6, 7])
        #expect(values(.a1, levels: 2, luma: 1, width: 2) == [2, 7])
        #expect(Array(values(.a1, levels: 3, alpha: 2, width: 2)[4...]) == [6, 7, 0, 10])
        #expect(
            Array(values(.a1, levels: 2, luma: 1, chroma: 0, width: 2)[..<3]) == [2, 3, 4])
        #expect(values(.a2, alpha: 0, width: 2) == [1, 2, 7, 11, 34, 35, 40, 44])
        #expect(values(.a2Biases, alpha: 0) == [1, 4])
        #expect(values(.bBiases, chroma: 0) == [1, 2, 3])
        #expect(Array(values(.b, alpha: 0)[18...]) == Array(109...117) + Array(136...144))
    }

    @Test func `set 0 is all zeros, and is known`() {
        let descriptor = LatentDescriptor(levelCount: 2, firstChromaLevel: nil)
        #expect(LatentDefaults.isKnown(0) && !LatentDefaults.isKnown(255))
        for tensor in LatentTensor.allCases {
            let values = LatentDefaults.values(ofSet: 0, tensor, for: descriptor)
            #expect(values == [Int](repeating: 0, count: descriptor.count(of: tensor)))
        }
    }
}
