import Testing

@testable import CoinFormat

@Suite struct Binary16Tests {
    /// What IEEE 754 says that the bits stand for.
    private static func value(_ bits: UInt16) -> Double {
        let sign = bits & 0x8000 == 0 ? 1.0 : -1.0
        let exponent = Int(bits >> 10 & 0x1F)
        let fraction = Double(bits & 0x3FF) / 1024
        if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
        if exponent == 0 { return sign * fraction * 0x1p-14 }
        return sign * (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
    }

    @Test func `decodes every pattern`() {
        let wrong = (0...UInt16.max).filter { bits in
            let (found, expected) = (Double(Binary16.decode(bits)), Self.value(bits))
            return expected.isNaN ? !found.isNaN : found.bitPattern != expected.bitPattern
        }
        #expect(wrong == [])
    }

    @Test func `encodes every number as its own pattern`() {
        let wrong = (0...UInt16.max).filter {
            Binary16.isFinite($0) && Binary16.encode(Binary16.decode($0)) != $0
        }
        #expect(wrong == [])
    }

    @Test func `knows the finite patterns`() {
        let wrong = (0...UInt16.max).filter {
            Binary16.isFinite($0) != Self.value($0).isFinite
        }
        #expect(wrong == [])
    }

    /// Around the middle of each number and the next, where the rounding turns.
    @Test func `rounds to nearest, ties to even`() {
        var wrong: [UInt16] = []
        for bits in UInt16(0)..<0x7BFF {
            let middle = Float((Self.value(bits) + Self.value(bits + 1)) / 2)
            let even = bits % 2 == 0 ? bits : bits + 1
            let found = [middle.nextDown, middle, middle.nextUp, -middle].map(Binary16.encode)
            if found != [bits, even, bits + 1, even | 0x8000] { wrong.append(bits) }
        }
        #expect(wrong == [])
    }

    @Test(
        arguments: [
            (65_504, 0x7BFF), (65_520, 0x7BFF), (1e30, 0x7BFF), (.infinity, 0x7BFF),
            (-65_505, 0xFBFF), (-.infinity, 0xFBFF), (0x1p-25, 0), (-0x1p-26, 0x8000),
            (Float.leastNonzeroMagnitude, 0), (0x1.8p-25, 1),
        ] as [(Float, UInt16)])
    func `saturates, and small numbers become zeros`(value: Float, bits: UInt16) {
        #expect(Binary16.encode(value) == bits)
    }
}
