import FormatFiles
import FormatKit
import TestSupport
import Testing

@Suite struct SHA256Tests {
    // NIST's examples, and the boundaries of padding against `sha256sum`.
    @Test(arguments: [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"),
        (55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
        (56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
        (64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
        (1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
    func `gives the known digest of so many letters a`(count: Int, expected: String) throws {
        let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: count)
        #expect(try SHA256.digest(of: MemorySource(bytes)) == expected)
    }

    @Test(arguments: [1, 3, 63, 64, 65, 1000])
    func `does not depend on how the bytes are cut`(pieceByteCount: Int) throws {
        var generator = SplitMix64(seed: 5)
        let bytes = (0..<5000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        var digest = SHA256()
        for start in stride(from: 0, to: bytes.count, by: pieceByteCount) {
            let piece = Array(bytes[start..<min(start + pieceByteCount, bytes.count)])
            unsafe piece.withUnsafeBytes { unsafe digest.update($0) }
        }
        #expect(digest.hexadecimal == (try SHA256.digest(of: MemorySource(bytes))))
    }

    @Test func `stops when asked to`() {
        #expect(throws: ImageError.cancelled) {
            try SHA256.digest(of: MemorySource([1]), isCancelled: { true })
        }
    }
}
