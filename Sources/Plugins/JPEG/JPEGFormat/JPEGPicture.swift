internal import FormatKit

/// Where the parts of a file are that make its picture: tables, the frame header and scans, between
/// segments that only describe it.
///
/// Whatever else a file has between its parts is none of them: segments of applications and comments,
/// also those between scans, bytes that belong to no segment, and what follows its end.
struct JPEGPicture {
    /// The parts with their markers, in order, as ranges of the file's bytes.
    private(set) var parts: [Range<Int>] = []
    /// What Adobe's segment says of the colors, which changes how the parts are read.
    private(set) var adobe: [UInt8]?
    /// The number of smaller copies of the picture in segments of JFIF.
    private(set) var copyCount = 0
    /// The number of comments and application segments behind the start of the first scan.
    private(set) var lateSegmentCount = 0
    /// Where the picture ends: behind the end marker or, where that is missing, at the end.
    private(set) var end = 0

    /// What libjpeg reads of Adobe's segment.
    private static let adobeByteCount = 12

    /// Finds the parts of a file that is known to be sound, as libjpeg finds them.
    ///
    /// - Throws: ``ImageError`` if it is not.
    init(of file: [UInt8]) throws(ImageError) {
        guard file.starts(with: JPEGStructure.signature) else {
            throw .malformed(.jpeg, "expected FF D8", offset: 0)
        }
        var offset = JPEGStructure.signature.count
        var hasScan = false
        while let marker = Self.nextMarker(in: file, from: &offset), marker != .endOfImage {
            guard !marker.standsAlone else { continue }
            let start = offset - 2
            guard let length = file.bigEndian(at: offset, count: 2), length >= 2,
                length <= file.count - offset
            else {
                throw .truncated(
                    .jpeg, "the file ends before its picture does", offset: file.count)
            }
            offset += length
            if marker.applicationNumber != nil || marker == .comment {
                if hasScan {
                    lateSegmentCount += 1
                } else {
                    take(marker, Array(file[start + 4..<offset]))
                }
                continue
            }
            if marker == .startOfScan {
                hasScan = true
                offset = Self.endOfScan(in: file, from: offset)
            }
            add(start..<offset)
        }
        guard hasScan else {
            throw .truncated(.jpeg, "the file ends before its picture does", offset: file.count)
        }
        end = offset
    }

    /// That so many segments are left out, which no reader looks for where they are.
    static func lateLosses(_ count: Int) -> [Loss] {
        guard count > 0 else { return [] }
        let place = "behind the start of the first scan"
        let words = count == 1 ? "a segment \(place) is" : "\(count) segments \(place) are"
        return [.part(of: .formatBlocks, "\(words) left out")]
    }

    private mutating func take(_ marker: JPEGMarker, _ content: [UInt8]) {
        if marker == .application(14), content.count >= Self.adobeByteCount,
            content.starts(with: JPEGMetadata.adobePrefix)
        {
            adobe = Array(content.prefix(Self.adobeByteCount))
        } else if marker == .application(0) {
            let isCopy =
                content.starts(with: JFIFDensity.prefix) && JFIFCopy.isThere(jfif: content)
                || content.starts(with: JFIFCopy.prefix) && JFIFCopy.isThere(jfxx: content)
            copyCount += isCopy ? 1 : 0
        }
    }

    /// Adds a part, to the last one if it follows that at once.
    private mutating func add(_ part: Range<Int>) {
        if let last = parts.last, last.upperBound == part.lowerBound {
            parts[parts.count - 1] = last.lowerBound..<part.upperBound
        } else {
            parts.append(part)
        }
    }

    /// The next marker, behind which `offset` is then; `nil` at the end of the file.
    private static func nextMarker(in file: [UInt8], from offset: inout Int) -> JPEGMarker? {
        while let escape = file[offset...].firstIndex(of: 0xFF), escape + 1 < file.count {
            offset = escape + 1
            guard file[offset] != 0, file[offset] != 0xFF else { continue }
            offset += 1
            return JPEGMarker(rawValue: file[offset - 1])
        }
        offset = file.count
        return nil
    }

    /// Where the data of a scan end, which begin at `start`: at a marker that is no restart.
    private static func endOfScan(in file: [UInt8], from start: Int) -> Int {
        var offset = start
        while let escape = file[offset...].firstIndex(of: 0xFF) {
            let next = escape + 1
            guard next < file.count else { return escape }
            switch file[next] {
            case 0, 0xD0...0xD7: offset = next + 1
            case 0xFF: offset = next
            default: return escape
            }
        }
        return file.count
    }
}
