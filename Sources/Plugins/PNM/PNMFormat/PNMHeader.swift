internal import FormatKit

/// What a file says before its raster.
struct PNMHeader {
    /// How samples are stored.
    enum Encoding: Equatable {
        /// Numbers in text.
        case text
        /// Packed bits, the first pixel in the most significant one.
        case bits
        /// Bytes, or big-endian pairs of them if the maximum exceeds 255.
        case bytes
        /// IEEE binary32, rows from the bottom.
        case floats(isBigEndian: Bool)
    }

    let magic: String
    let size: ImageSize
    /// The channels in the file, and what they mean.
    let layout: PixelLayout
    /// The value of full intensity; 1 in a bitmap.
    let maximum: Int
    let encoding: Encoding
    /// Where the raster begins.
    let rasterOffset: Int
    /// What `convert info` prints.
    let details: [ImageDetail]
    /// What lines from `#` on say.
    private(set) var comments: [TextEntry] = []
    /// What the header says and nothing here keeps.
    private(set) var losses: [Loss] = []

    /// In a bitmap, 1 is black.
    var isInverted: Bool { magic == "P1" || magic == "P4" }

    /// The bits of a sample that carry information.
    var significantBits: Int {
        layout.sample == .float32 ? 32 : Int.bitWidth - maximum.leadingZeroBitCount
    }

    /// Grays of so few levels that they have fewer bits than their layout, as in a bitmap.
    var storage: SampleStorage? {
        guard layout == PixelLayout(.gray, .uint8) else { return nil }
        let bitCounts = [1: 1, 3: 2, 15: 4]
        return bitCounts[maximum].map { .packedGray(bitCount: $0) }
    }

    /// The bytes of a sample in the file.
    var sampleByteCount: Int { layout.sample.byteCount }

    /// The bytes of a row in the file, or `nil` where they vary or cannot be counted.
    var bytesPerRow: Int? {
        switch encoding {
        case .text: return nil
        case .bits: return (size.width + 7) / 8
        case .bytes, .floats:
            let (count, overflow) = size.width.multipliedReportingOverflow(
                by: layout.bytesPerPixel)
            return overflow ? nil : count
        }
    }

    /// Where the raster ends, or `nil` where only reading it tells.
    var rasterEnd: Int? {
        guard encoding != .text else { return nil }
        let (count, overflow) = (bytesPerRow ?? .max).multipliedReportingOverflow(by: size.height)
        let (end, endOverflow) = rasterOffset.addingReportingOverflow(count)
        return overflow || endOverflow ? .max : end
    }
}

extension PNMHeader {
    /// Parses the header of the image that begins at `offset`.
    init(
        _ kind: PNMKind, parsing source: any ImageSource, at offset: Int
    ) throws(ImageError) {
        let start = try source.bytes(at: offset, count: 2)
        guard start.count == 2 else {
            throw .truncated(kind.id, "the file ends inside its header", offset: source.byteCount)
        }
        let magic = String(decoding: start, as: UTF8.self)
        guard kind.magics.contains(magic) else {
            let expected = kind.magics.joined(separator: " or ")
            throw .malformed(kind.id, "expected \(expected)", offset: offset)
        }
        var scanner = PNMScanner(
            source, format: kind.id, at: offset + 2, windowByteCount: 512, keepsComments: true)
        switch kind {
        case .arbitrary: try self.init(arbitrary: &scanner)
        case .float: try self.init(float: &scanner, magic: magic)
        case .bitmap, .graymap, .pixmap: try self.init(kind, plain: &scanner, magic: magic)
        }
        comments = scanner.comments.map(Self.comment)
    }

    /// The text of a comment, without the space in front that most writers leave.
    private static func comment(_ bytes: [UInt8]) -> TextEntry {
        let text = String(validating: bytes, as: UTF8.self) ?? String(latin1: bytes)
        return TextEntry("Comment", text.hasPrefix(" ") ? String(text.dropFirst()) : text)
    }

    /// Magic number, width, height and, but for a bitmap, the maximum.
    private init(
        _ kind: PNMKind, plain scanner: inout PNMScanner, magic: String
    ) throws(ImageError) {
        size = try scanner.size()
        maximum = kind == .bitmap ? 1 : try scanner.maximum()
        try scanner.takeEnd()
        layout = PixelLayout(
            kind == .pixmap ? .rgb : .gray, maximum > 255 ? .uint16 : .uint8)
        let isPlain = magic == kind.magics[0]
        encoding = isPlain ? .text : kind == .bitmap ? .bits : .bytes
        rasterOffset = scanner.offset
        details = Self.details(magic, maximum)
        self.magic = magic
    }

    /// Magic number, width, height and a scale whose sign tells the byte order.
    private init(float scanner: inout PNMScanner, magic: String) throws(ImageError) {
        size = try scanner.size()
        try scanner.skipSpace()
        let start = scanner.offset
        let text = try scanner.word(limit: 32)
        guard let scale = Double(text), scale.isFinite, scale != 0 else {
            throw .malformed(scanner.format, "the scale \"\(text)\" is no number", offset: start)
        }
        try scanner.takeEnd()
        layout = PixelLayout(magic == "PF" ? .rgb : .gray, .float32)
        maximum = 1
        encoding = .floats(isBigEndian: scale > 0)
        if scale.magnitude != 1 {
            losses = [.part(of: .formatBlocks, "the scale of the samples, \(text), is left out")]
        }
        rasterOffset = scanner.offset
        details = [
            ImageDetail("magic", .text(magic)), ImageDetail("scale", .real(scale.magnitude)),
            ImageDetail("byte_order", .text(scale > 0 ? "big-endian" : "little-endian")),
        ]
        self.magic = magic
    }

    fileprivate init(
        magic: String, size: ImageSize, layout: PixelLayout, maximum: Int, rasterOffset: Int
    ) {
        self.magic = magic
        self.size = size
        self.layout = layout
        self.maximum = maximum
        self.rasterOffset = rasterOffset
        encoding = .bytes
        details = Self.details(magic, maximum)
    }

    private static func details(_ magic: String, _ maximum: Int) -> [ImageDetail] {
        [ImageDetail("magic", .text(magic)), ImageDetail("maximum", .integer(maximum))]
    }
}

extension PNMHeader {
    /// Lines of a keyword and a value, the last one `ENDHDR`.
    private init(arbitrary scanner: inout PNMScanner) throws(ImageError) {
        var numbers: [String: Int] = [:]
        var tupleType: [String] = []
        while true {
            try scanner.skipSpace()
            let start = scanner.offset
            let keyword = try scanner.word(limit: 16)
            switch keyword {
            case "ENDHDR":
                try scanner.takeEnd()
                try self.init(numbers, tupleType.joined(separator: " "), at: start, scanner)
                return
            case "TUPLTYPE": tupleType.append(try scanner.word(limit: 64))
            case "WIDTH", "HEIGHT", "DEPTH", "MAXVAL":
                let value = try scanner.number(keyword)
                guard numbers.updateValue(value, forKey: keyword) == nil else {
                    throw .malformed(scanner.format, "a second \(keyword)", offset: start)
                }
            default:
                throw .malformed(
                    scanner.format, "unknown keyword \"\(keyword)\" in the header", offset: start)
            }
            // A bound for the time that a header of nothing but types may take.
            guard tupleType.count <= 8 else {
                throw .malformed(scanner.format, "too many tuple types", offset: start)
            }
        }
    }

    private init(
        _ numbers: [String: Int], _ tupleType: String, at offset: Int, _ scanner: PNMScanner
    ) throws(ImageError) {
        let format = scanner.format
        guard let width = numbers["WIDTH"], let height = numbers["HEIGHT"],
            let depth = numbers["DEPTH"], let maximum = numbers["MAXVAL"]
        else {
            throw .malformed(
                format, "expected WIDTH, HEIGHT, DEPTH and MAXVAL before ENDHDR", offset: offset)
        }
        let size = ImageSize(width: width, height: height)
        guard width > 0, height > 0 else {
            throw .malformed(format, "size \(size)", offset: offset)
        }
        guard (1...65_535).contains(maximum) else {
            throw .malformed(format, "a maximum of \(maximum), expected 1 to 65535", offset: offset)
        }
        let sample = maximum > 255 ? SampleType.uint16 : .uint8
        guard let layout = Self.layout(tupleType, depth, sample) else {
            throw .unsupported(format, "\(depth) channels of tuple type \"\(tupleType)\"")
        }
        self.init(
            magic: "P7", size: size, layout: layout, maximum: maximum,
            rasterOffset: scanner.offset)
    }

    private static func layout(
        _ tupleType: String, _ depth: Int, _ sample: SampleType
    ) -> PixelLayout? {
        switch (tupleType, depth) {
        case ("BLACKANDWHITE", 1), ("GRAYSCALE", 1), ("", 1): PixelLayout(.gray, sample)
        case ("BLACKANDWHITE_ALPHA", 2), ("GRAYSCALE_ALPHA", 2):
            PixelLayout(.gray, sample, alpha: .straight)
        case ("RGB", 3), ("", 3): PixelLayout(.rgb, sample)
        case ("RGB_ALPHA", 4): PixelLayout(.rgb, sample, alpha: .straight)
        case ("CMYK", 4): PixelLayout(.cmyk, sample)
        default: nil
        }
    }
}

extension PNMScanner {
    /// Width and height.
    fileprivate mutating func size() throws(ImageError) -> ImageSize {
        try skipSpace()
        let start = offset
        let size = ImageSize(width: try number("width"), height: try number("height"))
        guard size.width > 0, size.height > 0 else {
            throw .malformed(format, "size \(size)", offset: start)
        }
        return size
    }

    /// The value of full intensity.
    fileprivate mutating func maximum() throws(ImageError) -> Int {
        try skipSpace()
        let start = offset
        let maximum = try number("maximum")
        guard (1...65_535).contains(maximum) else {
            throw .malformed(
                format, "a maximum of \(maximum), expected 1 to 65535", offset: start)
        }
        return maximum
    }
}
