#if JPEGXL
    import FormatKit
    import Foundation
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

        static let exiftool = ForeignTool("exiftool")

        /// A real profile that is none of those that code points name, with other metadata.
        static func metadata() throws -> ImageMetadata {
            let path = "/usr/share/color/icc/ghostscript/a98.icc"
            guard let profile = FileManager.default.contents(atPath: path) else {
                try Test.cancel("\(path) is not installed")
            }
            return ImageMetadata(
                icc: Array(profile), exif: SampleExif.turned,
                xmp: Array(
                    """
                    <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
                    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description \
                    rdf:about="" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" \
                    photoshop:Headline="seen"/></rdf:RDF></x:xmpmeta>
                    """.utf8),
                orientation: .right)
        }

        @Test func `keeps a profile, Exif and XMP to the byte`() throws {
            var image = TestImages.picture(width: 61, height: 47)
            image.header.metadata = try Self.metadata()
            let bytes = try image.encoded(by: JXLPlugin(), settings: JXLRoundTripTests.lossless)
            let decoded = try Image(decoding: bytes, as: JXLPlugin())
            #expect(decoded.header.metadata == image.header.metadata)
            #expect(decoded.bytes == image.bytes)
        }

        @Test(.enabled(if: exiftool.isInstalled)) func `ExifTool finds our metadata`() throws {
            var image = TestImages.picture(width: 61, height: 47)
            image.header.metadata = try Self.metadata()
            for settings in [JXLRoundTripTests.lossless, WriteSettings(effort: 3)] {
                let bytes = try image.encoded(by: JXLPlugin(), settings: settings)
                let outcome = try Self.exiftool.run(
                    ["-s", "-n", "-Orientation", "-XMP:Headline", "-warning", "%"], on: bytes,
                    pathExtension: "jxl")
                #expect(outcome.text.contains("Orientation                     : 6"))
                #expect(outcome.text.contains("Headline                        : seen"))
                #expect(!outcome.text.contains("Warning"), "\(outcome.text)")
            }
        }

        static let shell = ForeignTool("sh")

        @Test(.enabled(if: djxl.isInstalled && exiftool.isInstalled))
        func `djxl finds our profile`() throws {
            var image = TestImages.picture(width: 61, height: 47)
            image.header.metadata = try Self.metadata()
            let bytes = try image.encoded(by: JXLPlugin(), settings: JXLRoundTripTests.lossless)
            let outcome = try Self.shell.run(
                ["-c", "djxl '%' '%.png' 2>'%.log' && exiftool -b -ICC_Profile '%.png'"],
                on: bytes, pathExtension: "jxl")
            #expect(outcome.output == image.header.metadata.icc, "\(outcome.diagnostics)")
        }

        @Test(.enabled(if: cjxl.isInstalled && exiftool.isInstalled))
        func `reads the metadata of files that cjxl writes`() throws {
            let metadata = try Self.metadata()
            let icc = try #require(metadata.icc)
            let command = """
                convert-im6 -size 9x7 xc:red '%.jpg' && \
                exiftool -q -overwrite_original '-ICC_Profile<=%' -Make=Abc \
                -XMP:Headline=seen '%.jpg' && \
                cjxl '%.jpg' '%.jxl' 2>'%.log' && cat '%.jxl'
                """
            let outcome = try Self.shell.run(["-c", command], on: icc, pathExtension: "icc")
            try #require(outcome.status == 0, "\(outcome.diagnostics)")
            let found = try Image(decoding: outcome.output, as: JXLPlugin()).header.metadata
            #expect(found.icc == icc)
            let exif = String(decoding: found.exif ?? [], as: UTF8.self)
            #expect(exif.contains("Abc"))
            #expect(String(decoding: found.xmp ?? [], as: UTF8.self).contains("seen"))
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
