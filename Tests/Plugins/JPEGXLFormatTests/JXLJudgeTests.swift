#if JPEGXL
    import FormatKit
    import JPEGXLFormat
    import TestSupport
    import Testing

    /// What other people's programs think of the files that we write, and we of theirs.
    @Suite struct JXLJudgeTests {
        static let djxl = ForeignTool("djxl")
        static let cjxl = ForeignTool("cjxl")

        @Test(.enabled(if: djxl.isInstalled)) func `djxl decodes our files`() throws {
            let image = TestImages.picture(width: 61, height: 47)
            for settings in [JXLRoundTripTests.lossless, WriteSettings(effort: 3)] {
                let bytes = try image.encoded(by: JXLPlugin(), settings: settings)
                let outcome = try Self.djxl.run(
                    ["%"], on: bytes, pathExtension: "jxl")
                #expect(outcome.status == 0, "\(outcome.diagnostics)")
            }
        }

        @Test(.enabled(if: cjxl.isInstalled)) func `reads floats that cjxl writes`() throws {
            var pfm = Array("PF\n8 8\n-1.0\n".utf8)
            let values = (0..<192).map { Float($0) / 191 }
            for value in values {
                pfm += (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
            }
            let written = try Self.cjxl.run(
                ["%", "/dev/stdout", "-d", "0", "-e", "3"], on: pfm, pathExtension: "pfm")
            try #require(written.status == 0, "\(written.diagnostics)")
            let image = try Image(decoding: written.output, as: JXLPlugin())
            #expect(image.header.layout == PixelLayout(.rgb, .float32))
            // The rows of a PFM file go from the bottom.
            let last = unsafe image.bytes.withUnsafeBytes {
                unsafe $0.loadUnaligned(fromByteOffset: 56 * 12, as: Float.self)
            }
            #expect(last == values[0])
        }
    }
#endif
