// Nothing where JPEG 2000 is not built in.
#if JPEG2000
    import FormatKit
    import TestSupport
    import Testing

    @testable import JPEG2000Format

    /// JPEG 2000 files that pass as they are.
    @Suite(.enabled(if: JP2Plugin.libraryVersion != nil, "OpenJPEG is not there"))
    struct JP2StreamTests {
        private func reader(
            _ bytes: [UInt8], as plugin: JP2Plugin = .file, context: CodecContext = CodecContext()
        ) throws -> any StreamReader {
            try #require(
                try plugin.makeReader(source: MemorySource(bytes), context: context)
                    as? any StreamReader)
        }

        @Test(arguments: JP2RoundTripTests.layouts, ["0", "16"])
        func `the stream is the file, and rows can be read after it`(
            layout: PixelLayout, tile: String
        ) throws {
            let image = Image.noise(37, 29, layout)
            let bytes = try image.encoded(
                by: JP2Plugin.file,
                settings: WriteSettings(
                    for: JP2Plugin.file, isLossless: true,
                    options: tile == "0" ? [:] : ["tile": tile]))
            let context = CodecContext()
            let reader = try reader(bytes, context: context)
            let held = context.memory.reservedByteCount
            let share = context.memory.makeShare()
            #expect(try reader.readStream(reserving: share) == bytes)
            #expect(share.byteCount == bytes.count)
            #expect(context.memory.reservedByteCount == held + bytes.count)
            #expect(try Image(reading: reader).bytes == image.bytes)
            #expect(reader.stream?.format == .jp2)
            #expect(reader.stream?.traits == (layout.hasAlpha ? ["alpha"] : []))
        }

        @Test func `a bare codestream is none`() throws {
            let image = Image.noise(9, 7, PixelLayout(.gray, .uint8))
            let bytes = try image.encoded(by: JP2Plugin.codestream)
            for plugin in JP2Plugin.all {
                #expect(try reader(bytes, as: plugin).stream == nil)
            }
        }

        @Test func `what not every program takes is told`() throws {
            let (codestream, _) = try JP2File.lossless(9, 7, PixelLayout(.rgb, .uint8))
            #expect(try reader(JP2File(codestream, [JP2File.color(16)]).bytes).stream?.traits == [])
            #expect(
                try reader(JP2File(codestream).bytes).stream?.traits
                    == ["colors of which it says nothing"])
            let points: JP2File.Box = ("colr", JP2Color.codePoints(.displayP3).content)
            #expect(
                try reader(JP2File(codestream, [points]).bytes).stream?.traits
                    == ["colors by code points"])
            var twice = JP2File(codestream, [JP2File.color(16)])
            twice.after = [("jp2c", codestream)]
            #expect(
                try reader(twice.bytes).stream?.traits == ["more than one picture of colors"])
        }

        @Test func `a damaged file is not a stream`() throws {
            let (codestream, _) = try JP2File.lossless(64, 48, PixelLayout(.rgb, .uint8))
            let bytes = JP2File(codestream, [JP2File.color(16)]).bytes
            for count in stride(from: 1, to: bytes.count - 2, by: 97) {
                #expect(throws: ImageError.self) {
                    try reader(Array(bytes[..<count]))
                        .readStream(reserving: CodecContext().memory.makeShare())
                }
            }
        }
    }
#endif
