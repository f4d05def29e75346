/// What the channels of a pixel mean, in the order in which they are stored.
public enum ColorModel: String, Sendable, Hashable, CaseIterable {
    /// One channel of luminance.
    case gray
    /// Red, green, blue.
    case rgb
    /// Cyan, magenta, yellow, black; 0 is no ink.
    case cmyk

    /// The number of color channels, alpha not counted.
    public var channelCount: Int {
        switch self {
        case .gray: 1
        case .rgb: 3
        case .cmyk: 4
        }
    }
}

/// How one sample is stored.
public enum SampleType: String, Sendable, Hashable, CaseIterable {
    /// An unsigned integer; the largest value is white or opaque.
    case uint8
    /// An unsigned integer in host byte order; the largest value is white or opaque.
    case uint16
    /// IEEE binary32 in host byte order; nominally 0…1.
    case float32

    /// The size of a sample, in bytes.
    public var byteCount: Int {
        switch self {
        case .uint8: 1
        case .uint16: 2
        case .float32: 4
        }
    }

    /// The size of a sample, in bits.
    public var bitCount: Int { byteCount * 8 }
}

/// Whether a pixel has an alpha channel, and how its color relates to it.
public enum AlphaMode: String, Sendable, Hashable, CaseIterable {
    /// There is no alpha channel: every pixel is opaque.
    case opaque
    /// Alpha comes last; color is independent of it.
    case straight
    /// Alpha comes last; color has been multiplied by it.
    case premultiplied
}

/// How pixels lie in memory: rows from the top, pixels from the left, channels interleaved.
public struct PixelLayout: Sendable, Hashable, CustomStringConvertible {
    /// What the color channels mean.
    public var model: ColorModel
    /// How each sample is stored.
    public var sample: SampleType
    /// Whether and how alpha follows the color channels.
    public var alpha: AlphaMode

    /// Creates a layout.
    public init(_ model: ColorModel, _ sample: SampleType, alpha: AlphaMode = .opaque) {
        self.model = model
        self.sample = sample
        self.alpha = alpha
    }

    /// Whether the last channel is alpha.
    public var hasAlpha: Bool { alpha != .opaque }

    /// The number of channels, alpha included.
    public var channelCount: Int { model.channelCount + (hasAlpha ? 1 : 0) }

    /// The size of a pixel, in bytes.
    public var bytesPerPixel: Int { channelCount * sample.byteCount }

    /// The size of a row of `width` pixels, in bytes; rows are not padded.
    public func bytesPerRow(width: Int) -> Int { width * bytesPerPixel }

    /// For example `rgb uint8` or `gray uint16 with straight alpha`.
    public var description: String {
        "\(model.rawValue) \(sample.rawValue)" + (hasAlpha ? " with \(alpha.rawValue) alpha" : "")
    }
}

extension PixelLayout {
    /// The names of the channels, in order.
    package var channelNames: [String] {
        let colors =
            switch model {
            case .gray: ["gray"]
            case .rgb: ["red", "green", "blue"]
            case .cmyk: ["cyan", "magenta", "yellow", "black"]
            }
        return colors + (hasAlpha ? ["alpha"] : [])
    }
}
