internal import FormatKit

/// What a file says in extensions that are not about one frame.
struct GIFExtensions {
    /// How often the animation is shown, 0 for ever; once where nothing is said.
    private(set) var loopCount = 1
    private(set) var comments: [TextEntry] = []
    private(set) var xmp: [UInt8]?
    private(set) var icc: [UInt8]?
    /// The names of extensions of programs that are not known.
    private var programs: [String] = []
    private var labels: [String] = []
    private var drawnTextCount = 0
    private var commentByteCount = 0

    /// What is not carried.
    var losses: [Loss] {
        var losses = Loss.unknown("application extension", programs)
        losses += Loss.unknown("extension", labels)
        if drawnTextCount > 0 {
            losses.append(.picture("text that is to be drawn by the viewer is left out"))
        }
        return losses
    }

    /// Reads what follows `0x21`: a label, then blocks.
    ///
    /// | label | what |
    /// | --- | --- |
    /// | 0xF9 | how the next frame is shown |
    /// | 0xFE | a comment |
    /// | 0xFF | the extension of a program: its name and sign, 11 bytes, then its own blocks |
    /// | 0x01 | text to be drawn |
    mutating func read(
        _ cursor: inout GIFCursor, _ control: inout GIFControl?, _ limits: Limits
    ) throws(ImageError) {
        let start = cursor.offset
        switch try cursor.byte() {
        case 0xF9:
            let content = try cursor.blocks(limits)
            guard content.count >= 4 else {
                throw .malformed(
                    .gif, "how a frame is shown takes 4 bytes, found \(content.count)",
                    offset: start)
            }
            control = GIFControl(content)
        case 0xFE: try readComment(&cursor, limits)
        case 0xFF: try readProgram(&cursor, limits)
        case 0x01:
            try cursor.skipBlocks()
            drawnTextCount += 1
            control = nil
        case let label:
            try cursor.skipBlocks()
            if labels.count < Self.nameLimit { labels.append("\(label)") }
        }
    }

    /// More names than are told.
    private static let nameLimit = 1000

    private mutating func readComment(
        _ cursor: inout GIFCursor, _ limits: Limits
    ) throws(ImageError) {
        let content = try cursor.blocks(limits)
        guard !content.isEmpty else { return }
        // Many short ones take more than their bytes.
        commentByteCount += content.count + MemoryLayout<TextEntry>.stride
        try limits.checkMetadata(commentByteCount)
        // The format speaks of ASCII; most programs write UTF-8, old ones Latin-1.
        comments.append(
            TextEntry(
                "Comment",
                String(validating: content, as: UTF8.self) ?? String(latin1: content)))
    }

    private mutating func readProgram(
        _ cursor: inout GIFCursor, _ limits: Limits
    ) throws(ImageError) {
        let count = Int(try cursor.byte())
        let name = try cursor.bytes(count)
        // A name of no byte is the end of the extension.
        guard count > 0 else { return }
        switch String(latin1: name) {
        case "NETSCAPE2.0", "ANIMEXTS1.0": try readLoops(&cursor, limits)
        case "XMP DataXMP": xmp = try Self.packet(&cursor, limits)
        case "ICCRGBG1012": icc = try cursor.blocks(limits)
        case "ImageMagick":
            // All its files say that they are encoded as all files are.
            let content = String(latin1: try cursor.blocks(limits))
            if !content.hasPrefix("gamma=0.4545") { note("ImageMagick") }
        case let name:
            try cursor.skipBlocks()
            note(name)
        }
    }

    private mutating func note(_ program: String) {
        if programs.count < Self.nameLimit { programs.append(program) }
    }

    /// `1` and how often the animation is shown *again*, 16 bits; 0 is for ever.
    private mutating func readLoops(
        _ cursor: inout GIFCursor, _ limits: Limits
    ) throws(ImageError) {
        let content = try cursor.blocks(limits)
        // There is another block, of the size of a buffer.
        guard content.count >= 3, content[0] & 7 == 1 else { return }
        let repetitions = Int(content[1]) | Int(content[2]) << 8
        loopCount = repetitions == 0 ? 0 : repetitions + 1
    }

    /// An XMP packet, which is not in blocks: behind it is a trailer that leads whoever takes its
    /// bytes for sizes of blocks to an empty one (XMP Specification, part 3, §1.1.2).
    private static func packet(
        _ cursor: inout GIFCursor, _ limits: Limits
    ) throws(ImageError) -> [UInt8] {
        let start = cursor.offset
        var walk = cursor
        try walk.skipBlocks()
        let byteCount = walk.offset - start
        try limits.checkMetadata(max(0, byteCount - trailer.count))
        guard byteCount >= trailer.count,
            try cursor.source.bytes(
                at: walk.offset - trailer.count, count: trailer.count) == trailer
        else { return try cursor.blocks(limits) }
        let packet = try cursor.bytes(byteCount - trailer.count)
        try cursor.skip(trailer.count)
        return packet
    }

    /// What follows a packet.
    static let trailer: [UInt8] = [1] + (0...255).reversed().map { UInt8($0) } + [0]
}
