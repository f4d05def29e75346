internal import CoinKernels

/// A network of sines, with everything that its evaluation needs but the weights.
///
/// | Offset | Size | Field             | Value                                        |
/// | ------ | ---- | ----------------- | -------------------------------------------- |
/// | 0      | 1    | coordinates       | 0 = centered on the tile, isotropic (§7.2)   |
/// | 1      | 1    | output mapping    | 0 = unit interval (§7.5)                     |
/// | 2      | 1    | layers            | number of sine layers L, 1…16                |
/// | 3      | 4    | first scale       | binary32, ω₀/2π of the first layer           |
/// | 7      | 4    | hidden scale      | binary32, ω₀/2π of the other sine layers     |
/// | 11     | L    | widths            | neurons of each sine layer, 1…64             |
///
/// Sitzmann et al. 2020, "Implicit Neural Representations with Periodic Activation Functions":
/// each sine layer computes sin(ω₀ (W x + b)); here the angle is in turns (§7.3).
public struct SirenDescriptor: Sendable, Hashable {
    static let layerCountRange = 1...16
    static let widthRange = 1...64
    static let scaleRange: ClosedRange<Float> = 0x1p-16...0x1p16

    /// The number of neurons of each sine layer.
    public let widths: [Int]
    /// ω₀/2π of the first layer: turns per unit of its affine map.
    public let firstScale: Float
    /// ω₀/2π of the other sine layers.
    public let hiddenScale: Float

    /// ω₀ = 30, as in the papers.
    public static let defaultScale: Float = 30 / (2 * .pi)

    /// Creates a descriptor.
    ///
    /// - Precondition: 1…16 layers of 1…64 neurons; scales within 2^−16…2^16.
    public init(
        widths: [Int], firstScale: Float = defaultScale, hiddenScale: Float = defaultScale
    ) {
        precondition(Self.layerCountRange.contains(widths.count))
        precondition(widths.allSatisfy(Self.widthRange.contains))
        precondition([firstScale, hiddenScale].allSatisfy(Self.scaleRange.contains))
        self.widths = widths
        self.firstScale = firstScale
        self.hiddenScale = hiddenScale
    }

    /// Parses the body of a descriptor.
    init(parsing reader: inout ByteReader) throws(BitstreamError) {
        for field in ["the coordinate convention", "the output mapping"] {
            try reader.readByte(field, in: 0...0)
        }
        let layerCount = Int(try reader.readByte("the number of layers", in: 1...16))
        firstScale = try reader.readScale("the first scale")
        hiddenScale = try reader.readScale("the hidden scale")
        var widths: [Int] = []
        for _ in 0..<layerCount {
            widths.append(Int(try reader.readByte("the width of a layer", in: 1...64)))
        }
        self.widths = widths
    }

    /// The bytes of the body, the inverse of parsing.
    var body: [UInt8] {
        var bytes: [UInt8] = [0, 0, UInt8(widths.count)]
        bytes.append(littleEndian: firstScale.bitPattern)
        bytes.append(littleEndian: hiddenScale.bitPattern)
        return bytes + widths.map(UInt8.init)
    }

    /// The shape of the network for images of `channelCount` channels.
    func shape(channelCount: Int) -> NetworkShape {
        NetworkShape(sizes: [2] + widths + [channelCount])
    }

    /// The factor of the parameters of affine layer `index`; the output layer has none.
    func scale(ofLayer index: Int) -> Float {
        index == widths.count ? 1 : index == 0 ? firstScale : hiddenScale
    }

    /// The number of weights and biases for images of `channelCount` channels.
    public func parameterCount(channelCount: Int) -> Int {
        shape(channelCount: channelCount).parameterCount
    }

    /// The number of multiply-adds to evaluate one pixel.
    public func multiplyAddsPerPixel(channelCount: Int) -> Int {
        shape(channelCount: channelCount).macsPerPixel
    }
}

extension ByteReader {
    fileprivate mutating func readScale(_ field: String) throws(BitstreamError) -> Float {
        let start = offset
        let value = try readFloat()
        guard SirenDescriptor.scaleRange.contains(value) else {
            throw .invalidField(
                field, found: "\(value)", expected: "2^-16 to 2^16", offset: start)
        }
        return value
    }
}
