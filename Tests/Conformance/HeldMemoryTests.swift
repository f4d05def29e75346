import FormatKit
import TestSupport
import Testing

/// What readers and writers say they hold decides how many jobs run at a time.
@Suite struct HeldMemoryTests {
    private static let size = ImageSize(width: 300, height: 200)
    private static let pictureByteCount = size.pixelCount * 3

    /// Plans a conversion and stops before it writes.
    private func held(
        _ file: [UInt8], to format: String = "png", _ settings: WriteSettings = WriteSettings(),
        orientation: ConversionPreferences.OrientationHandling = .keep
    ) throws -> Converter.HeldMemory {
        let plugin = try #require(BuiltIn.registry.plugin(named: format))
        let converter = Converter(
            registry: BuiltIn.registry, context: CodecContext(),
            preferences: ConversionPreferences(orientation: orientation))
        return try converter.prepare(MemorySource(file), to: plugin, settings: settings).report.held
    }

    private func file(_ format: String, _ options: [String: String] = [:]) throws -> [UInt8] {
        let plugin = try #require(BuiltIn.registry.plugin(named: format))
        let picture = TestImages.picture(width: Self.size.width, height: Self.size.height)
        return try TestImages.encoded(
            picture, as: plugin, settings: try settings(plugin, options))
    }

    private func settings(
        _ plugin: any FormatPlugin, _ options: [String: String]
    ) throws -> WriteSettings {
        WriteSettings(
            options: try OptionValues(parsing: options, for: plugin.descriptor))
    }

    @Test func `an interlaced PNG is held, another one is not`() throws {
        #expect(try held(file("png")).reader == 0)
        let interlaced = try file("png", ["interlaced": "true"])
        #expect(try held(interlaced).reader == Self.pictureByteCount)
        let plugin = try #require(BuiltIn.registry.plugin(named: "png"))
        #expect(try held(interlaced).writer == 0)
        let settings = try settings(plugin, ["interlaced": "true"])
        #expect(try held(file("tiff"), to: "png", settings).writer == Self.pictureByteCount)
    }

    @Test func `coefficients of a JPEG are held if they come in several scans`() throws {
        #expect(try held(file("jpeg")).reader == 0)
        let progressive = try file("jpeg", ["progressive": "true"])
        #expect(try #require(held(progressive).reader) >= Self.size.pixelCount)
        let plugin = try #require(BuiltIn.registry.plugin(named: "jpeg"))
        let settings = try settings(plugin, ["progressive": "true"])
        #expect(
            try #require(held(file("png"), to: "jpeg", settings).writer) >= Self.pictureByteCount)
        #expect(try held(file("png"), to: "jpeg").writer == 0)
    }

    @Test func `a row of tiles of a TIFF is held`() throws {
        let tiled = try held(file("tiff", ["tile": "256"])).reader
        #expect(try #require(tiled) >= 512 * 256 * 3)
    }

    @Test func `WebP says what its library takes, more without loss`() throws {
        let lossy = try #require(held(file("png"), to: "webp").writer)
        #expect(lossy >= 4 * Self.pictureByteCount)
        let lossless = try held(file("png"), to: "webp", WriteSettings(isLossless: true)).writer
        #expect(try #require(lossless) >= 2 * lossy)
        let written = try file("webp")
        #expect(try held(written).reader == Self.size.pixelCount * 8 + written.count)
        #expect(try held(written).writer == 0)
    }
}
