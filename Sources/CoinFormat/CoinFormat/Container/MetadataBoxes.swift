internal import FormatKit

/// The ancillary boxes that carry metadata (§5.3).
enum MetadataBoxes {
    static let types: Set<BoxType> = [.icc, .exif, .xmp, .resolution]

    /// The boxes for what `metadata` holds, in the order of the spec.
    ///
    /// The orientation is not among them: it is in the header.
    static func serialized(_ metadata: ImageMetadata) -> [UInt8] {
        var bytes: [UInt8] = []
        if let icc = metadata.icc { bytes += Box.serialized(.icc, icc) }
        if let exif = metadata.exif { bytes += Box.serialized(.exif, exif) }
        if let xmp = metadata.xmp { bytes += Box.serialized(.xmp, xmp) }
        if let resolution = metadata.resolution {
            bytes += Box.serialized(.resolution, serialized(resolution))
        }
        return bytes
    }

    /// Adds what `box` says to `metadata`.
    static func parse(_ box: Box, into metadata: inout ImageMetadata) throws(BitstreamError) {
        switch box.type {
        case .icc: metadata.icc = box.payload
        case .exif: metadata.exif = box.payload
        case .xmp: metadata.xmp = box.payload
        default:
            metadata.resolution = try box.parsePayload { (content) throws(BitstreamError) in
                try parseResolution(&content)
            }
        }
    }

    private static let units: [Resolution.Unit] = [.none, .inch, .centimeter]

    private static func serialized(_ resolution: Resolution) -> [UInt8] {
        var bytes = [UInt8(units.firstIndex(of: resolution.unit) ?? 0)]
        bytes.append(littleEndian: resolution.horizontal.bitPattern)
        bytes.append(littleEndian: resolution.vertical.bitPattern)
        return bytes
    }

    /// Unit (1 byte), horizontal, vertical (binary64 each).
    private static func parseResolution(
        _ reader: inout ByteReader
    ) throws(BitstreamError) -> Resolution {
        let unit = try reader.readByte("the unit of the resolution", in: 0...2)
        let horizontal = try reader.readDensity()
        let vertical = try reader.readDensity()
        return Resolution(horizontal: horizontal, vertical: vertical, unit: units[Int(unit)])
    }
}

extension ByteReader {
    fileprivate mutating func readDensity() throws(BitstreamError) -> Double {
        let start = offset
        let value = Double(bitPattern: try read())
        guard value.isFinite, value > 0 else {
            throw .invalidField(
                "the resolution", found: "\(value)", expected: "a positive number", offset: start)
        }
        return value
    }
}
