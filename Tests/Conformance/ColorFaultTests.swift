import BuiltInFormats
import FormatKit
import Foundation
import TestSupport
import Testing

/// Colors are what the account that counts says of them, in every format.
@Suite struct ColorFaultTests {
    private func converted(
        _ bytes: [UInt8], to format: String, isStrict: Bool = false, toSRGB: Bool = false
    ) throws -> (bytes: [UInt8], header: ImageHeader, losses: [Loss]) {
        let sink = MemorySink()
        let losses = try Converter(
            registry: BuiltIn.registry, context: CodecContext(), isStrict: isStrict,
            preferences: ConversionPreferences(isConvertedToSRGB: toSRGB),
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

    @Test(arguments: ["jpeg", "webp", "tiff", "gif"], [UInt8(16), 18])
    func `a high dynamic range is never called sRGB, and what a profile cannot say is a loss`(
        format: String, transfer: UInt8
    ) throws {
        guard BuiltIn.registry.plugin(named: format)?.descriptor.read != nil else { return }
        let points = ColorCodePoints(primaries: 9, transfer: transfer)
        // What others take who do not know the code points.
        var metadata = ImageMetadata(
            icc: BuiltInFormats.colorEngine.profile(for: .codePoints(.sRGB), model: .rgb))
        metadata.codePoints = points
        let layout = PixelLayout(.rgb, .uint8)
        var image = Image.noise(8, 8, layout, metadata: metadata)
        image.bytes = image.bytes.map { $0 & 0xC0 }
        let file = try TestImages.encoded(
            image, as: try #require(BuiltIn.registry.plugin(named: "png")))
        let (bytes, header, losses) = try converted(file, to: format)
        #expect(losses.map(\.name) == ["cicp"])
        #expect(losses.first?.description.contains(transfer == 16 ? "(PQ)" : "(HLG)") == true)
        #expect(throws: ImageError.lossRefused(losses)) {
            try converted(file, to: format, isStrict: true)
        }
        let icc = try #require(header.metadata.icc)
        #expect(icc != metadata.icc)
        // A middle gray has the light that the transfer function says.
        let middle = try light(of: 0x80, icc)
        #expect(abs(middle - (transfer == 16 ? 0.0094 : 0.0845)) < 0.002, "\(middle)")
        // Nothing more is lost on the way to a format that can say it, and then it is said; but a
        // JPEG file in JPEG XL stays what it is.
        for back in ["png", "avif"] + (format == "jpeg" ? [] : ["jxl"])
        where BuiltIn.registry.plugin(named: back)?.descriptor.read != nil {
            let (_, again, more) = try converted(bytes, to: back)
            #expect(again.metadata.codePoints == points, "\(back)")
            #expect(more.allSatisfy { $0.name != "cicp" && $0.name != "icc" }, "\(more)")
        }
        let (_, same, none) = try converted(bytes, to: format)
        #expect(same.metadata.icc == icc && !none.contains { $0.name == "icc" }, "\(none)")
    }

    /// The light that a profile gives a gray, relative to white.
    private func light(of sample: UInt8, _ icc: [UInt8]) throws -> Double {
        let layout = PixelLayout(.rgb, .float32)
        let transform = try BuiltInFormats.colorEngine.makeTransform(
            from: .profile(icc), layout: layout)
        let samples = [Float](repeating: Float(sample) / 255, count: 3)
        let band = PixelBand(
            width: 1, layout: layout, bytes: unsafe samples.withUnsafeBytes { unsafe Array($0) })
        let value = unsafe transform.convert(band).bytes.withUnsafeBytes {
            unsafe Double($0.loadUnaligned(as: Float.self))
        }
        return Self.light(value)
    }

    /// The curve of sRGB, and its inverse.
    private static func light(_ value: Double) -> Double {
        value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }

    private static func sample(_ light: Double) -> Double {
        light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055
    }

    @Test(arguments: [("png", ColorModel.gray), ("tiff", .gray), ("tiff", .rgb)])
    func `gray is converted by its profile, stays gray, and loses nothing`(
        format: String, model: ColorModel
    ) throws {
        let profile = BuiltInFormats.colorEngine.profile(
            for: .calibration(gamma: 1 / 1.8, chromaticities: nil), model: model)
        let image = Image(
            header: ImageHeader(
                size: ImageSize(width: 256, height: 1), layout: PixelLayout(.gray, .uint8),
                metadata: ImageMetadata(icc: profile)), bytes: (UInt8.min...UInt8.max).map { $0 })
        let file = try image.encoded(
            by: try #require(BuiltIn.registry.plugin(named: format)))
        let (bytes, header, losses) = try converted(
            file, to: "png", isStrict: true, toSRGB: true)
        #expect(losses.isEmpty && header.metadata.icc == nil && header.layout.model == .gray)
        let found = try Image(
            decoding: bytes, as: try #require(BuiltIn.registry.plugin(named: "png"))
        ).bytes
        for (value, sample) in found.enumerated() {
            let expected = 255 * Self.sample(pow(Double(value) / 255, 1.8))
            #expect(abs(Double(sample) - expected) <= 2, "\(value)")
        }
    }
}
