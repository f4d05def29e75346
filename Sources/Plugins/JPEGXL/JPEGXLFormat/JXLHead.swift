internal import CJXLShim
internal import FormatKit
internal import ISOBoxes

/// The start of a codestream and the sizes of boxes, found without reading the rest of a file.
///
/// So limits are checked before memory is taken for the file or for metadata. What is damaged here
/// is left to libjxl to refuse.
struct JXLHead {
    /// The size of the picture, if the codestream begins with it.
    private(set) var size: ImageSize?
    /// The size of the largest box of Exif or XMP, compressed or not.
    private(set) var largestMetadata = 0
    /// The types of boxes that are not carried.
    private(set) var unknownBoxes: [String] = []
    /// Whether there is a picture that says how to make it brighter.
    private(set) var hasGainMap = false
    /// Whether there is a box with what rebuilds a JPEG file beside its coefficients.
    private(set) var rebuildsJPEG = false
    /// Whether the codestream is in boxes.
    private(set) var isBoxed = false
    /// Kinds of metadata of which there is more than one box.
    private(set) var repeatedMetadata: [MetadataKind] = []
    /// Where the boxes end, if all of the codestream lies before and what follows is no box.
    private(set) var end: Int?

    private var seenMetadata: Set<MetadataKind> = []

    /// More than the header of a codestream before its color profile.
    private static let byteCount = 256

    init(of source: any ImageSource) throws(ImageError) {
        var codestream = try source.bytes(at: 0, count: Self.byteCount)
        if !codestream.starts(with: [0xFF, 0x0A]) {
            isBoxed = true
            codestream = try walkBoxes(of: source)
        }
        var (width, height) = (UInt32(0), UInt32(0))
        let isFound = unsafe codestream.withUnsafeBufferPointer {
            unsafe cjxl_read_size($0.baseAddress, $0.count, &width, &height)
        }
        if isFound != 0 { size = ImageSize(width: Int(width), height: Int(height)) }
    }

    /// Notes metadata in boxes (ISO/IEC 14496-12 §4.2) and puts the start of the codestream together.
    ///
    /// | box | content |
    /// | --- | --- |
    /// | `jxlc` | the codestream |
    /// | `jxlp` | a number of four bytes, then a part of the codestream |
    /// | `Exif`, `xml ` | metadata |
    /// | `jbrd` | how the JPEG file of which this was made is to be rebuilt |
    /// | `brob` | the type of a box in four bytes, then its content, compressed |
    private mutating func walkBoxes(of source: any ImageSource) throws(ImageError) -> [UInt8] {
        var (codestream, offset): ([UInt8], Int) = ([], 0)
        var isComplete = false
        for _ in 0..<ISOBox.countLimit where offset < source.byteCount {
            // Zeros only fill the file up; as a box they would be the last.
            let isFilling =
                try isComplete ? source.bytes(at: offset, count: 8).allSatisfy { $0 == 0 } : false
            guard !isFilling,
                let box = try ISOBox(at: offset, before: source.byteCount, of: source)
            else {
                if isComplete { end = offset }
                break
            }
            let start = try source.bytes(at: box.content.lowerBound, count: 4)
            switch box.type {
            case "jxlc", "jxlp":
                let skipped = box.type == "jxlp" ? 4 : 0
                // The last part has the highest bit of its number set.
                isComplete = box.type == "jxlc" || (start.first ?? 0) & 0x80 != 0
                let count = min(box.content.count - skipped, Self.byteCount - codestream.count)
                if count > 0 {
                    codestream += try source.bytes(
                        at: box.content.lowerBound + skipped, count: count)
                }
            case "Exif", "xml ", "brob":
                largestMetadata = max(largestMetadata, box.content.count)
                noteMetadata(box, start)
            // The signature, the profile of the format, its level, places of frames, and nothing.
            case "JXL ", "ftyp", "jxll", "jxli", "free", "skip": break
            case "jbrd": rebuildsJPEG = true
            case "jhgm": hasGainMap = true
            default: unknownBoxes.append(box.type)
            }
            offset = box.content.upperBound
        }
        return codestream
    }

    /// Notes a box of metadata, or one of which only the compressed form is known.
    private mutating func noteMetadata(_ box: ISOBox, _ start: [UInt8]) {
        var type = box.type
        if type == "brob" {
            guard start.count == 4 else { return }
            type = String(latin1: start[...])
        }
        switch type {
        case "Exif": note(.exif)
        case "xml ": note(.xmp)
        default: unknownBoxes.append(type)
        }
    }

    private mutating func note(_ kind: MetadataKind) {
        if !seenMetadata.insert(kind).inserted, !repeatedMetadata.contains(kind) {
            repeatedMetadata.append(kind)
        }
    }
}
