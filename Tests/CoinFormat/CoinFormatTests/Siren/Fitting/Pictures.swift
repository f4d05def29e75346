import FormatKit
import TestSupport

@testable import CoinFormat

extension Image {
    /// A smooth picture: waves, a little different in every channel; alpha falls to the right.
    static func smooth(
        _ width: Int, _ height: Int, _ layout: PixelLayout = PixelLayout(.rgb, .uint8),
        metadata: ImageMetadata = ImageMetadata()
    ) -> Image {
        var bytes: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<layout.channelCount {
                    let (u, v) = (Double(x) / Double(width), Double(y) / Double(height))
                    let isAlpha = layout.hasAlpha && channel == layout.channelCount - 1
                    // DoubleNetwork's sine, so that no library decides what the pixels are.
                    let wave = DoubleNetwork.activation(u + 0.7 * v + 0.2 * Double(channel))
                    bytes.append(sample: isAlpha ? 1 - u : 0.5 + 0.4 * wave, layout.sample)
                }
            }
        }
        let header = ImageHeader(
            size: ImageSize(width: width, height: height), layout: layout, metadata: metadata)
        return Image(header: header, bytes: bytes)
    }

    /// A picture of one color, given a value for each channel.
    static func flat(
        _ width: Int, _ height: Int, _ layout: PixelLayout, _ color: [Double]
    ) -> Image {
        var pixel: [UInt8] = []
        for value in color { pixel.append(sample: value, layout.sample) }
        let header = ImageHeader(
            size: ImageSize(width: width, height: height), layout: layout)
        return Image(
            header: header, bytes: (0..<width * height).flatMap { _ in pixel })
    }

    /// The picture of this one's mean color.
    var flattened: Image {
        let count = header.layout.channelCount
        let samples = samples
        let means = (0..<count).map { channel in
            stride(from: channel, to: samples.count, by: count).reduce(0) { $0 + samples[$1] }
                / Double(samples.count / count)
        }
        return .flat(header.size.width, header.size.height, header.layout, means)
    }

    /// The file that the plugin makes with the texts of some options; of networks of sines, unless
    /// they name another architecture.
    func coin(
        _ options: [String: String], effort: Int? = nil, context: CodecContext = CodecContext()
    ) throws -> [UInt8] {
        let all = ["architecture": "siren"].merging(options) { $1 }
        return try encoded(
            by: CoinPlugin(),
            settings: WriteSettings(for: CoinPlugin(), effort: effort, options: all),
            context: context)
    }
}

extension [UInt8] {
    /// Appends a value of 0…1 as a sample in host byte order.
    fileprivate mutating func append(sample value: Double, _ type: SampleType) {
        if type == .uint8 {
            append(UInt8((value * 255).rounded()))
        } else {
            let sample = UInt16((value * 65_535).rounded())
            #if _endian(little)
                append(littleEndian: sample)
            #else
                append(littleEndian: sample.byteSwapped)
            #endif
        }
    }
}
