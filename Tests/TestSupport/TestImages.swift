public import FormatKit

/// Makes pictures for tests.
public enum TestImages {
    /// A picture with smooth parts, edges and noise, the same for a seed.
    public static func picture(
        width: Int, height: Int, layout: PixelLayout = PixelLayout(.rgb, .uint8), seed: UInt64 = 1
    ) -> Image {
        var random = SplitMix64(seed: seed)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(width * height * layout.bytesPerPixel)
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<layout.channelCount {
                    let edge = (x / 8 + y / 8) % 2 == 0 ? 60 : 0
                    let value = (x * 3 + y * 2 + channel * 40) % 180 + edge + Int(random.next() % 8)
                    // In 16 bits both bytes differ, so that byte order matters.
                    bytes.append(UInt8(value))
                    if layout.sample == .uint16 { bytes.append(UInt8((value * 7) % 256)) }
                }
            }
        }
        return Image(
            header: ImageHeader(size: ImageSize(width: width, height: height), layout: layout),
            bytes: bytes)
    }

    /// The bytes of a file that holds `image` in a plugin's format.
    public static func encoded(
        _ image: Image, as plugin: any FormatPlugin, settings: WriteSettings = WriteSettings()
    ) throws -> [UInt8] {
        let sink = MemorySink()
        let plan = try ConversionPlan(
            converting: image.header, to: plugin, settings: settings)
        let writer = try plugin.makeWriter(
            sink: sink, header: plan.target, settings: settings, context: CodecContext())
        guard let converted = image.converted(to: plan.target.layout) else {
            preconditionFailure("a plan has only layouts that convert")
        }
        try converted.write(to: writer)
        return sink.bytes
    }
}
