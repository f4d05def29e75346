/// What of a JPEG file has to be said again in the dictionary of a picture.
struct JPEGHead {
    /// The number of color channels.
    private(set) var channelCount = 0
    /// Whether there is Adobe's segment, which says how colors were mixed.
    private(set) var hasAdobeSegment = false
    private var hasJFIFSegment = false
    private var channelNames: [UInt8] = []

    /// Whether channels are red, green and blue although nothing but their names says so, which
    /// libjpeg heeds and PDF does not.
    var isRGBByName: Bool {
        !hasAdobeSegment && !hasJFIFSegment && channelNames == Array("RGB".utf8)
    }

    /// Finds the segments in front of the first scan; `nil` if there is no picture.
    init?(of file: [UInt8]) {
        guard file.starts(with: [0xFF, 0xD8]) else { return nil }
        var place = 2
        while place < file.count {
            // Other bytes may stand between segments.
            guard file[place] == 0xFF, place + 1 < file.count else {
                place += 1
                continue
            }
            let marker = file[place + 1]
            switch marker {
            case 0x00, 0x01, 0xD0...0xD7: place += 2
            case 0xFF: place += 1
            case 0xDA:
                if channelCount == 0 { return nil }
                return
            default:
                guard place + 4 <= file.count else { return nil }
                let length = Int(file[place + 2]) << 8 | Int(file[place + 3])
                guard length >= 2, place + 2 + length <= file.count else { return nil }
                take(marker, file[place + 4..<place + 2 + length])
                place += 2 + length
            }
        }
        return nil
    }

    private mutating func take(_ marker: UInt8, _ content: ArraySlice<UInt8>) {
        switch marker {
        case 0xE0 where content.starts(with: Array("JFIF\0".utf8)): hasJFIFSegment = true
        // libjpeg takes no shorter one.
        case 0xEE where content.count >= 12 && content.starts(with: Array("Adobe".utf8)):
            hasAdobeSegment = true
        case 0xC0...0xCF where ![0xC4, 0xC8, 0xCC].contains(marker) && content.count >= 6:
            let fields = Array(content)
            channelCount = Int(fields[5])
            channelNames = stride(from: 6, to: fields.count, by: 3).map { fields[$0] }
        default: break
        }
    }
}
