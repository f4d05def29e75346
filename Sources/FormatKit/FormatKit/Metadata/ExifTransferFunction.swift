extension ExifBlock {
    /// The exponent with which light was encoded, such as 1/2.2, by the transfer function of a block
    /// (TIFF 6.0 §20, Exif 2.32 §4.6.4: for each stored value, the light from 0 to 65535); `nil` where
    /// there is none, or it is no power.
    static func gamma(_ exif: [UInt8]) -> Double? {
        guard let block = TIFFBlock(exif), let first = block.first,
            let entry = block.entry(ExifTag.transferFunction, in: first), entry.type == 3,
            let light = block.numbers(of: entry)
        else { return nil }
        let channelCount = light.count % 3 == 0 ? 3 : 1
        let valueCount = light.count / channelCount
        // Samples of 2 to 16 bits.
        guard (4...1 << 16).contains(valueCount), valueCount.nonzeroBitCount == 1 else {
            return nil
        }
        let curve = light.map { $0 / 65535 }
        let middle = curve[valueCount / 2]
        guard middle > 0, middle < 1 else { return nil }
        let exponent =
            naturalLogarithm(middle)
            / naturalLogarithm(Double(valueCount / 2) / Double(valueCount - 1))
        let isPower = curve.enumerated().allSatisfy { index, light in
            let value = Double(index % valueCount) / Double(valueCount - 1)
            return abs(light - power(value, exponent)) <= tolerance
        }
        guard isPower, exponent >= 0.05, exponent <= 20 else { return nil }
        // The curve of sRGB is that close to a power of 2.2, which is what is assumed of it.
        return abs(exponent - 2.2) <= 0.05 ? 1 / 2.2 : 1 / exponent
    }

    /// How far a curve may be from a power, of 1.
    private static let tolerance = 0.01
}
