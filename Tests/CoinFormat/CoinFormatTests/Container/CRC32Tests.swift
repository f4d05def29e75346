import TestSupport
import Testing

@testable import CoinFormat

@Suite struct CRC32Tests {
    @Test(
        arguments: [
            ("", 0), ("123456789", 0xCBF4_3926), ("a", 0xE8B7_BE43), ("IEND", 0xAE42_6082),
        ] as [(String, UInt32)])
    func `has the published values`(text: String, checksum: UInt32) {
        #expect(CRC32.checksum(text.utf8) == checksum)
    }

    @Test func `sees every single bit`() {
        var numbers = SplitMix64(seed: 3)
        let bytes = numbers.bytes(40)
        let checksum = CRC32.checksum(bytes)
        for bit in 0..<320 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << (bit % 8)
            #expect(CRC32.checksum(damaged) != checksum)
        }
    }
}
