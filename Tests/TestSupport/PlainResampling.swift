public import FormatKit
internal import Foundation

/// Resampling as textbooks have it: every sample of the picture, times its weight, in `Double`.
///
/// Written from the definitions of the filters, not from the converter.
public enum PlainResampling {
    /// The filter's curve.
    private static func curve(_ filter: ResamplingFilter, _ x: Double) -> Double {
        let x = abs(x)
        func cubic(_ b: Double, _ c: Double) -> Double {
            let (square, cube) = (x * x, x * x * x)
            if x < 1 {
                let sum = (12 - 9 * b - 6 * c) * cube + (-18 + 12 * b + 6 * c) * square
                return (sum + 6 - 2 * b) / 6
            }
            if x >= 2 { return 0 }
            let sum = (-b - 6 * c) * cube + (6 * b + 30 * c) * square
            return (sum + (-12 * b - 48 * c) * x + 8 * b + 24 * c) / 6
        }
        switch filter {
        case .lanczos3:
            if x >= 3 { return 0 }
            return x == 0 ? 1 : 3 * sin(.pi * x) * sin(.pi * x / 3) / (.pi * .pi * x * x)
        case .mitchell: return cubic(1 / 3.0, 1 / 3.0)
        case .bicubic: return cubic(0, 0.5)
        case .bilinear: return max(0, 1 - x)
        case .box, .nearest: return 0
        }
    }

    /// The weights of all `count` samples in one of `newCount`.
    private static func weights(
        _ filter: ResamplingFilter, _ count: Int, of index: Int, among newCount: Int
    ) -> [Double] {
        // What does not change is not filtered.
        if count == newCount { return (0..<count).map { $0 == index ? 1 : 0 } }
        let step = Double(count) / Double(newCount)
        let start = Double(index) * step
        let end = start + step
        var weights = (0..<count).map { sample in
            let place = Double(sample)
            switch filter {
            case .box: return max(0, min(end, place + 1) - max(start, place))
            case .nearest:
                return sample == (2 * index + 1) * count / (2 * newCount) ? 1.0 : 0
            default:
                return curve(filter, (place + 0.5 - (start + end) / 2) / max(1, step))
            }
        }
        let sum = weights.reduce(0, +)
        for sample in weights.indices { weights[sample] /= sum }
        return weights
    }

    /// The samples of a picture at another size, in its own range, not rounded; color multiplied by
    /// straight alpha meanwhile, and nothing where a pixel is transparent.
    public static func resized(
        _ image: Image, to size: ImageSize, _ filter: ResamplingFilter
    ) -> [Double] {
        resized(image, to: size, across: filter, down: filter)
    }

    /// The same with a filter for each direction.
    public static func resized(
        _ image: Image, to size: ImageSize, across: ResamplingFilter, down: ResamplingFilter
    ) -> [Double] {
        let (old, layout) = (image.header.size, image.header.layout)
        let channels = layout.channelCount
        let largest = layout.sample == .float32 ? 1.0 : Double(1 << layout.sample.bitCount - 1)
        var samples = image.samples
        let isStraight = layout.alpha == .straight
        if isStraight, across != .nearest {
            for index in samples.indices where index % channels < channels - 1 {
                samples[index] *= samples[index / channels * channels + channels - 1] / largest
            }
        }
        let columns = (0..<size.width).map { weights(across, old.width, of: $0, among: size.width) }
        let rows = (0..<size.height).map { weights(down, old.height, of: $0, among: size.height) }
        var narrow = [Double](repeating: 0, count: old.height * size.width * channels)
        for y in 0..<old.height {
            for x in 0..<size.width {
                for (sample, weight) in columns[x].enumerated() where weight != 0 {
                    for c in 0..<channels {
                        narrow[(y * size.width + x) * channels + c] +=
                            weight * samples[(y * old.width + sample) * channels + c]
                    }
                }
            }
        }
        var result = [Double](repeating: 0, count: size.height * size.width * channels)
        for y in 0..<size.height {
            for (sample, weight) in rows[y].enumerated() where weight != 0 {
                for index in 0..<size.width * channels {
                    result[y * size.width * channels + index] +=
                        weight * narrow[sample * size.width * channels + index]
                }
            }
        }
        if isStraight, across != .nearest {
            for index in result.indices where index % channels < channels - 1 {
                let alpha = result[index / channels * channels + channels - 1] / largest
                let isVisible = layout.sample == .float32 ? alpha > 0 : alpha * largest >= 0.5
                result[index] = isVisible ? result[index] / alpha : 0
            }
        }
        return result
    }
}

extension Image {
    /// The samples as numbers: integers as they are.
    public var samples: [Double] {
        unsafe bytes.withUnsafeBytes { bytes in
            switch header.layout.sample {
            case .uint8: unsafe bytes.map { Double($0) }
            case .uint16: unsafe bytes.bindMemory(to: UInt16.self).map { Double($0) }
            case .float32: unsafe bytes.bindMemory(to: Float.self).map { Double($0) }
            }
        }
    }

    /// A picture of samples that are given as numbers from 0 to 1.
    public init(
        _ size: ImageSize, _ layout: PixelLayout,
        value: (_ x: Int, _ y: Int, _ channel: Int) -> Double
    ) {
        var bytes: [UInt8] = []
        for y in 0..<size.height {
            for x in 0..<size.width {
                for channel in 0..<layout.channelCount {
                    let value = value(x, y, channel)
                    switch layout.sample {
                    case .uint8: bytes.append(UInt8((value * 255).rounded()))
                    case .uint16:
                        unsafe withUnsafeBytes(of: UInt16((value * 65_535).rounded())) {
                            bytes += unsafe Array($0)
                        }
                    case .float32:
                        unsafe withUnsafeBytes(of: Float(value)) { bytes += unsafe Array($0) }
                    }
                }
            }
        }
        self.init(header: ImageHeader(size: size, layout: layout), bytes: bytes)
    }
}
