// Nothing where JPEG 2000 is not built in.
#if JPEG2000
    import FormatKit
    import Foundation
    import TestSupport
    import Testing

    @testable import JPEG2000Format

    /// OpenJPEG's own tools on our files, and our reader on theirs.
    @Suite(.enabled(if: JP2Plugin.libraryVersion != nil, "OpenJPEG is not there"))
    struct JP2JudgeTests {
        static let compress = ForeignTool("opj_compress")
        static let decompress = ForeignTool("opj_decompress")
        static let pillow = ForeignTool("python3")

        /// The samples that OpenJPEG's tool finds, component by component.
        private func seen(_ bytes: [UInt8], _ pathExtension: String, bits: Int) throws -> [Int] {
            let folder = try TemporaryFolder()
            let path = folder.path + "/out.rawl"
            let outcome = try Self.decompress.run(
                ["-i", "%", "-o", path], on: bytes, pathExtension: pathExtension)
            #expect(outcome.status == 0, "\(outcome.text)\(outcome.diagnostics)")
            let raw = try #require(folder.read("out.rawl"))
            guard bits > 8 else { return raw.map { Int($0) } }
            return stride(from: 0, to: raw.count - 1, by: 2).map {
                Int(raw[$0]) | Int(raw[$0 + 1]) << 8
            }
        }

        /// The samples of an image, component by component, in so many bits.
        private func planes(_ image: Image, bits: Int) -> [Int] {
            let (count, full) = (
                image.header.layout.channelCount,
                image.header.layout.sample == .uint16 ? 65_535 : 255
            )
            let maximum = 1 << bits - 1
            let numbers = image.numbers
            return (0..<count).flatMap { channel in
                stride(from: channel, to: numbers.count, by: count).map {
                    (numbers[$0] * maximum + full / 2) / full
                }
            }
        }

        private static let written: [(PixelLayout, Int)] = [
            (PixelLayout(.gray, .uint8), 8), (PixelLayout(.rgb, .uint8), 8),
            (PixelLayout(.rgb, .uint8, alpha: .straight), 8), (PixelLayout(.gray, .uint16), 12),
            (PixelLayout(.rgb, .uint16), 16), (PixelLayout(.gray, .uint8), 1),
        ]

        @Test(
            .enabled(if: decompress.isInstalled), arguments: written,
            [[:], ["tile": "32"], ["profile": "archive"], ["layers": "4", "progression": "cprl"]])
        func `OpenJPEG's tool finds our samples`(
            picture: (PixelLayout, Int), options: [String: String]
        ) throws {
            let image = JP2File.image(70, 53, picture.0, bits: picture.1)
            var all = options
            all["depth"] = "\(picture.1)"
            for isLossless in [true, false] {
                let bytes = try image.encoded(
                    by: JP2Plugin.file,
                    settings: WriteSettings(
                        for: JP2Plugin.file, isLossless: isLossless, options: all))
                let ours = try Image(decoding: bytes, as: JP2Plugin.file)
                #expect(try seen(bytes, "jp2", bits: picture.1) == planes(ours, bits: picture.1))
            }
        }

        static let encodings: [[String]] = [
            [], ["-I"], ["-t", "33,21", "-n", "4"], ["-r", "20,10,1", "-p", "RPCL"],
            ["-q", "20,30,40", "-p", "CPRL", "-I"], ["-n", "1"], ["-n", "3", "-b", "8,16"],
            ["-c", "[64,64],[32,32]", "-p", "PCRL", "-SOP", "-EPH"], ["-M", "63"],
            ["-t", "32,32", "-TP", "R", "-PLT", "-TLM"], ["-d", "5,7"],
            ["-d", "5,7", "-T", "3,2", "-t", "31,27", "-n", "4", "-I"], ["-mct", "0"],
        ]

        @Test(
            .enabled(if: compress.isInstalled && decompress.isInstalled), arguments: encodings,
            ["jp2", "j2k"])
        func `reads what OpenJPEG's tool writes`(options: [String], format: String) throws {
            let picture = TestImages.picture(width: 83, height: 61)
            let ppm = Array("P6\n83 61\n255\n".utf8) + picture.bytes
            let folder = try TemporaryFolder()
            let path = folder.path + "/out.\(format)"
            let outcome = try Self.compress.run(
                ["-i", "%", "-o", path] + options, on: ppm, pathExtension: "ppm")
            #expect(outcome.status == 0, "\(outcome.text)\(outcome.diagnostics)")
            let bytes = try #require(folder.read("out.\(format)"))
            let plugin = format == "jp2" ? JP2Plugin.file : JP2Plugin.codestream
            let log = WarningLog()
            let found = try Image(decoding: bytes, as: plugin, context: log.context())
            #expect(found.header.size == picture.header.size)
            #expect(try seen(bytes, format, bits: 8) == planes(found, bits: 8))
            #expect(log.warnings.isEmpty && found.header.losses.isEmpty)
            // Without options, or with a last layer of everything, nothing is lost.
            if options.isEmpty || options.first == "-t" && !options.contains("-I") {
                #expect(found.bytes == picture.bytes)
            }
        }

        @Test(.enabled(if: compress.isInstalled), arguments: [(4, 4), (10, 6)])
        func `reads chroma of fewer samples`(size: (Int, Int)) throws {
            // Planes one after the other, chroma of half the width and height.
            let (width, height) = size
            let coarse = (width / 2, height / 2)
            let luma = (0..<width * height).map { UInt8(16 + $0 * 5 % 200) }
            let chroma = (0..<2 * coarse.0 * coarse.1).map { UInt8(100 + $0 * 7 % 60) }
            let folder = try TemporaryFolder()
            let path = folder.path + "/out.j2k"
            let outcome = try Self.compress.run(
                [
                    "-i", "%", "-o", path, "-F", "\(width),\(height),3,8,u@1x1:2x2:2x2", "-mct",
                    "0", "-n", "1",
                ], on: luma + chroma, pathExtension: "yuv")
            guard outcome.status == 0, let bytes = folder.read("out.j2k") else {
                try Test.cancel("opj_compress does not take planes: \(outcome.diagnostics)")
            }
            let found = try Image(decoding: bytes, as: JP2Plugin.codestream)
            #expect(found.header.layout == PixelLayout(.rgb, .uint8))
            for y in 0..<height {
                for x in 0..<width {
                    let place = y / 2 * coarse.0 + x / 2
                    let values = [
                        luma[y * width + x], chroma[place], chroma[coarse.0 * coarse.1 + place],
                    ].map(Double.init)
                    let (cb, cr) = (values[1] - 128, values[2] - 128)
                    let expected = [
                        values[0] + 1.402 * cr, values[0] - 0.344136 * cb - 0.714136 * cr,
                        values[0] + 1.772 * cb,
                    ].map { max(0, min(255, $0)) }
                    let start = (y * width + x) * 3
                    for (a, b) in zip(found.bytes[start..<start + 3], expected) {
                        #expect(abs(Double(a) - b) <= 1)
                    }
                }
            }
        }

        @Test(.enabled(if: pillow.isInstalled), arguments: [false, true])
        func `Pillow finds our pixels`(isLossless: Bool) throws {
            let layout = PixelLayout(.rgb, .uint8, alpha: .straight)
            let image = TestImages.picture(width: 50, height: 40, layout: layout)
            let bytes = try image.encoded(
                by: JP2Plugin.file, settings: WriteSettings(isLossless: isLossless))
            let program = """
                import sys
                try:
                    from PIL import Image, features
                except ImportError:
                    sys.exit(9)
                if not features.check("jpg_2000"): sys.exit(9)
                picture = Image.open(sys.argv[1])
                assert picture.mode == "RGBA", picture.mode
                sys.stdout.buffer.write(picture.tobytes())
                """
            let outcome = try Self.pillow.run(
                ["-c", program, "%"], on: bytes, pathExtension: "jp2")
            if outcome.status == 9 { try Test.cancel("Pillow is not installed") }
            #expect(outcome.status == 0, "\(outcome.diagnostics)")
            #expect(outcome.output == (try Image(decoding: bytes, as: JP2Plugin.file)).bytes)
        }
    }
#endif
