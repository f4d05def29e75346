import FormatKit
import TestSupport
import Testing

@testable import PNMFormat

@Suite struct PNMDamageTests {
    @Test(arguments: PNMRoundTripTests.cases)
    func `refuses every prefix of a file`(test: PNMRoundTripTests.Case) throws {
        // The last number of a plain file is a number without its last digits, too.
        var image = PNMRoundTripTests.image(5, 4, test)
        image.bytes[image.bytes.count - 1] = 255
        let bytes = try image.encoded(by: test.plugin, settings: test.settings)
        let slack =
            test.isPlain ? [.bitmap: 1][test.kind] ?? (test.layout.sample == .uint8 ? 3 : 5) : 0
        let misjudged = test.plugin.misjudgedPrefixes(
            of: bytes, counts: 0..<bytes.count - slack)
        #expect(misjudged.isEmpty, "\(misjudged)")
    }

    @Test(arguments: PNMRoundTripTests.cases, [1, 2] as [UInt64])
    func `survives damage to any byte`(test: PNMRoundTripTests.Case, seed: UInt64) throws {
        let bytes = try PNMRoundTripTests.image(4, 3, test).encoded(
            by: test.plugin, settings: test.settings)
        test.plugin.readDamaged(bytes, seed: seed)
    }

    @Test(arguments: [
        (PNMFile("P6\n"), ImageError.malformed(FormatID("pgm"), "expected P2 or P5", offset: 0))
    ])
    func `names the magic number that it expects`(file: PNMFile, error: ImageError) {
        #expect(throws: error) { try Image(decoding: file.bytes, as: PNMPlugin(.graymap)) }
    }

    static let malformed: [(PNMFile, String, Int)] = [
        (PNMFile("P5 x 2 255\n"), "expected a number for the width", 3),
        (PNMFile("P5 0 2 255\n"), "size 0x2", 3),
        (PNMFile("P5 -1 2 255\n"), "expected a number for the width", 3),
        (PNMFile("P5 2 99999999999999999999 255\n"), "the height exceeds 2147483647", 5),
        (PNMFile("P5 2 2 0\n"), "a maximum of 0, expected 1 to 65535", 7),
        (PNMFile("P5 2 2 65536\n"), "a maximum of 65536, expected 1 to 65535", 7),
        (PNMFile("P5 2 2 255x"), "expected white space after the header", 10),
        (PNMFile("P5 2 1 9\n", [9, 10]), "a sample exceeds the maximum 9", 10),
        (PNMFile("P5 1 2 999\n", [3, 0, 3, 232]), "a sample exceeds the maximum 999", 13),
        (PNMFile("P2 2 1 9 9 10 "), "sample 10 exceeds the maximum 9", 13),
        (PNMFile("P2 2 1 9 9 ?"), "expected a number for the next sample", 11),
        (PNMFile("P1 2 1 0 2"), "expected 0 or 1", 9),
        (PNMFile("Pf 1 1 zero\n"), "the scale \"zero\" is no number", 7),
        (PNMFile("Pf 1 1 0\n"), "the scale \"0\" is no number", 7),
        (PNMFile("Pf 1 1 inf\n"), "the scale \"inf\" is no number", 7),
        (PNMFile("P7\nWIDTH 1\nWIDTH 1\n"), "a second WIDTH", 11),
        (PNMFile("P7\nPINK 1\n"), "unknown keyword \"PINK\" in the header", 3),
        (
            PNMFile("P7\nWIDTH 1\nENDHDR\n"),
            "expected WIDTH, HEIGHT, DEPTH and MAXVAL before ENDHDR", 11
        ),
        (
            PNMFile("P7\nWIDTH 0\nHEIGHT 1\nDEPTH 1\nMAXVAL 1\nENDHDR\n"), "size 0x1", 37
        ),
    ]

    @Test(arguments: malformed)
    func `says what is wrong and where`(file: PNMFile, reason: String, offset: Int) {
        let id = file.plugin.descriptor.id
        #expect(throws: ImageError.malformed(id, reason, offset: offset)) { try file.decoded() }
    }

    @Test func `names a tuple type that it does not know`() {
        let file = PNMFile(
            "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 5\nMAXVAL 255\nTUPLTYPE A\nTUPLTYPE B\nENDHDR\n")
        let error = ImageError.unsupported(FormatID("pam"), "5 channels of tuple type \"A B\"")
        #expect(throws: error) { try file.decoded() }
    }

    @Test(arguments: ["P4", "P5", "P6", "PF"])
    func `checks limits and the size of the file before it takes memory`(magic: String) {
        let end = magic == "PF" ? "-1\n" : magic == "P4" ? "" : "255\n"
        let large = PNMFile("\(magic) 65535 65535\n\(end)")
        let error = ImageError.limitExceeded(
            .pixels, requested: 65_535 * 65_535, allowed: 1 << 28)
        #expect(throws: error) { try large.decoded() }
        let short = PNMFile("\(magic) 9999 9999\n\(end)")
        let truncated = #expect(throws: ImageError.self) {
            try short.plugin.makeReader(source: MemorySource(short.bytes), context: CodecContext())
        }
        guard case .truncated(_, _, short.bytes.count) = truncated else {
            Issue.record("\(String(describing: truncated))")
            return
        }
    }

    @Test func `stops a long plain file when asked to`() throws {
        let file = PNMFile("P1 1 1 1")
        #expect(throws: ImageError.cancelled) {
            try file.decoded(CodecContext(isCancelled: { true }))
        }
    }
}
