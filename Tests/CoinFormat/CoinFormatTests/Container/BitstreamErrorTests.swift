import FormatKit
import Testing

@testable import CoinFormat

@Suite struct BitstreamErrorTests {
    @Test(
        arguments: [
            (
                .truncated(offset: 5, needed: 4, available: 1),
                "the coin file is truncated: 4 bytes needed, 1 left (offset 5)"
            ),
            (
                .badSignature,
                "not a valid coin file: the signature is missing (offset 0)"
            ),
            (
                .textModeDamage,
                "not a valid coin file: the signature was damaged by a transfer in text mode"
                    + " (offset 0)"
            ),
            (
                .badChecksum(box: "TILE", offset: 70, expected: 0xAB, found: 0x1),
                "not a valid coin file: the checksum of box TILE is 0x1, expected 0xab (offset 70)"
            ),
            (
                .misplacedBox(box: "DONE", offset: 9),
                "not a valid coin file: box DONE is out of place (offset 9)"
            ),
            (
                .unknownBox(box: "Next", offset: 9),
                "unsupported coin feature: box Next is unknown and may not be skipped"
            ),
            (
                .trailingBytes(offset: 99, count: 3),
                "not a valid coin file: 3 bytes follow the last box (offset 99)"
            ),
            (.unsupportedVersion(2, offset: 16), "unsupported coin feature: version 2"),
            (
                .unsupportedArchitecture(kind: 7, offset: 37),
                "unsupported coin feature: architecture kind 7"
            ),
            (
                .unsupportedPacking(3, offset: 80), "unsupported coin feature: weight packing 3"
            ),
            (
                .invalidField("the width", found: "0", expected: "1 to 9", offset: 22),
                "not a valid coin file: the width is 0, expected 1 to 9 (offset 22)"
            ),
            (
                .wrongLength(box: "HEAD", offset: 8, expected: 34, found: 33),
                "not a valid coin file: box HEAD has 33 bytes, expected 34 (offset 8)"
            ),
        ] as [(BitstreamError, String)])
    func `reads as one line that tells people what to do`(error: BitstreamError, text: String) {
        #expect(error.imageError.description == text)
    }
}
