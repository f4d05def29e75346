import BuiltInFormats
import FormatKit
import TestSupport
import Testing

/// Colors are what the account that counts says of them, in every format.
@Suite struct ColorFaultTests {
    private func converted(
        _ bytes: [UInt8], to format: String
    ) throws -> (bytes: [UInt8], header: ImageHeader, losses: [Loss]) {
        let sink = MemorySink()
        let losses = try Converter(
            registry: BuiltIn.registry, context: CodecContext(),
            colorEngine: BuiltInFormats.colorEngine
        ).convert(
            MemorySource(bytes), to: try #require(BuiltIn.registry.plugin(named: format)),
            settings: WriteSettings()
        ) { sink }.losses
        let header = try BuiltIn.registry.makeReader(
            source: MemorySource(sink.bytes), context: CodecContext()
        ).reader.header
        return (sink.bytes, header, losses)
    }

    @Test(arguments: ["jpeg", "webp", "tiff"])
    func `where there are only profiles, one says what the code points do`(
        format: String
    ) throws {
        let file = try FaultyFiles.bytes("png-cicp-and-icc/both.png")
        let points = try #require(
            BuiltIn.registry.makeReader(source: MemorySource(file), context: CodecContext())
                .reader.header.metadata.codePoints)
        let (_, header, losses) = try converted(file, to: format)
        #expect(losses.isEmpty, "\(losses)")
        let icc = try #require(header.metadata.icc)
        #expect(BuiltInFormats.colorEngine.codePoints(for: icc, model: .rgb) == points)
    }

    @Test(arguments: ["both", "hdr"])
    func `AVIF and JPEG XL have the code points alone`(name: String) throws {
        let file = try FaultyFiles.bytes("png-cicp-and-icc/\(name).png")
        let points = try BuiltIn.registry.makeReader(
            source: MemorySource(file), context: CodecContext()
        ).reader.header.metadata.codePoints
        for format in ["avif", "jxl"] {
            let (_, header, _) = try converted(file, to: format)
            #expect(header.metadata.icc == nil && header.metadata.codePoints == points)
        }
    }

    @Test func `a profile that is known is not beside code points in AVIF`() throws {
        let profile = BuiltInFormats.colorEngine.profile(
            for: .codePoints(.displayP3), model: .rgb)
        let image = Image.noise(
            8, 8, PixelLayout(.rgb, .uint8), metadata: ImageMetadata(icc: profile))
        let file = try TestImages.encoded(
            image, as: try #require(BuiltIn.registry.plugin(named: "png")))
        let (_, header, losses) = try converted(file, to: "avif")
        #expect(header.metadata.icc == profile && header.metadata.codePoints == nil)
        #expect(losses.isEmpty)
    }

    @Test func `linear light says so to old readers of PNG, too`() throws {
        let file = try FaultyFiles.bytes("linear-png-fallback/linear.avif")
        let (bytes, header, losses) = try converted(file, to: "png")
        let png = PNGFile(bytes)
        #expect(png["cICP"] != nil && png["gAMA"] == [0, 1, 0x86, 0xA0] && png["cHRM"] != nil)
        #expect(header.metadata.gamma == 1 && losses.isEmpty)
    }

    @Test(arguments: [1, 0.5, 0.25], ["webp", "jpeg", "avif", "tiff"])
    func `gray with a gamma keeps it as RGB`(gamma: Double, format: String) throws {
        var metadata = ImageMetadata()
        metadata.gamma = gamma
        let image = Image.noise(8, 8, PixelLayout(.gray, .uint8), metadata: metadata)
        let file = try TestImages.encoded(
            image, as: try #require(BuiltIn.registry.plugin(named: "png")))
        let (_, header, losses) = try converted(file, to: format)
        #expect(losses.isEmpty, "\(losses)")
        #expect(header.metadata.colorAccount != nil)
    }
}
