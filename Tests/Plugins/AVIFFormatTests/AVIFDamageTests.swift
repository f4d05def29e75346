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

        /// Files whose Exif block, an item of its own, does not lie where it should.
        @Test func `metadata that are not in the file are left out`() throws {
            let bytes = try Self.sample()
            let list = try #require(Self.place(of: "iloc", in: bytes))
            let picture = try Image(decoding: bytes, as: AVIFPlugin())
            // Of version 0, with a part of each item: number, file, count, offset, length.
            let items = Int(bytes[list + 11])
            var read: Set<String> = []
            for item in 0..<items {
                let field = list + 12 + 14 * item
                for place in [field + 6, field + 10] {
                    var file = bytes
                    file[place] = 0x7F
                    let image = try? Image(decoding: file, as: AVIFPlugin())
                    guard let image else { continue }
                    #expect(image.bytes == picture.bytes)
                    let losses = image.header.losses
                    let isExif = image.header.metadata.exif == nil
                    let name = isExif ? "Exif block" : "XMP packet"
                    #expect(
                        losses == [
                            .part(
                                of: isExif ? .exif : .xmp,
                                "the \(name) is not wholly in the file, and is left out")
                        ])
                    #expect((image.header.metadata.xmp == nil) != isExif)
                    read.insert(name)
                }
            }
            #expect(read == ["Exif block", "XMP packet"])
        }

        @Test func `metadata that end with a file that is cut are left out`() throws {
            // The Exif block, moved to the end of the data.
            var bytes = try Self.sample()
            let picture = try Image(decoding: bytes, as: AVIFPlugin())
            let exif = try #require(picture.header.metadata.exif)
            let block = [0, 0, 0, 0] + exif
            let list = try #require(Self.place(of: "iloc", in: bytes))
            let start = try #require(Self.place(of: "\0\0\0\0MM\0*", in: bytes))
            let fields = (0..<Int(bytes[list + 11])).map { list + 12 + 14 * $0 + 6 }
            let field = try #require(fields.first { Self.number(bytes, $0) == start })
            Self.set(bytes.count, at: field, in: &bytes)
            let data = try #require(Self.place(of: "mdat", in: bytes))
            Self.set(Self.number(bytes, data - 4) + block.count, at: data - 4, in: &bytes)
            bytes += block
            #expect(try Image(decoding: bytes, as: AVIFPlugin()).header.losses.isEmpty)
            for count in bytes.count - block.count..<bytes.count {
                let image = try Image(decoding: Array(bytes[..<count]), as: AVIFPlugin())
                #expect(image.bytes == picture.bytes && image.header.metadata.exif == nil)
                #expect(image.header.metadata.xmp == picture.header.metadata.xmp)
                #expect(
                    image.header.losses == [
                        .part(
                            of: .exif, "the Exif block is not wholly in the file, and is left out")
                    ])
            }
        }

        @Test(arguments: [
            ("prof", "a further description of the colors is left out"),
            ("abcd", "the description of the colors \"abcd\" is not known, and left out"),
        ])
        func `a further account of the colors is a loss`(name: String, words: String) throws {
            let bytes = try Self.sample()
            let place = try #require(Self.place(of: "nclx", in: bytes))
            let file = bytes[..<place] + Array(name.utf8) + bytes[(place + 4)...]
            let header = try Image(decoding: Array(file), as: AVIFPlugin()).header
            #expect(header.losses == [.part(of: .icc, words)])
            #expect(header.metadata.icc == [UInt8](0..<100))
        }

        @Test func `a small copy of the picture is named`() throws {
            // The alpha of the picture, called a copy.
            let bytes = try Self.sample()
            let place = try #require(Self.place(of: "auxl", in: bytes))
            let file = bytes[..<place] + Array("thmb".utf8) + bytes[(place + 4)...]
            let log = WarningLog()
            let image = try Image(
                decoding: Array(file), as: AVIFPlugin(), context: log.context())
            #expect(log.warnings == ["a reduced copy of the picture is left out"])
            #expect(!image.header.layout.hasAlpha && image.header.losses.isEmpty)
        }

        private static func place(of word: String, in bytes: [UInt8]) -> Int? {
            bytes.indices.first { bytes[$0...].starts(with: Array(word.utf8)) }
        }

        private static func number(_ bytes: [UInt8], _ place: Int) -> Int {
            bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
        }

        private static func set(_ number: Int, at place: Int, in bytes: inout [UInt8]) {
            for index in 0..<4 {
                bytes[place + index] = UInt8(truncatingIfNeeded: number >> (24 - 8 * index))
            }
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
