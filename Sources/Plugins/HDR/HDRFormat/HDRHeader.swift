internal import FormatKit

/// What a file says in front of its pixels.
///
/// Lines of text: `#?` and the name of a program, then variables and comments, an empty line, and
/// the size, of which the sign and the letter before each number say where the next row or pixel
/// lies: `-Y 480 +X 640` are rows from the top of pixels from the left.
struct HDRHeader {
    /// The size of the picture as it is stored.
    private(set) var size = ImageSize(width: 0, height: 0)
    private(set) var orientation = Orientation.up
    /// Whether pixels are CIE XYZ.
    private(set) var isXYZ = false
    /// Where the pixels lie.
    private(set) var pixelOffset = 0
    /// The size as the file tells it.
    private(set) var sizeText = ""
    private var variables = HDRVariables()

    static let mark = Array("#?".utf8)
    private static let formats = ["32-bit_rle_rgbe": false, "32-bit_rle_xyze": true]

    init(of source: any ImageSource, _ limits: Limits) throws(ImageError) {
        var lines = HDRLines(source, limits)
        let first = try lines.next()
        guard first.utf8.starts(with: Self.mark) else {
            throw .malformed(.hdr, "expected #?", offset: 0)
        }
        while true {
            let line = try lines.next()
            if line.isEmpty { break }
            if line.hasPrefix("FORMAT=") {
                let format = line.dropFirst(7).trimmed
                guard let isXYZ = Self.formats[format] else {
                    throw .unsupported(.hdr, "pixels in the format \(format.prefix(40))")
                }
                self.isXYZ = isXYZ
            } else {
                variables.take(line)
            }
        }
        let offset = lines.offset
        sizeText = try lines.next()
        try readSize(offset: offset)
        pixelOffset = lines.offset
    }

    /// Where the first row and the first pixel of it lie.
    private static let orientations: [String: Orientation] = [
        "-Y +X": .up, "-Y -X": .upMirrored, "+Y -X": .down, "+Y +X": .downMirrored,
        "+X -Y": .leftMirrored, "-X -Y": .right, "-X +Y": .rightMirrored, "+X +Y": .left,
    ]

    private mutating func readSize(offset: Int) throws(ImageError) {
        let words = sizeText.split(separator: " ")
        guard words.count == 4, let rows = Int(words[1]), let columns = Int(words[3]),
            let orientation = Self.orientations["\(words[0]) \(words[2])"]
        else {
            throw .malformed(
                .hdr, "expected a size such as -Y 480 +X 640, found \(sizeText.prefix(40))",
                offset: offset)
        }
        self.orientation = orientation
        size = ImageSize(width: columns, height: rows)
        guard rows > 0, columns > 0, max(rows, columns) <= Int(Int32.max) else {
            throw .malformed(.hdr, "size \(size)", offset: offset)
        }
    }

    /// What is carried to other files.
    var metadata: ImageMetadata {
        var metadata = variables.metadata
        if isXYZ { metadata.chromaticities = .sRGB }
        metadata.orientation = orientation
        return metadata
    }

    /// What is not.
    var losses: [Loss] {
        var names = variables.unknownNames
        // Of colors that have no primaries.
        if isXYZ, variables.metadata.chromaticities != nil { names.append("PRIMARIES") }
        return Loss.unknown("header line", names) + variables.damage
    }

    /// What `convert info` prints.
    var details: [ImageDetail] {
        [
            ImageDetail("colors", .text(isXYZ ? "XYZE" : "RGBE")),
            ImageDetail("rows", .text(sizeText)),
        ] + variables.details
    }
}

/// The lines of a header.
private struct HDRLines {
    private let source: any ImageSource
    private let limits: Limits
    private var bytes: SourceBytes

    init(_ source: any ImageSource, _ limits: Limits) {
        self.source = source
        self.limits = limits
        bytes = SourceBytes(of: source, at: 0, windowByteCount: 1 << 12)
    }

    /// Where the next line begins.
    var offset: Int { bytes.offset }

    /// The next line, without what ends it.
    mutating func next() throws(ImageError) -> String {
        var line: [UInt8] = []
        while true {
            guard let byte = try bytes.next() else {
                throw .truncated(
                    .hdr, "the file ends inside its header", offset: source.byteCount)
            }
            try limits.checkMetadata(bytes.offset)
            if byte == 0x0A { break }
            line.append(byte)
        }
        if line.last == 0x0D { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
    }
}

extension Substring {
    /// Without spaces at either end.
    var trimmed: String {
        var text = self
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }
}
