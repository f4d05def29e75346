internal import FormatKit

/// What a frame header says (ITU-T T.81 §B.2.2).
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 1 | bits a sample |
/// | 1 | 2 | height; 0 if it follows the first scan |
/// | 3 | 2 | width |
/// | 5 | 1 | number of components, which follow |
struct JPEGFrame {
    let size: ImageSize

    /// Parses a frame header, and refuses what libjpeg does not read in words of its own.
    init(_ marker: JPEGMarker, parsing content: [UInt8], at offset: Int) throws(ImageError) {
        guard content.count >= 6 else {
            throw .malformed(.jpeg, "a frame header of \(content.count) bytes", offset: offset)
        }
        switch marker.rawValue {
        case 0xC0, 0xC1, 0xC2, 0xC9, 0xCA: break
        case 0xC3, 0xCB: throw .unsupported(.jpeg, "lossless JPEG (SOF\(marker.rawValue & 0x0F))")
        default: throw .unsupported(.jpeg, "hierarchical JPEG (SOF\(marker.rawValue & 0x0F))")
        }
        guard content[0] == 8 else {
            throw .unsupported(.jpeg, "\(content[0]) bits a sample; only 8 are read")
        }
        let fields = stride(from: 1, to: 5, by: 2).map {
            Int(content[$0]) << 8 | Int(content[$0 + 1])
        }
        guard fields[0] > 0 else {
            throw .unsupported(.jpeg, "a height that follows the first scan (DNL)")
        }
        guard fields[1] > 0 else { throw .malformed(.jpeg, "a width of 0", offset: offset + 3) }
        size = ImageSize(width: fields[1], height: fields[0])
    }
}
