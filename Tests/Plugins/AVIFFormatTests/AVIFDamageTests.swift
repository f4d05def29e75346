#if AVIF
    import FormatKit
    import TestSupport
    import Testing

    @testable import AVIFFormat

    @Suite struct AVIFDamageTests {
        static func sample() throws -> [UInt8] {
            var image = AVIFRoundTripTests.picture(
                24, 16, PixelLayout(.rgb, .uint8, alpha: .straight))
            image.header.metadata = ImageMetadata(
                icc: [UInt8](0..<100), exif: SampleExif.turned, xmp: Array("<x/>".utf8))
            return try image.encoded(
                by: AVIFPlugin(), settings: WriteSettings(quality: 60, effort: 1))
        }

        @Test func `calls every prefix of a file truncated`() throws {
            let bytes = try Self.sample()
            for count in 1..<bytes.count {
                let error = #expect(throws: ImageError.self, "\(count) of \(bytes.count) bytes") {
                    try Image(decoding: Array(bytes.prefix(count)), as: AVIFPlugin())
                }
                switch error {
                case .truncated(_, _, count): continue
                // Whole boxes, of which one is missing.
                case .malformed where Self.boxEnds(bytes).contains(count): continue
                default: Issue.record("\(count) bytes: \(String(describing: error))")
                }
            }
            #expect(throws: ImageError.self) { try Image(decoding: [], as: AVIFPlugin()) }
        }

        private static func boxEnds(_ bytes: [UInt8]) -> [Int] {
            var ends: [Int] = []
            while (ends.last ?? 0) < bytes.count {
                let start = ends.last ?? 0
                ends.append(start + bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) })
            }
            return ends
        }

        @Test(arguments: [1, 2] as [UInt64])
        func `survives damage to any byte`(seed: UInt64) throws {
            let bytes = try Self.sample()
            AVIFPlugin().readDamaged(bytes, seed: seed)
        }

        @Test func `checks sizes before pixels are decoded`() throws {
            let bytes = try Self.sample()
            let pixels = Limits(pixelCount: 24 * 16 - 1)
            #expect(
                throws: ImageError.limitExceeded(
                    .pixels, requested: 24 * 16, allowed: 24 * 16 - 1)
            ) {
                try AVIFPlugin().makeReader(
                    source: MemorySource(bytes), context: CodecContext(limits: pixels))
            }
            for limits in [Limits(memoryByteCount: 1000), Limits(metadataByteCount: 50)] {
                let error = #expect(throws: ImageError.self) {
                    try AVIFPlugin().makeReader(
                        source: MemorySource(bytes), context: CodecContext(limits: limits))
                }
                guard case .limitExceeded = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
        }

        @Test func `refuses a box that cannot be`() throws {
            var bytes = try Self.sample()
            bytes[3] = 5
            #expect(throws: ImageError.malformed(.avif, "a box of 5 bytes", offset: 0)) {
                try Image(decoding: bytes, as: AVIFPlugin())
            }
        }

        /// Every turning with every mirror, against what they do to four corners.
        @Test(arguments: 0...3, 0...2)
        func `takes turnings and mirrors for the orientation that they make`(
            rotation: Int, mirror: Int
        ) {
            // The corners of a square, row by row.
            var corners = [0, 1, 2, 3]
            for _ in 0..<rotation { corners = [1, 3, 0, 2].map { corners[$0] } }
            if mirror == 1 { corners = [2, 3, 0, 1].map { corners[$0] } }
            if mirror == 2 { corners = [1, 0, 3, 2].map { corners[$0] } }
            // TIFF 6.0: where the stored corners are in the upright picture.
            let upright: [Orientation: [Int]] = [
                .up: [0, 1, 2, 3], .upMirrored: [1, 0, 3, 2], .down: [3, 2, 1, 0],
                .downMirrored: [2, 3, 0, 1], .leftMirrored: [0, 2, 1, 3], .right: [2, 0, 3, 1],
                .rightMirrored: [3, 1, 2, 0], .left: [1, 3, 0, 2],
            ]
            let found = Orientation(rotation: Int32(rotation), mirror: Int32(mirror))
            #expect(upright[found] == corners)
        }
    }
#endif
