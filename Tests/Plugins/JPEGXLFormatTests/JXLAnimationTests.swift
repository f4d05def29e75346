#if JPEGXL
    import FormatKit
    import TestSupport
    import Testing

    @testable import JPEGXLFormat

    @Suite struct JXLAnimationTests {
        /// Frames of noise with durations of 10, 20, 30 ms and so on.
        private func noise(_ layout: PixelLayout, count: Int = 3) -> [Image] {
            .noise(layout, count: count, metadata: ImageMetadata(xmp: Array("<x/>".utf8)))
        }

        private func encode(
            _ frames: [Image], settings: WriteSettings = JXLRoundTripTests.lossless,
            context: CodecContext = CodecContext()
        ) throws -> [UInt8] {
            try frames.encoded(by: JXLPlugin(), settings: settings, context: context)
        }

        private func open(
            _ bytes: [UInt8], _ context: CodecContext = CodecContext()
        ) throws -> any MultiImageReader {
            try JXLPlugin().openPages(bytes, context: context)
        }

        private func decode(
            _ bytes: [UInt8], _ context: CodecContext = CodecContext()
        ) throws -> [Image] {
            try [Image](decoding: bytes, as: JXLPlugin(), context: context)
        }

        @Test(arguments: JXLRoundTripTests.layouts)
        func `keeps every frame if lossless`(layout: PixelLayout) throws {
            let frames = noise(layout)
            let reader = try open(try encode(frames))
            #expect(reader.header.frameCount == 3)
            #expect(reader.header.animation == frames[0].header.animation)
            #expect(try Image(reading: reader).bytes == frames[0].bytes)
            // In any order, and again.
            for index in [0, 1, 2, 1, 0, 2, 2] {
                try reader.selectPage(index)
                #expect(reader.header.animation == frames[index].header.animation)
                #expect(reader.header.metadata == frames[index].header.metadata)
                #expect(try Image(reading: reader).bytes == frames[index].bytes, "\(index)")
            }
        }

        @Test func `is close to the frames if lossy`() throws {
            let frames = (0..<3).map { index in
                var image = TestImages.picture(width: 64, height: 48, seed: UInt64(index))
                image.header.frameCount = 3
                return image
            }
            let decoded = try decode(
                try encode(frames, settings: WriteSettings(quality: 95, effort: 3)))
            for (frame, result) in zip(frames, decoded) {
                let sum = zip(frame.bytes, result.bytes).map { abs(Int($0) - Int($1)) }
                    .reduce(0, +)
                #expect(sum <= 6 * frame.bytes.count)
            }
            let timing = AnimationTiming.default
            #expect(decoded.allSatisfy { $0.header.animation == timing })
        }

        private func timings(
            _ durations: [FrameDuration], loopCount: Int = 0
        ) throws -> (found: [FrameDuration?], losses: [String]) {
            let timings = durations.map { AnimationTiming(duration: $0, loopCount: loopCount) }
            let frames = timings.map { timing in
                var image = Image.noise(8, 8, PixelLayout(.gray, .uint8))
                image.header.frameCount = durations.count
                image.header.animation = timing
                return image
            }
            let decoded = try decode(try encode(frames))
            #expect(decoded.allSatisfy { $0.header.animation?.loopCount == loopCount })
            return (
                decoded.map(\.header.animation?.duration),
                JXLWriter.losses(of: timings).map(\.description)
            )
        }

        @Test func `times are exact, and frames like the one before stay frames`() throws {
            let exact = [FrameDuration(1, 30), FrameDuration(7, 1000), FrameDuration(1, 30)]
            let (found, losses) = try timings(exact, loopCount: 7)
            #expect(found == exact && losses.isEmpty)
        }

        @Test func `what does not fit is changed, as a loss`() throws {
            let (found, losses) = try timings([
                FrameDuration(milliseconds: 10), FrameDuration(0, 1), FrameDuration(1, 3),
                FrameDuration(1 << 40, 1),
            ])
            #expect(found.prefix(3).map { $0?.milliseconds } == [10, 1, 333])
            #expect(found[3] == FrameDuration(milliseconds: 1 << 32 - 1))
            #expect(
                losses == [
                    "the durations of frames are rounded to 1 ms",
                    "the durations of frames are shortened to at most 4294967295 × 1 ms",
                    "the durations of frames are lengthened to at least 1 × 1 ms",
                ])
        }

        @Test func `writes the same bytes with any number of threads`() throws {
            let frames = noise(PixelLayout(.rgb, .uint8, alpha: .straight))
            let files = try [1, 1, 4].map {
                try encode(frames, context: CodecContext(threadCount: $0))
            }
            #expect(files.allSatisfy { $0 == files[0] })
            #expect(try decode(files[0], CodecContext(threadCount: 3)) == decode(files[0]))
        }

        @Test func `refuses to finish with frames missing, and stops when asked to`() throws {
            var image = Image.noise(8, 8, PixelLayout(.gray, .uint8))
            image.header.frameCount = 2
            #expect(throws: ImageError.codecFailure(.jxl, "1 frames written, expected 2")) {
                try image.encoded(by: JXLPlugin())
            }
            #expect(throws: ImageError.cancelled) {
                try encode(
                    noise(PixelLayout(.gray, .uint8)),
                    context: CodecContext(isCancelled: { true }))
            }
        }

        @Test func `calls every prefix of an animation truncated`() throws {
            let bytes = try encode(noise(PixelLayout(.rgb, .uint8)))
            let misjudged = JXLPlugin().misjudgedPrefixes(
                of: bytes, counts: 64..<bytes.count)
            #expect(misjudged.isEmpty, "\(misjudged)")
        }

        @Test(arguments: [1, 2] as [UInt64])
        func `survives damage to any byte`(seed: UInt64) throws {
            let bytes = try encode(noise(PixelLayout(.rgb, .uint8)))
            JXLPlugin().readDamaged(bytes, seed: seed)
        }

        @Test func `frames are bounded`() throws {
            let bytes = try encode(noise(PixelLayout(.rgb, .uint8)))
            #expect(throws: ImageError.limitExceeded(.frames, requested: 3, allowed: 2)) {
                try open(bytes, CodecContext(limits: Limits(frameCount: 2)))
            }
        }

        @Test(.enabled(if: JXLJudgeTests.djxl.isInstalled && jxlinfo.isInstalled))
        func `djxl decodes our frames, and jxlinfo finds their times`() throws {
            let bytes = try encode(noise(PixelLayout(.rgb, .uint8, alpha: .straight)))
            let decoded = try JXLJudgeTests.djxl.run(["%"], on: bytes, pathExtension: "jxl")
            #expect(decoded.status == 0, "\(decoded.diagnostics)")
            let outcome = try Self.jxlinfo.run(["-v", "%"], on: bytes, pathExtension: "jxl")
            for duration in ["10.0", "20.0", "30.0"] {
                #expect(outcome.text.contains("duration: \(duration)"), "\(outcome.text)")
            }
            #expect(outcome.text.contains("num_loops: 4"), "\(outcome.text)")
        }

        static let jxlinfo = ForeignTool("jxlinfo")
    }
#endif
