import FormatKit
import TestSupport
import Testing

@Suite struct CRC32Tests {
    @Test(
        arguments: [
            ("", 0), ("123456789", 0xCBF4_3926), ("a", 0xE8B7_BE43), ("IEND", 0xAE42_6082),
        ] as [(String, UInt32)])
    func `has the published values`(text: String, checksum: UInt32) {
        #expect(CRC32.checksum(Array(text.utf8)) == checksum)
    }

    @Test func `parts give the check value of the whole`() {
        let bytes = Array("123456789".utf8)
        #expect(CRC32.checksum(Array(bytes[..<4]), [], Array(bytes[4...])) == 0xCBF4_3926)
        var check = CRC32()
        check.update(bytes.span.extracting(first: 4))
        check.update(bytes.span.extracting(droppingFirst: 4))
        #expect(check.value == 0xCBF4_3926)
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
