import FormatKit
import TestSupport
import Testing

/// What becomes of metadata on the way through several formats.
@Suite struct MetadataCarriageTests {
    /// Blocks with a form of their own, and a comment.
    private static let sample: ImageMetadata = {
        let record: [UInt8] = [0x1C, 2, 105, 0, 4] + Array("Head".utf8)
        var metadata = ImageMetadata(
            exif: [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1]
                + [0x01, 0x0F, 0, 2, 0, 0, 0, 4] + Array("Abc\0".utf8) + [0, 0, 0, 0],
            xmp: Array("<x:xmpmeta xmlns:x='adobe:ns:meta/'></x:xmpmeta>".utf8),
            texts: [TextEntry("Comment", "Größe")])
        metadata.iptc = record
        metadata.photoshop =
            Array("8BIM".utf8) + [4, 0x0A, 0, 0, 0, 0, 0, 1, 1, 0]
            + Array("8BIM".utf8) + [4, 4, 0, 0, 0, 0, 0, UInt8(record.count)] + record + [0]
        return metadata
    }()

    private static let formats = BuiltIn.registry.descriptors.filter {
        // A bitmap has no place for these pixels.
        $0.read != nil && $0.id.rawValue != "pbm"
            && !($0.write?.metadata ?? []).isDisjoint(with: sample.kinds)
    }.map(\.id.rawValue)

    private func convert(_ bytes: [UInt8], to format: String) throws -> [UInt8] {
        let sink = MemorySink()
        _ = try Converter(registry: BuiltIn.registry, context: CodecContext()).convert(
            MemorySource(bytes), to: try #require(BuiltIn.registry.plugin(named: format)),
            settings: WriteSettings()
        ) { sink }
        return sink.bytes
    }

    private func metadata(of bytes: [UInt8]) throws -> ImageMetadata {
        try BuiltIn.registry.makeReader(source: MemorySource(bytes), context: CodecContext())
            .reader.header.metadata
    }

    @Test(arguments: formats, formats)
    func `blocks come back to the byte from a format that holds them`(
        first: String, second: String
    ) throws {
        let plugin = try #require(BuiltIn.registry.plugin(named: first))
        let kinds = [first, second].reduce(Self.sample.kinds) {
            $0.intersection(
                BuiltIn.registry.plugin(named: $1)?.descriptor.write?.metadata ?? [])
        }
        let layout =
            plugin.descriptor.write?.layouts.contains(PixelLayout(.rgb, .uint8)) == true
            ? PixelLayout(.rgb, .uint8) : PixelLayout(.gray, .uint8)
        let image = Image.noise(
            32, 24, layout, metadata: Self.sample.keeping(plugin.descriptor.write?.metadata ?? [])
        )
        let bytes = try TestImages.encoded(image, as: plugin)
        let source = try metadata(of: bytes)
        let result = try metadata(of: convert(convert(bytes, to: second), to: first))
        #expect(source.keeping(kinds) == Self.sample.keeping(kinds))
        #expect(result.keeping(kinds) == source.keeping(kinds), "\(first), \(second)")
    }
}
