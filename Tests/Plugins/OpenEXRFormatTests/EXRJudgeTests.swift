// Nothing where OpenEXR is not built in.
#if OpenEXR
    import FormatKit
    import Foundation
    import TestSupport
    import Testing

    @testable import OpenEXRFormat

    /// What OpenEXR's own tools, which are its library of C++, and ImageMagick think of our files, and we
    /// of theirs.
    @Suite(.enabled(if: EXRPlugin.libraryVersion != nil, "OpenEXR is not there"))
    struct EXRJudgeTests {
        static let header = ForeignTool("exrheader")
        static let info = ForeignTool("exrinfo")
        static let tiler = ForeignTool("exrmaketiled")
        static let combiner = ForeignTool("exrmultipart")
        static let previewer = ForeignTool("exrmakepreview")
        static let magick = ForeignTool("convert-im6")

        private let plugin = EXRPlugin()
        private let folder: TemporaryFolder

        init() throws {
            folder = try TemporaryFolder()
        }

        /// What a tool makes of a file.
        private func made(
            by tool: ForeignTool, _ arguments: [String], of bytes: [UInt8]
        ) throws -> [UInt8] {
            let path = folder.path + "/out.exr"
            let outcome = try tool.run(
                arguments.map { $0 == "OUT" ? path : $0 }, on: bytes, pathExtension: "exr")
            #expect(outcome.status == 0, "\(outcome.text)\(outcome.diagnostics)")
            return try #require(folder.read("out.exr"))
        }

        private func options(_ texts: [String: String]) throws -> WriteSettings {
            try WriteSettings(for: plugin, options: texts)
        }

        @Test(.enabled(if: header.isInstalled), arguments: ["none", "rle", "zips", "zip", "piz"])
        func `OpenEXR finds our header`(compression: String) throws {
            var image = Image.light(40, 30)
            image.header.metadata.texts = [TextEntry("Comment", "hello"), TextEntry("Title", "T")]
            image.header.metadata.chromaticities = .sRGB
            let bytes = try image.encoded(
                by: plugin, settings: options(["compression": compression]))
            let outcome = try Self.header.run(["%"], on: bytes, pathExtension: "exr")
            #expect(outcome.status == 0 && outcome.diagnostics == "", "\(outcome.diagnostics)")
            for words in [
                "G, 16-bit floating-point, sampling 1 1", "comments (type string): \"hello\"",
                "dataWindow (type box2i): (0 0) - (39 29)", "Title (type string): \"T\"",
                "chromaticities (type chromaticities):",
            ] {
                #expect(outcome.text.contains(words), "\(outcome.text)")
            }
            guard Self.info.isInstalled else { return }
            let strict = try Self.info.run(["-s", "%"], on: bytes, pathExtension: "exr")
            #expect(strict.status == 0 && strict.diagnostics == "", "\(strict.diagnostics)")
            #expect(strict.text.contains("compression: '\(compression)'"), "\(strict.text)")
        }

        @Test(
            .enabled(if: tiler.isInstalled), arguments: ["none", "rle", "zips", "zip", "piz"],
            ["half", "float"])
        func `OpenEXR finds our samples`(compression: String, type: String) throws {
            for layout in EXRRoundTripTests.layouts {
                let image = Image.light(70, 45, layout, bits: type == "half" ? 16 : 32)
                let bytes = try image.encoded(
                    by: plugin, settings: options(["compression": compression, "type": type]))
                let tiled = try made(
                    by: Self.tiler, ["-z", "none", "-t", "16", "8", "%", "OUT"], of: bytes)
                let found = try Image(decoding: tiled, as: plugin)
                #expect(found.header.details.contains(ImageDetail("tile_size", .text("16x8"))))
                #expect(found.bytes == image.bytes && found.header.layout == layout)
            }
        }

        @Test(
            .enabled(if: tiler.isInstalled),
            arguments: ["none", "rle", "zip", "piz", "pxr24", "b44", "b44a", "dwaa", "dwab"],
            ["-o", "-m", "-r"])
        func `reads what OpenEXR compresses`(compression: String, levels: String) throws {
            let image = Image.light(70, 45, PixelLayout(.rgb, .float32, alpha: .premultiplied))
            let bytes = try made(
                by: Self.tiler,
                [levels, "-u", "-z", compression, "-t", "32", "32", "%", "OUT"],
                of: try image.encoded(by: plugin))
            if compression.hasPrefix("dwa"), !EXRDecoder.hasDWA {
                let error = #expect(throws: ImageError.self) {
                    try Image(decoding: bytes, as: plugin)
                }
                #expect(error.map { "\($0)".contains(compression.uppercased()) } == true)
                return
            }
            let log = WarningLog()
            let found = try Image(decoding: bytes, as: plugin, context: log.context())
            #expect(log.warnings.count == (levels == "-o" ? 0 : 1), "\(log.warnings)")
            if ["none", "rle", "zip", "piz", "pxr24"].contains(compression) {
                #expect(found.bytes == image.bytes)
            } else {
                // Those that change samples are decompressed as its library of C++ does.
                let plain = try made(
                    by: Self.tiler, ["-z", "none", "-t", "32", "32", "%", "OUT"], of: bytes)
                #expect(try Image(decoding: plain, as: plugin).bytes == found.bytes)
            }
        }

        @Test(.enabled(if: tiler.isInstalled), arguments: ["b44", "pxr24"])
        func `reads floats that OpenEXR compresses`(compression: String) throws {
            let image = Image.light(33, 17, bits: 32)
            let bytes = try made(
                by: Self.tiler, ["-z", compression, "-t", "16", "16", "%", "OUT"],
                of: try image.encoded(by: plugin))
            let found = try Image(decoding: bytes, as: plugin).samples
            // Floats have 24 bits in the one, and stay as they are in the other.
            let tolerance: Float = compression == "b44" ? 0 : 1.0 / 65_536
            #expect(
                zip(found, image.samples).allSatisfy { abs($0 - $1) <= abs($1) * tolerance })
        }

        @Test(.enabled(if: combiner.isInstalled))
        func `reads parts that OpenEXR combines`() throws {
            let gray = PixelLayout(.gray, .float32, alpha: .premultiplied)
            let images = [Image.light(20, 30), Image.light(20, 30, gray, seed: 2)]
            let second = folder.path + "/second.exr"
            try folder.write("second.exr", try images[1].encoded(by: plugin))
            let bytes = try made(
                by: Self.combiner,
                ["-combine", "-i", "%", second, "-o", "OUT"], of: try images[0].encoded(by: plugin))
            let pages = try [Image](decoding: bytes, as: plugin)
            #expect(pages.map(\.bytes) == images.map(\.bytes))
            #expect(pages.map(\.header.layout) == images.map(\.header.layout))
        }

        @Test(.enabled(if: previewer.isInstalled))
        func `tells of previews that OpenEXR makes`() throws {
            let image = Image.light(20, 30)
            let bytes = try made(
                by: Self.previewer, ["%", "OUT"], of: try image.encoded(by: plugin))
            let log = WarningLog()
            #expect(
                try Image(decoding: bytes, as: plugin, context: log.context()).bytes == image.bytes)
            #expect(log.warnings == ["a reduced copy of the picture is left out"])
        }

        /// Light from 0 to 1 that halves hold.
        private static func picture(_ width: Int, _ height: Int) -> Image {
            let picture = TestImages.picture(width: width, height: height)
            return Image(width, height, picture.bytes.map { Float($0) / 256 }, bits: 16)
        }

        @Test(.enabled(if: magick.isInstalled), arguments: [(5, 3), (40, 30), (300, 7)])
        func `ImageMagick finds our samples`(width: Int, height: Int) throws {
            let image = Self.picture(width, height)
            // What it has read it calls light, and would encode it.
            let outcome = try Self.magick.run(
                ["%", "-set", "colorspace", "sRGB", "-depth", "16", "-endian", "LSB", "rgb:-"],
                on: image.encoded(by: plugin), pathExtension: "exr")
            #expect(outcome.status == 0, "\(outcome.diagnostics)")
            try #require(outcome.output.count == 2 * image.samples.count)
            for (index, sample) in image.samples.enumerated() {
                let found = Int(outcome.output[2 * index]) | Int(outcome.output[2 * index + 1]) << 8
                #expect(abs(Float(found) - sample * 65_535) <= 1)
            }
        }

        @Test(.enabled(if: magick.isInstalled), arguments: ["RGB", "YC"])
        func `reads what ImageMagick writes`(type: String) throws {
            // Flat squares, since chroma is filtered.
            let colors: [[UInt8]] = [[200, 100, 50], [10, 90, 240]]
            let pixels = (0..<40 * 30).flatMap { colors[$0 % 40 / 20] }
            let made = try Self.magick.run(
                ["%", "-set", "colorspace", "RGB", "-define", "exr:color-type=\(type)", "exr:-"],
                on: Array("P6 40 30 255\n".utf8) + pixels, pathExtension: "ppm")
            try #require(made.status == 0, "\(made.diagnostics)")
            let image = try Image(decoding: made.output, as: plugin)
            try #require(image.samples.count == pixels.count)
            for (index, sample) in image.samples.enumerated() {
                // Where squares meet, chroma is between.
                if type == "YC", index / 3 % 40 < 3 || (8..<32).contains(index / 3 % 40) {
                    continue
                }
                #expect(abs(sample * 255 - Float(pixels[index])) <= 2, "\(index)")
            }
        }
    }
#endif
