import FormatKit
import TestSupport
import Testing

@testable import WebPFormat

/// Animations for tests.
enum WebPFrames {
    static let rgb = PixelLayout(.rgb, .uint8)
    static let rgba = PixelLayout(.rgb, .uint8, alpha: .straight)

    /// Frames of noise with durations of 10, 20, 30 ms and so on.
    static func noise(
        _ layout: PixelLayout, count: Int = 3, size: (Int, Int) = (21, 13),
        metadata: ImageMetadata = ImageMetadata()
    ) -> [Image] {
        (0..<count).map { index in
            var image = Image.noise(
                size.0, size.1, layout, seed: UInt64(index + 1), metadata: metadata)
            image.header.frameCount = count
            image.header.animation = AnimationTiming(
                duration: FrameDuration(milliseconds: 10 * (index + 1)), loopCount: 4,
                background: RGBAColor(red: 1, green: 2, blue: 3, alpha: 4))
            return image
        }
    }

    /// Writes an animation.
    static func encode(
        _ frames: [Image], settings: WriteSettings = WriteSettings(isLossless: true),
        context: CodecContext = CodecContext()
    ) throws -> [UInt8] {
        let sink = MemorySink()
        let writer = try WebPPlugin().makeWriter(
            sink: sink, header: frames[0].header, settings: settings, context: context)
        let pages = try #require(writer as? any MultiImageWriter)
        for (index, frame) in frames.enumerated() {
            if index > 0 { try pages.beginPage(frame.header) }
            try pages.writeRows(
                PixelBand(
                    width: frame.header.size.width, layout: frame.header.layout,
                    bytes: frame.bytes))
        }
        try pages.finish()
        return sink.bytes
    }

    static func open(
        _ bytes: [UInt8], _ context: CodecContext = CodecContext()
    ) throws -> any MultiImageReader {
        let reader = try WebPPlugin().makeReader(source: MemorySource(bytes), context: context)
        return try #require(reader as? any MultiImageReader)
    }

    /// All frames of a file.
    static func decode(
        _ bytes: [UInt8], _ context: CodecContext = CodecContext()
    ) throws -> [Image] {
        let reader = try open(bytes, context)
        return try (0..<reader.header.frameCount).map { index in
            try reader.selectPage(index)
            return try Image(reading: reader, limits: context.limits)
        }
    }

    /// A picture of one color, but for a rectangle of another.
    static func plain(
        _ layout: PixelLayout, _ color: [UInt8], size: (Int, Int) = (16, 12),
        rectangle: (x: Range<Int>, y: Range<Int>)? = nil, _ other: [UInt8] = []
    ) -> Image {
        var bytes: [UInt8] = []
        for y in 0..<size.1 {
            for x in 0..<size.0 {
                let isInside = rectangle.map { $0.x.contains(x) && $0.y.contains(y) } ?? false
                bytes += (isInside ? other : color).prefix(layout.channelCount)
            }
        }
        let size = ImageSize(width: size.0, height: size.1)
        return Image(header: ImageHeader(size: size, layout: layout), bytes: bytes)
    }

    /// Gives pictures the form of an animation, each frame with its own duration.
    static func animated(_ images: [Image]) -> [Image] {
        images.enumerated().map { index, image in
            var image = image
            image.header.frameCount = images.count
            image.header.animation = AnimationTiming(
                duration: FrameDuration(milliseconds: 7 * index), loopCount: 0,
                background: RGBAColor(argb: 0))
            return image
        }
    }
}

extension Image {
    /// The picture that a frame shows.
    var alone: Image {
        var image = self
        (image.header.frameCount, image.header.animation) = (1, nil)
        return image
    }
}
