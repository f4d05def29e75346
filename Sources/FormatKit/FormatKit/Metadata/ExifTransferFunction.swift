internal import MetadataBlocks

/// The transfer function of an Exif block (TIFF 6.0 §20, Exif 2.32 §4.6.4): for each stored value, the
/// light from 0 to 65535.
enum ExifTransferFunction: Equatable {
    /// Light was encoded with this exponent, such as 1/2.2.
    case power(Double)
    /// It has another shape.
    case curves(TransferCurves)
    /// It makes no sense: not as many values as there can be samples, or light that falls as they
    /// rise.
    case unusable

    /// Reads the function of a block; `nil` where there is none, or it does not matter.
    init?(of exif: [UInt8]) {
        guard let block = TIFFBlock(exif), let first = block.first,
            let entry = block.entry(ExifTag.transferFunction, in: first)
        else { return nil }
        guard let tables = Self.tables(of: entry, in: block), let curves = TransferCurves(tables)
        else {
            self = .unusable
            return
        }
        // Black and white are what they are.
        if tables.allSatisfy({ $0 == [0, .max] }) { return nil }
        self = Self.exponent(of: tables).map(Self.power) ?? .curves(curves)
    }

    /// The values, for each channel or for all of them; samples have 1 to 16 bits.
    private static func tables(
        of entry: TIFFBlock.Entry, in block: TIFFBlock
    ) -> [[UInt16]]? {
        guard entry.type == 3, let values = block.numbers(of: entry) else { return nil }
        let channelCount = values.count % 3 == 0 ? 3 : 1
        let valueCount = values.count / channelCount
        guard (2...1 << 16).contains(valueCount), valueCount.nonzeroBitCount == 1 else {
            return nil
        }
        return (0..<channelCount).map { channel in
            values[channel * valueCount..<(channel + 1) * valueCount].map { UInt16($0) }
        }
    }

    /// The exponent of encoding, if all tables are one power.
    private static func exponent(of tables: [[UInt16]]) -> Double? {
        let count = tables[0].count
        let middle = Double(tables[0][count / 2]) / 65_535
        guard count >= 4, middle > 0, middle < 1 else { return nil }
        let exponent =
            naturalLogarithm(middle)
            / naturalLogarithm(Double(count / 2) / Double(count - 1))
        let isPower = tables.allSatisfy { table in
            table.enumerated().allSatisfy { index, light in
                let value = Double(index) / Double(count - 1)
                return abs(Double(light) / 65_535 - FormatKit.power(value, exponent)) <= tolerance
            }
        }
        guard isPower, exponent >= 0.05, exponent <= 20 else { return nil }
        // The curve of sRGB is that close to a power of 2.2, which is what is assumed of it.
        return abs(exponent - 2.2) <= 0.05 ? 1 / 2.2 : 1 / exponent
    }

    /// How far a curve may be from a power, of 1.
    private static let tolerance = 0.01
}

extension ExifBlock {
    /// White and the primaries, if a block tells both.
    static func chromaticities(_ exif: [UInt8]) -> Chromaticities? {
        guard let block = TIFFBlock(exif), let first = block.first else { return nil }
        func numbers(_ tag: Int, count: Int) -> [Double]? {
            guard let entry = block.entry(tag, in: first), entry.count == count,
                let numbers = block.numbers(of: entry),
                numbers.allSatisfy({ (0...1).contains($0) })
            else { return nil }
            return numbers
        }
        guard let white = numbers(ExifTag.whitePoint, count: 2),
            let primaries = numbers(ExifTag.primaryChromaticities, count: 6)
        else { return nil }
        return Chromaticities(
            white: Chromaticity(white[0], white[1]),
            red: Chromaticity(primaries[0], primaries[1]),
            green: Chromaticity(primaries[2], primaries[3]),
            blue: Chromaticity(primaries[4], primaries[5]))
    }
}

extension ImageMetadata {
    /// The transfer function that only an Exif block tells, if that is what counts.
    var exifTransferFunction: ExifTransferFunction? {
        guard codePoints == nil, icc == nil, renderingIntent == nil, gamma == nil else {
            return nil
        }
        return exif.flatMap(ExifTransferFunction.init(of:))
    }

    /// The metadata of samples that are delivered the other way round: a transfer function in the Exif
    /// block that falls rises with them.
    package func invertingTransferFunction() -> ImageMetadata {
        guard var block = exif.flatMap(TIFFBlock.init), let first = block.first else { return self }
        block.reverseFallingTables(of: ExifTag.transferFunction, in: first)
        var metadata = self
        metadata.exif = block.bytes
        return metadata
    }
}
