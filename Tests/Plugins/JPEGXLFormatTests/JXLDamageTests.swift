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
            JXLPlugin().readDamaged(bytes, seed: seed)
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

        /// A file that tells which of its bytes are read.
        private final class CountingSource: ImageSource {
            let bytes: [UInt8]
            private(set) var readCount = 0

            init(_ bytes: [UInt8]) { self.bytes = bytes }

            var byteCount: Int { bytes.count }

            func read(
                at offset: Int, into buffer: UnsafeMutableRawBufferPointer
            ) throws(ImageError) -> Int {
                let count = unsafe MemorySource(bytes).read(at: offset, into: buffer)
                readCount += count
                return count
            }
        }

        @Test(arguments: [false, true])
        func `reads little of a file that exceeds a limit`(hasMetadata: Bool) throws {
            let xmp = hasMetadata ? [UInt8](repeating: 0x20, count: 100_000) : nil
            let image = Image.noise(
                300, 200, PixelLayout(.rgb, .uint8), metadata: ImageMetadata(xmp: xmp))
            let bytes = try image.encoded(by: JXLPlugin(), settings: JXLRoundTripTests.lossless)
            for (limits, name) in [
                (Limits(pixelCount: 59_999), Limits.Name.pixels),
                (Limits(metadataByteCount: 99_999), .metadata),
            ] where hasMetadata || name == .pixels {
                let source = CountingSource(bytes)
                let error = #expect(throws: ImageError.self) {
                    try JXLPlugin().makeReader(
                        source: source, context: CodecContext(limits: limits))
                }
                guard case .limitExceeded(name, _, _) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(source.readCount < 1000, "\(source.readCount) of \(bytes.count) bytes")
            }
        }

        @Test func `finds the size in a codestream in parts, behind other boxes`() throws {
            let bare = try Image.noise(300, 200, PixelLayout(.rgb, .uint8))
                .encoded(by: JXLPlugin(), settings: JXLRoundTripTests.lossless)
            try #require(bare.starts(with: [0xFF, 0x0A]))
            func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
                let size = content.count + 8
                return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) }
                    + Array(type.utf8) + content
            }
            let start =
                [0, 0, 0, 12] + Array("JXL ".utf8) + [0x0D, 0x0A, 0x87, 0x0A]
                + box("ftyp", Array("jxl ".utf8) + [0, 0, 0, 0] + Array("jxl ".utf8))
                + box("xml ", [UInt8](repeating: 0x20, count: 500))
            let parts =
                start + box("jxlp", [0, 0, 0, 0] + bare[..<3])
                + box("jxlp", [0, 0, 0, 1] + bare[3..<5])
                + box("jxlp", [0x80, 0, 0, 2] + bare[5...])
            for file in [bare, start + box("jxlc", bare), parts] {
                let head = try JXLHead(of: MemorySource(file))
                #expect(head.size == ImageSize(width: 300, height: 200))
                #expect(head.largestMetadata == (file == bare ? 0 : 500))
                #expect(try Image(decoding: file, as: JXLPlugin()).header.size == head.size)
                for count in stride(from: 0, to: 600, by: 7) {
                    _ = try JXLHead(of: MemorySource(Array(file.prefix(count))))
                }
            }
        }
    }
#endif
