#if AVIF
    import FormatKit
    import TestSupport
    import Testing

    @testable import AVIFFormat

    @Suite struct AVIFSequenceTests {
        /// Pictures with durations of 10, 20, 30 ms and so on.
        static func pictures(
            _ layout: PixelLayout, count: Int = 3, size: (Int, Int) = (33, 21)
        ) -> [Image] {
            (0..<count).map { index in
                var image = AVIFRoundTripTests.picture(size.0, size.1, layout)
                // A part that moves.
                let start = index * 7 * layout.bytesPerPixel
                for offset in start..<start + 40 * layout.bytesPerPixel { image.bytes[offset] = 0 }
                image.header.frameCount = count
                image.header.animation = AnimationTiming(
                    duration: FrameDuration(milliseconds: 10 * (index + 1)))
                return image
            }
        }

        static func encode(
            _ frames: [Image], settings: WriteSettings = AVIFRoundTripTests.lossless,
            context: CodecContext = CodecContext()
        ) throws -> [UInt8] {
            try frames.encoded(by: AVIFPlugin(), settings: settings, context: context)
        }

        private func open(
            _ bytes: [UInt8], _ context: CodecContext = CodecContext()
        ) throws -> any MultiImageReader {
            try AVIFPlugin().openPages(bytes, context: context)
        }

        private func decode(
            _ bytes: [UInt8], _ context: CodecContext = CodecContext()
        ) throws -> [Image] {
            try [Image](decoding: bytes, as: AVIFPlugin(), context: context)
        }

        @Test(arguments: AVIFRoundTripTests.layouts)
        func `keeps every picture if lossless`(layout: PixelLayout) throws {
            let frames = Self.pictures(layout)
            let reader = try open(try Self.encode(frames))
            #expect(reader.header.frameCount == 3)
            #expect(reader.header.animation == frames[0].header.animation)
            #expect(try Image(reading: reader).bytes == frames[0].bytes)
            // In any order, and again.
            for index in [0, 1, 2, 1, 0, 2, 2] {
                try reader.selectPage(index)
                #expect(reader.header.animation == frames[index].header.animation)
                #expect(reader.header.layout == layout)
                #expect(try Image(reading: reader).bytes == frames[index].bytes, "\(index)")
            }
        }

        @Test(arguments: [1, 5, 9])
        func `is close to the pictures if lossy`(effort: Int) throws {
            let frames = Self.pictures(PixelLayout(.rgb, .uint8), size: (64, 48))
            let decoded = try decode(
                try Self.encode(frames, settings: WriteSettings(quality: 95, effort: effort)))
            #expect(decoded.count == 3)
            for (frame, result) in zip(frames, decoded) {
                let sum = zip(frame.bytes, result.bytes).map { abs(Int($0) - Int($1)) }
                    .reduce(0, +)
                #expect(sum <= 8 * frame.bytes.count)
            }
        }

        @Test func `keeps metadata to the byte`() throws {
            var frames = Self.pictures(PixelLayout(.rgb, .uint8))
            for index in frames.indices {
                frames[index].header.metadata = ImageMetadata(
                    icc: [UInt8](0..<100), exif: SampleExif.turned, xmp: Array("<x/>".utf8),
                    orientation: .right)
            }
            let decoded = try decode(try Self.encode(frames))
            #expect(
                decoded.allSatisfy { $0.header.metadata == frames[0].header.metadata },
                "\(decoded[0].header.metadata)")
        }

        private func timings(
            _ durations: [FrameDuration], loopCount: Int = 0
        ) throws -> (found: [AnimationTiming?], losses: [String]) {
            let timings = durations.map { AnimationTiming(duration: $0, loopCount: loopCount) }
            let frames = timings.map { timing in
                var image = AVIFRoundTripTests.picture(8, 8, PixelLayout(.gray, .uint8))
                image.header.frameCount = durations.count
                image.header.animation = timing
                return image
            }
            let decoded = try decode(try Self.encode(frames))
            return (
                decoded.map(\.header.animation),
                AVIFWriter.losses(of: timings).map(\.description)
            )
        }

        @Test func `times are exact, and pictures like the one before stay pictures`() throws {
            let exact = [FrameDuration(1, 30), FrameDuration(7, 1000), FrameDuration(1, 30)]
            let (found, losses) = try timings(exact)
            #expect(found.map { $0?.duration } == exact)
            #expect(losses.isEmpty)
        }

        @Test func `what does not fit is changed, as a loss`() throws {
            let (found, losses) = try timings(
                [
                    FrameDuration(10, 1000), FrameDuration(0, 1), FrameDuration(1, 3),
                    FrameDuration(1 << 40, 1),
                ])
            #expect(found.prefix(3).map { $0?.duration.milliseconds } == [10, 1, 333])
            #expect(found[3]?.duration == FrameDuration(milliseconds: 1 << 32 - 1))
            #expect(losses.count == 3)
        }

        @Test func `the number of loops is kept, or named as a loss`() throws {
            let (found, losses) = try timings(
                [FrameDuration(10, 1000), FrameDuration(10, 1000)], loopCount: 5)
            if losses.isEmpty {
                #expect(found.allSatisfy { $0?.loopCount == 5 })
            } else {
                #expect(losses[0].contains("not 5 times") && losses.count == 1)
                #expect(found.allSatisfy { $0?.loopCount == 0 })
            }
        }

        /// A box with its content.
        private func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
            number(8 + content.count, 4) + Array(type.utf8) + content
        }

        private func number(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
        }

        @Test(
            arguments: [
                (1, 300, 100, 3), (1, 301, 100, 4), (1, 100, 100, 1), (1, 50, 100, 1),
                (1, -1, 100, 0), (0, 300, 100, 1), (1, 300, 0, 0),
            ], [0, 1])
        func `an edit list tells the number of loops`(
            list: (flags: Int, track: Int, segment: Int, expected: Int), version: Int
        ) throws {
            let size = version == 1 ? 8 : 4
            let head = number(version << 24, 4)
            let header = box(
                "tkhd",
                head + [UInt8](repeating: 0, count: 2 * size + 8) + number(list.track, size)
                    + [UInt8](repeating: 0, count: 60))
            let edits = box(
                "edts",
                box(
                    "elst",
                    number(version << 24 | list.flags, 4) + number(1, 4)
                        + number(list.segment, size) + number(0, size) + number(1 << 16, 4)))
            let file =
                box("ftyp", Array("avis".utf8))
                + box("moov", box("mvhd", [1, 2, 3]) + box("trak", header + edits))
            #expect(try AVIFLoops.count(in: MemorySource(file)) == list.expected)
            // Nothing that is missing is an error here, nor makes a number up.
            for count in file.indices {
                _ = try AVIFLoops.count(in: MemorySource(Array(file.prefix(count))))
            }
            #expect(try AVIFLoops.count(in: MemorySource(Array(file.prefix(60)))) == 0)
        }

        @Test func `writes the same bytes with any number of threads, at any time`() throws {
            let frames = Self.pictures(PixelLayout(.rgb, .uint8, alpha: .straight))
            let files = try [1, 1, 4].map {
                try Self.encode(frames, context: CodecContext(threadCount: $0))
            }
            #expect(files.allSatisfy { $0 == files[0] })
            // Nor does the file tell when it was made.
            for type in ["mvhd", "tkhd", "mdhd"] {
                let places = files[0].indices.filter {
                    files[0][$0...].starts(with: Array(type.utf8))
                }
                #expect(!places.isEmpty)
                for place in places {
                    #expect(files[0][(place + 8)..<(place + 16)].allSatisfy { $0 == 0 })
                }
            }
            #expect(try decode(files[0], CodecContext(threadCount: 3)) == decode(files[0]))
        }

        @Test func `refuses to finish with pictures missing, and stops when asked to`() throws {
            var image = AVIFRoundTripTests.picture(8, 8, PixelLayout(.gray, .uint8))
            image.header.frameCount = 2
            #expect(throws: ImageError.codecFailure(.avif, "1 frames written, expected 2")) {
                try image.encoded(by: AVIFPlugin())
            }
            #expect(throws: ImageError.cancelled) {
                try Self.encode(
                    Self.pictures(PixelLayout(.gray, .uint8)),
                    context: CodecContext(isCancelled: { true }))
            }
        }

        @Test func `calls no prefix of a sequence whole`() throws {
            let bytes = try Self.encode(Self.pictures(PixelLayout(.rgb, .uint8)))
            for count in 1..<bytes.count {
                #expect(throws: ImageError.self, "\(count) of \(bytes.count) bytes") {
                    try decode(Array(bytes.prefix(count)))
                }
            }
        }

        @Test(arguments: [1, 2] as [UInt64])
        func `survives damage to any byte`(seed: UInt64) throws {
            let bytes = try Self.encode(Self.pictures(PixelLayout(.rgb, .uint8, alpha: .straight)))
            AVIFPlugin().readDamaged(bytes, seed: seed)
        }

        @Test func `frames are bounded`() throws {
            let bytes = try Self.encode(Self.pictures(PixelLayout(.rgb, .uint8)))
            #expect(throws: ImageError.self) {
                try open(bytes, CodecContext(limits: Limits(frameCount: 2)))
            }
        }

        @Test(.enabled(if: AVIFJudgeTests.avifdec.isInstalled))
        func `avifdec finds our pictures and their times`() throws {
            let bytes = try Self.encode(Self.pictures(PixelLayout(.rgb, .uint8, alpha: .straight)))
            let outcome = try AVIFJudgeTests.avifdec.run(
                ["--info", "%"], on: bytes, pathExtension: "avif")
            #expect(outcome.status == 0, "\(outcome.diagnostics)")
            for (index, ticks) in [10, 20, 30].enumerated() {
                #expect(
                    outcome.text.contains("Decoded frame [\(index)]")
                        && outcome.text.contains("\(ticks) timescales"), "\(outcome.text)")
            }
        }
    }
#endif
