#if AVIF
    import AVIFFormat
    import FormatKit
    import TestSupport
    import Testing

    /// What other people's programs think of the files that we write, and we of theirs.
    @Suite struct AVIFJudgeTests {
        static let avifdec = ForeignTool("avifdec")
        static let avifenc = ForeignTool("avifenc")
        static let exiftool = ForeignTool("exiftool")

        @Test(.enabled(if: avifdec.isInstalled))
        func `avifdec finds what we have written`() throws {
            var image = AVIFRoundTripTests.picture(30, 20, PixelLayout(.rgb, .uint8))
            image.header.metadata.orientation = .right
            let bytes = try image.encoded(
                by: AVIFPlugin(), settings: AVIFRoundTripTests.lossless)
            let outcome = try Self.avifdec.run(["--info", "%"], on: bytes, pathExtension: "avif")
            #expect(outcome.status == 0, "\(outcome.diagnostics)")
            #expect(outcome.text.contains("30x20"))
            #expect(outcome.text.contains("irot (Rotation)      : 3"), "\(outcome.text)")
        }

        @Test(.enabled(if: exiftool.isInstalled)) func `ExifTool finds our metadata`() throws {
            var image = AVIFRoundTripTests.picture(30, 20, PixelLayout(.rgb, .uint8))
            image.header.metadata = ImageMetadata(exif: SampleExif.turned, orientation: .right)
            let bytes = try image.encoded(
                by: AVIFPlugin(), settings: AVIFRoundTripTests.lossless)
            let outcome = try Self.exiftool.run(
                ["-s", "-n", "-warning", "-Orientation", "-ImageSize", "%"], on: bytes,
                pathExtension: "avif")
            #expect(outcome.text.contains("Orientation                     : 6"))
            #expect(outcome.text.contains("30 20"), "\(outcome.text)")
            #expect(!outcome.text.contains("Warning"), "\(outcome.text)")
        }
    }
#endif
