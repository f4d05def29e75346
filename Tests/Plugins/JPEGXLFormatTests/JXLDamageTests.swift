#if JPEGXL
    import FormatKit
    import TestSupport
    import Testing

    @testable import JPEGXLFormat

    @Suite struct JXLDamageTests {
        static func sample(_ isLossless: Bool, xmp: [UInt8]?) throws -> [UInt8] {
            var image = TestImages.picture(
                width: 24, height: 16, layout: PixelLayout(.rgb, .uint8, alpha: .straight))
            image.header.metadata.xmp = xmp
            return try image.encoded(
                by: JXLPlugin(), settings: WriteSettings(isLossless: isLossless, effort: 3))
        }

        @Test(arguments: [false, true], [nil, Array("<x/>".utf8)])
        func `calls every prefix of a file truncated`(isLossless: Bool, xmp: [UInt8]?) throws {
            let bytes = try Self.sample(isLossless, xmp: xmp)
            for count in 1..<bytes.count {
                let error = #expect(throws: ImageError.self, "\(count) of \(bytes.count) bytes") {
                    try Image(decoding: Array(bytes.prefix(count)), as: JXLPlugin())
                }
                switch error {
                case .truncated(_, _, count): continue
                // libjxl calls a file that ends inside its first boxes invalid.
                case .malformed where count < 64: continue
                default: Issue.record("\(count) bytes: \(String(describing: error))")
                }
            }
            #expect(throws: ImageError.self) { try Image(decoding: [], as: JXLPlugin()) }
        }

        @Test(arguments: [1, 2] as [UInt64], [false, true])
        func `survives damage to any byte`(seed: UInt64, isLossless: Bool) throws {
            let bytes = try Self.sample(isLossless, xmp: Array("<x/>".utf8))
            var generator = SplitMix64(seed: seed)
            let limits = Limits(pixelCount: 1 << 20, memoryByteCount: 1 << 26)
            for offset in bytes.indices {
                var damaged = bytes
                damaged[offset] ^= UInt8.random(in: 1...255, using: &generator)
                _ = try? Image(
                    decoding: damaged, as: JXLPlugin(), context: CodecContext(limits: limits))
            }
        }

        @Test func `checks limits before pixels are decoded`() throws {
            let bytes = try Self.sample(true, xmp: [UInt8](repeating: 0x20, count: 9000))
            for limits in [
                Limits(pixelCount: 24 * 16 - 1), Limits(memoryByteCount: 13_000),
                Limits(metadataByteCount: 8999),
            ] {
                let error = #expect(throws: ImageError.self) {
                    try JXLPlugin().makeReader(
                        source: MemorySource(bytes), context: CodecContext(limits: limits))
                }
                guard case .limitExceeded = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
            let exact = Limits(metadataByteCount: 9000)
            let reader = try JXLPlugin().makeReader(
                source: MemorySource(bytes), context: CodecContext(limits: exact))
            #expect(reader.header.metadata.xmp?.count == 9000)
        }
    }
#endif
