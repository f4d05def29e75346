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
        .noise(
            layout, count: count, size: size,
            background: RGBAColor(red: 1, green: 2, blue: 3, alpha: 4), metadata: metadata)
    }

    /// Writes an animation.
    static func encode(
        _ frames: [Image], settings: WriteSettings = WriteSettings(isLossless: true),
        context: CodecContext = CodecContext()
    ) throws -> [UInt8] {
        try frames.encoded(by: WebPPlugin(), settings: settings, context: context)
    }

    static func open(
        _ bytes: [UInt8], _ context: CodecContext = CodecContext()
    ) throws -> any MultiImageReader {
        try WebPPlugin().openPages(bytes, context: context)
    }

    /// All frames of a file.
    static func decode(
        _ bytes: [UInt8], _ context: CodecContext = CodecContext()
    ) throws -> [Image] {
        try [Image](decoding: bytes, as: WebPPlugin(), context: context)
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
