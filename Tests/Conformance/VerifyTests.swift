import FormatKit
import TestSupport
import Testing

/// `--verify` with the real codecs: right outputs pass whatever the settings, wrong ones do not.
@Suite struct VerifyTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let layouts = [ColorModel.gray, .rgb].flatMap { model in
        [SampleType.uint8, .uint16].flatMap { sample in
            [AlphaMode.opaque, .straight].map { PixelLayout(model, sample, alpha: $0) }
        }
    }

    private static let formats = BuiltIn.registry.descriptors
        .filter { $0.read != nil && $0.write != nil }.map(\.id.rawValue)

    /// What can be asked of a format: its default, its worst, and all samples.
    private static func settings(_ write: WriteCapabilities) -> [WriteSettings] {
        var settings = [WriteSettings(effort: 1)]
        if write.losslessness != .always { settings.append(WriteSettings(quality: 0, effort: 1)) }
        if write.losslessness != .never { settings.append(WriteSettings(isLossless: true)) }
        return settings
    }

    @Test(arguments: formats)
    func `right outputs pass, in every layout and at every quality`(format: String) throws {
        let plugin = try #require(BuiltIn.registry.plugin(named: format))
        for layout in Self.layouts {
            let file = try BuiltIn.file("tiff", width: 90, height: 70, layout: layout)
            for settings in Self.settings(try #require(plugin.descriptor.write)) {
                let refusal = refusal(of: file, to: plugin, settings)
                // 16 bits, or grays, that the format cannot keep.
                if case .unstorable = refusal { continue }
                #expect(refusal == nil, "\(layout), \(settings)")
            }
        }
    }

    /// An Exif block that says only what TIFF has fields of its own for does not come back as one.
    @Test(
        arguments: formats,
        [
            [0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0],
            [0x28, 1, 3, 0, 1, 0, 0, 0, 3, 0, 0, 0],
        ])
    func `an Exif block of one field passes`(format: String, entry: [UInt8]) throws {
        let png = try #require(BuiltIn.registry.plugin(named: "png"))
        var image = TestImages.picture(width: 20, height: 10)
        image.header.metadata.exif =
            [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0] + entry + [0, 0, 0, 0]
        let file = try TestImages.encoded(image, as: png)
        let plugin = try #require(BuiltIn.registry.plugin(named: format))
        let refusal = refusal(of: file, to: plugin, WriteSettings(effort: 1))
        // Colors that the format cannot keep.
        if case .unstorable = refusal { return }
        #expect(refusal == nil)
    }

    /// Converts and verifies; returns why the output was refused.
    private func refusal(
        of file: [UInt8], to plugin: any FormatPlugin, _ settings: WriteSettings,
        sink: any ImageSink = MemorySink()
    ) -> ImageError? {
        let converter = Converter(
            registry: BuiltIn.registry, context: CodecContext(), isVerifying: true)
        do throws(ImageError) {
            _ = try converter.convert(
                MemorySource(file), to: plugin, settings: settings,
                makeSink: { () throws(ImageError) in sink })
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ["none", "packbits", "lzw", "deflate", "zstd", "lerc", "webp", "jpeg"])
    func `every compression of TIFF passes`(name: String) throws {
        try folder.write("a.png", try BuiltIn.file("png"))
        let run = try ConvertTool.run(
            ["a.png", "b.tiff", "--verify", "--option", "tiff.compression=\(name)"], in: folder)
        if run.status == 2, run.errors.contains("is none of") {
            try Test.cancel("this libtiff has no \(name)")
        }
        #expect(run.status == 0, "\(run.errors)")
    }

    @Test func `another picture in a lossy output is found`() throws {
        let picture = TestImages.picture(width: 200, height: 150)
        var other = picture
        other.bytes = picture.bytes.map { 255 - $0 }
        let plugin = try #require(BuiltIn.registry.plugin(named: "webp"))
        let wrong = try TestImages.encoded(other, as: plugin)
        let file = try TestImages.encoded(
            picture, as: try #require(BuiltIn.registry.plugin(named: "png")))
        let text = refusal(of: file, to: plugin, WriteSettings(), sink: SwappedSink(wrong))
            .map(\.description)
        #expect(text?.contains("are not those of the picture") == true, "\(text ?? "")")
    }

    @Test func `memory does not grow with the picture where both formats stream`() throws {
        func peak(height: Int) throws -> Int {
            let picture = TestImages.picture(width: 500, height: 50)
            let rows = [[UInt8]](repeating: picture.bytes, count: height / 50).joined()
            let image = Image(
                header: ImageHeader(
                    size: ImageSize(width: 500, height: height), layout: picture.header.layout),
                bytes: Array(rows))
            try folder.write(
                "in/a.tiff",
                try TestImages.encoded(
                    image, as: try #require(BuiltIn.registry.plugin(named: "tiff"))))
            let run = try ConvertTool.run(
                ["in", "out", "--to", "png", "--verify", "--overwrite", "--json"], in: folder)
            #expect(run.status == 0, "\(run.errors)")
            let words = String(decoding: run.output, as: UTF8.self).split {
                !$0.isLetter && $0 != "_" && !$0.isNumber
            }
            let label = try #require(words.firstIndex(of: "peak_memory_bytes"))
            return try #require(Int(words[label + 1]))
        }
        #expect(try peak(height: 20_000) < peak(height: 1000) + 8 << 20)
    }
}

/// A sink that ends up with other bytes than were written.
private final class SwappedSink: ImageSink {
    private let bytes: [UInt8]
    private var hasBytes = false

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var byteCount: Int { hasBytes ? bytes.count : 0 }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) { hasBytes = true }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        unsafe MemorySource(bytes).read(at: offset, into: buffer)
    }

    func commit() { Issue.record("a wrong output was committed") }

    func discard() {}
}
