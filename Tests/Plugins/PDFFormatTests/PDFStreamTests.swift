import FormatKit
import TestSupport
import Testing

@testable import PDFFormat

/// Files that are pictures of documents as they are.
@Suite struct PDFStreamTests {
    private let plugin = PDFPlugin()

    /// A file with the segments that matter, and no picture.
    private static func jpeg(
        channels: [UInt8], isAdobe: Bool = false, isJFIF: Bool = false
    ) -> [UInt8] {
        func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
            [0xFF, marker, 0, UInt8(content.count + 2)] + content
        }
        var file: [UInt8] = [0xFF, 0xD8]
        if isJFIF { file += segment(0xE0, Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0]) }
        if isAdobe { file += segment(0xEE, Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 0]) }
        file += segment(0xC4, [1, 2, 3])
        file += segment(
            0xC0,
            [8, 0, 2, 0, 3, UInt8(channels.count)] + channels.flatMap { [$0, 0x11, 0] })
        return file + [0xFF, 0xDA, 0, 2, 7, 7, 7, 0xFF, 0xD9]
    }

    private func embed(
        _ stream: [UInt8], _ model: ColorModel, metadata: ImageMetadata = ImageMetadata(),
        context: CodecContext = CodecContext()
    ) throws -> PDFFile {
        let sink = MemorySink()
        let header = ImageHeader(
            size: ImageSize(width: 3, height: 2), layout: PixelLayout(model, .uint8),
            metadata: metadata)
        try plugin.embed(stream, of: header, to: sink, WriteSettings(), context: context)
        return try PDFFile(sink.bytes)
    }

    @Test func `a JPEG file is a picture as it is`() throws {
        let stream = Self.jpeg(channels: [1, 2, 3], isJFIF: true)
        let icc = SampleProfile.icc("RGB ")
        let file = try embed(stream, .rgb, metadata: ImageMetadata(icc: icc, orientation: .right))
        let picture = try #require(try file.pictures.first)
        #expect(try file.stream(picture) == stream)
        let text = file.text(picture)
        #expect(text.contains("/Width 3 /Height 2 /ColorSpace [/ICCBased "))
        #expect(text.contains("/BitsPerComponent 8 /Filter /DCTDecode /Length \(stream.count)"))
        #expect(file.value(of: "MediaBox", in: file.pages[0]) == "[0 0 2 3]")
    }

    @Test(arguments: [
        (true, false, true), (true, true, true), (false, false, true), (false, true, false),
    ])
    func `inks are inverted as those are that are read`(
        isAdobe: Bool, takesPlain: Bool, isInverted: Bool
    ) throws {
        var context = CodecContext()
        context.takesPlainCMYK = takesPlain
        let stream = Self.jpeg(channels: [1, 2, 3, 4], isAdobe: isAdobe)
        let file = try embed(stream, .cmyk, context: context)
        let text = file.text(try #require(try file.pictures.first))
        #expect(text.contains("/Decode [1 0 1 0 1 0 1 0]") == isInverted)
        #expect(text.contains("/ColorSpace /DeviceCMYK"))
    }

    @Test(arguments: [(false, false, true), (true, false, false), (false, true, false)])
    func `channels that are called red, green and blue are so`(
        isAdobe: Bool, isJFIF: Bool, isRGB: Bool
    ) throws {
        let names = Array("RGB".utf8)
        let file = try embed(
            Self.jpeg(channels: names, isAdobe: isAdobe, isJFIF: isJFIF), .rgb)
        let text = file.text(try #require(try file.pictures.first))
        #expect(text.contains("/DecodeParms << /ColorTransform 0 >>") == isRGB)
    }

    @Test func `a JPEG 2000 file says itself what it is`() throws {
        let stream: [UInt8] =
            [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A] + [1, 2, 3]
        let plain = try embed(stream, .rgb)
        let picture = try #require(try plain.pictures.first)
        #expect(try plain.stream(picture) == stream)
        #expect(plain.text(picture).contains("/Height 2 /Filter /JPXDecode /Length"))
        let icc = ImageMetadata(icc: SampleProfile.icc("RGB "))
        let profiled = try embed(stream, .rgb, metadata: icc)
        let text = profiled.text(try #require(try profiled.pictures.first))
        #expect(text.contains("/ColorSpace [/ICCBased "))
    }

    @Test func `what is not as expected is refused before anything is written`() throws {
        let whole = Self.jpeg(channels: [1, 2, 3])
        for stream in [[], [1, 2, 3], Array(whole.dropLast(8)), Self.jpeg(channels: [1])] {
            let sink = MemorySink()
            let header = ImageHeader(
                size: ImageSize(width: 3, height: 2), layout: PixelLayout(.rgb, .uint8))
            #expect(
                throws: ImageError.streamRefused(.pdf, "the head of the file is not as expected")
            ) {
                try plugin.embed(
                    stream, of: header, to: sink, WriteSettings(), context: CodecContext())
            }
            #expect(sink.bytes.isEmpty)
        }
    }

    @Test func `streams are pages beside others`() throws {
        let stream = Self.jpeg(channels: [1, 2, 3])
        var image = Image.noise(3, 2, PixelLayout(.rgb, .uint8))
        image.header.frameCount = 3
        let sink = MemorySink()
        let writer = try #require(
            try plugin.makeWriter(
                sink: sink, header: image.header, settings: WriteSettings(),
                context: CodecContext()) as? any StreamWriter)
        try writer.writeStream(stream)
        try writer.beginPage(image.header)
        let error = #expect(throws: ImageError.self) { try writer.writeStream([1, 2]) }
        guard case .streamRefused = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        // Rows can still come.
        try writer.writeRows(
            PixelBand(width: 3, layout: image.header.layout, bytes: image.bytes))
        try writer.beginPage(image.header)
        try writer.writeStream(stream)
        try writer.finish()
        let file = try PDFFile(sink.bytes)
        let pictures = try file.pictures
        #expect(pictures.count == 3)
        #expect(try file.stream(pictures[0]) == stream && file.stream(pictures[2]) == stream)
        #expect(try file.samples(pictures[1]).bytes == image.bytes)
    }

    private func objection(
        _ stream: CodedStream, quality: Double? = nil, as compression: String? = nil
    ) throws -> String? {
        // With JPEG among the words.
        let plugin = PDFPlugin(jpeg: WriteOnlyFormat("jpeg") { _, _ in fatalError("is not asked") })
        let capability = try #require(
            plugin.descriptor.write?.streams.first { $0.format == stream.format })
        #expect(capability.isPageable)
        return plugin.objection(
            to: stream,
            with: try WriteSettings(
                for: plugin, quality: quality,
                options: compression.map { ["compression": $0] } ?? [:]))
    }

    @Test func `what asks for another encoding is in the way`() throws {
        let (jpeg, jp2) = (CodedStream(format: .jpeg), CodedStream(format: .jp2))
        #expect(try objection(jpeg) == nil && objection(jp2) == nil)
        #expect(try objection(jpeg, as: "jpeg") == nil)
        #expect(try objection(jp2, as: "jpeg") == "pdf.compression is set")
        #expect(try objection(jpeg, as: "flate") == "pdf.compression is set")
        #expect(try objection(jpeg, quality: 50) == "a quality is asked for")
        #expect(try objection(CodedStream(format: .jpeg, traits: ["CMYK"])) == nil)
        #expect(
            try objection(CodedStream(format: .jpeg, traits: ["arithmetic coding"]))
                == "PDF cannot say what the file has: arithmetic coding")
    }
}
