#if JPEGXL
    import FormatKit
    import Foundation
    import TestSupport
    import Testing

    @testable import JPEGXLFormat

    /// JPEG files that come back out of JPEG XL to the byte.
    @Suite struct JXLTranscodingTests {
        private static let plugin = JXLPlugin()

        /// Names of files of other programs: with Exif, profiles, XMP in many parts, a gain map, a
        /// video behind the picture, stray bytes between segments, gray.
        static let files = [
            "exif-thumbnail-crop/photo.jpg", "gray-jpeg-rgb-profile/gray.jpg",
            "jpeg-empty-icc/empty-icc.jpg", "jpeg-stray-bytes/junk-after-soi.jpg",
            "jpeg-stray-bytes/stray-before-dqt.jpg", "jpeg-stray-bytes/stray-before-sos.jpg",
            "makernote-offsets/canon.jpg", "region-orientation/photo.jpg",
            "strict-decoder-losses/motion.jpg", "ultrahdr-stale-xmp/uhdr.jpg",
        ]

        private func embed(
            _ jpeg: [UInt8], effort: Int = 3, context: CodecContext = CodecContext()
        ) throws(ImageError) -> [UInt8] {
            let sink = MemorySink()
            try Self.plugin.embed(
                jpeg,
                of: ImageHeader(
                    size: ImageSize(width: 100, height: 100), layout: PixelLayout(.rgb, .uint8)),
                to: sink, WriteSettings(effort: effort), context: context)
            return sink.bytes
        }

        private func reader(
            of file: [UInt8], context: CodecContext = CodecContext()
        ) throws -> any StreamReader {
            try #require(
                try Self.plugin.makeReader(source: MemorySource(file), context: context)
                    as? any StreamReader)
        }

        private func jpeg(
            in file: [UInt8], context: CodecContext = CodecContext()
        ) throws -> [UInt8] {
            try reader(of: file, context: context)
                .readStream(reserving: context.memory.makeShare())
        }

        @Test(arguments: files, [1, 7])
        func `a file comes back to the byte`(name: String, effort: Int) throws {
            let jpeg = try FaultyFiles.bytes(name)
            let file = try embed(jpeg, effort: effort)
            #expect(try self.jpeg(in: file) == jpeg)
            let stream = try #require(try reader(of: file).stream)
            #expect(stream.format == .jpeg && stream.losses.isEmpty)
            // Readers that know nothing of it see the picture.
            let image = try Image(decoding: file, as: Self.plugin)
            #expect(image.header.losses.contains(JXLReader.lossOfJPEG))
        }

        @Test func `the same bytes come out whatever the number of threads`() throws {
            let jpeg = try FaultyFiles.bytes(Self.files[0])
            #expect(try embed(jpeg) == embed(jpeg, context: CodecContext(threadCount: 3)))
        }

        @Test func `the picture is shown as JPEG shows it`() throws {
            let jpeg = try FaultyFiles.bytes("region-orientation/photo.jpg")
            let header = try reader(of: try embed(jpeg)).header
            let exif = try #require(header.metadata.exif)
            #expect(header.metadata.orientation != .up)
            #expect(header.metadata.orientation == ExifOrientation.read(from: exif))
        }

        @Test func `what libjxl does not take is refused, and nothing is written`() throws {
            let cmyk = try FaultyFiles.bytes("cmyk-jpeg-without-adobe-marker/cmyk.jpg")
            let profile = try FaultyFiles.bytes("strict-decoder-losses/missing_icc_part.jpg")
            let photo = try FaultyFiles.bytes(Self.files[0])
            let prefixes = stride(from: 0, to: photo.count, by: 97).map { Array(photo[..<$0]) }
            for jpeg in [cmyk, profile, Array("nothing".utf8)] + prefixes {
                let error = #expect(throws: ImageError.self) { try embed(jpeg) }
                guard case .streamRefused(.jxl, _) = error else {
                    Issue.record("\(String(describing: error)) of \(jpeg.count) bytes")
                    continue
                }
            }
        }

        @Test(arguments: 0..<40 as Range<UInt64>)
        func `what is taken of a damaged file comes back`(seed: UInt64) throws {
            var generator = SplitMix64(seed: seed)
            var jpeg = try FaultyFiles.bytes(Self.files[0])
            let place = Int(generator.next() % UInt64(jpeg.count - 2)) + 2
            jpeg[place] ^= UInt8(1 << (generator.next() % 8))
            let file: [UInt8]
            do throws(ImageError) {
                file = try embed(jpeg)
            } catch {
                guard case .streamRefused = error else {
                    Issue.record("\(error), byte \(place), seed \(seed)")
                    return
                }
                return
            }
            #expect(try self.jpeg(in: file) == jpeg, "byte \(place), seed \(seed)")
        }

        @Test func `a damaged file gives no JPEG file`() throws {
            let jpeg = try FaultyFiles.bytes(Self.files[0])
            let file = try embed(jpeg)
            let place = try #require(file.firstRange(of: Array("jbrd".utf8))).upperBound + 8
            for offset in 0..<24 {
                var damaged = file
                damaged[place + offset] ^= 0x55
                let given = try? self.jpeg(in: damaged)
                #expect(given != jpeg, "byte \(offset)")
            }
        }

        @Test func `a file that is made from pixels holds none`() throws {
            let file = try TestImages.picture(width: 20, height: 20)
                .encoded(by: Self.plugin, settings: WriteSettings(effort: 1))
            let reader = try reader(of: file)
            #expect(reader.stream == nil)
            let error = #expect(throws: ImageError.self) {
                try reader.readStream(reserving: CodecContext().memory.makeShare())
            }
            guard case .streamRefused = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }

        @Test func `a file that is too large for the limit is refused`() throws {
            // Comments of 1 MB, which take next to nothing.
            let photo = try FaultyFiles.bytes(Self.files[0])
            let comment = [0xFF, 0xFE, 0xFF, 0xFF] + [UInt8](repeating: 0x61, count: 65_533)
            let comments = [[UInt8]](repeating: comment, count: 16).joined()
            let file = try embed(Array(photo[..<2]) + comments + photo[2...])
            #expect(file.count < 10_000)
            let context = CodecContext(limits: Limits(memoryByteCount: 1_000_000))
            let error = #expect(throws: ImageError.self) { try jpeg(in: file, context: context) }
            guard case .limitExceeded(.memory, _, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            let small = CodecContext(limits: Limits(memoryByteCount: 200_000))
            #expect(throws: ImageError.self) { try embed(photo, context: small) }
        }

        @Test(
            arguments: [
                (WriteSettings(), [], nil), (WriteSettings(isLossless: true, effort: 1), [], nil),
                (WriteSettings(quality: 90), [], "a quality is asked for"),
                (
                    WriteSettings(), ["arithmetic coding"],
                    "libjxl does not take JPEG files with arithmetic coding"
                ),
            ] as [(WriteSettings, [String], String?)])
        func `says what it does not take`(
            settings: WriteSettings, traits: [String], objection: String?
        ) {
            #expect(Self.plugin.descriptor.write?.streams.map(\.format) == [.jpeg])
            let stream = CodedStream(format: .jpeg, traits: traits)
            #expect(Self.plugin.objection(to: stream, with: settings) == objection)
        }

        @Test(.enabled(if: JXLJudgeTests.djxl.isInstalled), arguments: files)
        func `djxl gives the file back`(name: String) throws {
            let jpeg = try FaultyFiles.bytes(name)
            let outcome = try JXLJudgeTests.shell.run(
                ["-c", "djxl '%' '%.jpg' 2>'%.log' && cat '%.jpg'"], on: try embed(jpeg),
                pathExtension: "jxl")
            #expect(outcome.output == jpeg, "\(outcome.diagnostics)")
        }

        @Test(.enabled(if: JXLJudgeTests.cjxl.isInstalled), arguments: files)
        func `the file comes back out of what cjxl makes of it`(name: String) throws {
            let jpeg = try FaultyFiles.bytes(name)
            let outcome = try JXLJudgeTests.shell.run(
                ["-c", "cjxl '%' '%.jxl' 2>'%.log' && cat '%.jxl'"], on: jpeg,
                pathExtension: "jpg")
            // It does not keep what makes every file come back.
            guard let file = try? reader(of: outcome.output), file.stream != nil else { return }
            #expect(try self.jpeg(in: outcome.output) == jpeg)
        }
    }
#endif
