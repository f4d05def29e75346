internal import FormatKit

/// What a file says, but for its pixels (CompuServe, Graphics Interchange Format, version 89a).
///
/// | part | content |
/// | --- | --- |
/// | header | `GIF87a` or `GIF89a` |
/// | screen | width, height, 16 bits each; flags; background; shape of a pixel |
/// | colors | three bytes each, if a flag says so |
/// | blocks | `0x21`: an extension; `0x2C`: a frame |
/// | trailer | `0x3B` |
///
/// Numbers are little-endian.
struct GIFStructure {
    /// The three characters behind `GIF`.
    let version: String
    /// The size of the canvas.
    private(set) var size = ImageSize(width: 0, height: 0)
    /// The colors of frames that have none of their own.
    private(set) var colors: GIFColorTable?
    /// How wide a pixel is, in 64ths of its height, plus 15; 0 if nothing is said.
    private(set) var pixelShape = UInt8(0)
    private(set) var frames: [GIFFrame] = []
    private(set) var extensions = GIFExtensions()
    /// What is lost because of damage.
    private(set) var damage: [Loss] = []
    /// Where the file ends by its own account.
    private(set) var end = 0
    /// Whether there is a trailer.
    private(set) var isComplete = false

    init(of source: any ImageSource, context: CodecContext) throws(ImageError) {
        version = try Self.version(of: source)
        var cursor = GIFCursor(source, at: 6)
        try readScreen(&cursor)
        do throws(ImageError) {
            try readBlocks(&cursor, context)
        } catch .truncated(_, _, let offset) where context.isSalvaging && !frames.isEmpty {
            damage.append(.picture("the file ends inside frame \(frames.count)"))
            end = offset ?? source.byteCount
        }
        guard let first = frames.first else {
            throw .malformed(.gif, "there is no picture", offset: cursor.offset)
        }
        // Some programs leave the size to the first frame.
        if size.width == 0 { size.width = first.left + first.size.width }
        if size.height == 0 { size.height = first.top + first.size.height }
        try context.limits.check(size)
    }

    private static func version(of source: any ImageSource) throws(ImageError) -> String {
        let head = try source.bytes(at: 0, count: 6)
        let isRight = ["GIF87a", "GIF89a"].contains {
            head.elementsEqual($0.utf8.prefix(head.count))
        }
        guard isRight else { throw .malformed(.gif, "expected GIF87a or GIF89a", offset: 0) }
        guard head.count == 6 else {
            throw .truncated(.gif, "the file ends inside its header", offset: head.count)
        }
        return String(decoding: head[3...], as: UTF8.self)
    }

    private mutating func readScreen(_ cursor: inout GIFCursor) throws(ImageError) {
        size = ImageSize(width: try cursor.word(), height: try cursor.word())
        let flags = try cursor.byte()
        _ = try cursor.byte()
        pixelShape = try cursor.byte()
        if flags & 0x80 != 0 { colors = try GIFColorTable(flags, &cursor) }
    }

    private mutating func readBlocks(
        _ cursor: inout GIFCursor, _ context: CodecContext
    ) throws(ImageError) {
        var control: GIFControl?
        while true {
            // Many a file lacks the last byte; that no frame is missing nobody knows.
            if cursor.isAtEnd, !frames.isEmpty, control == nil {
                damage.append(
                    .part(of: .formatBlocks, "the file ends without its trailer"))
                end = cursor.offset
                return
            }
            let start = cursor.offset
            switch try cursor.byte() {
            case 0x21: try extensions.read(&cursor, &control, context.limits)
            case 0x2C:
                try readFrame(&cursor, control, context)
                control = nil
            case 0x3B:
                (end, isComplete) = (cursor.offset, true)
                return
            // Empty blocks between others do no harm.
            case 0: break
            case let byte:
                guard !frames.isEmpty else {
                    throw .malformed(.gif, "expected a block, found \(byte)", offset: start)
                }
                // It may have been further frames.
                damage.append(.picture("what follows frame \(frames.count) is no block"))
                end = start
                return
            }
        }
    }

    private mutating func readFrame(
        _ cursor: inout GIFCursor, _ control: GIFControl?, _ context: CodecContext
    ) throws(ImageError) {
        let number = frames.count + 1
        try context.limits.checkFrames(number)
        if number % 1024 == 0 { try context.checkCancellation() }
        frames.append(
            try GIFFrame(&cursor, number: number, control, globalColors: colors, context.limits))
        try cursor.skipBlocks()
    }
}

/// Where a table of colors lies, of three bytes each.
struct GIFColorTable: Equatable {
    let offset: Int
    let count: Int

    /// Reads past a table whose size is in the lowest bits of flags.
    init(_ flags: UInt8, _ cursor: inout GIFCursor) throws(ImageError) {
        offset = cursor.offset
        count = 2 << Int(flags & 7)
        try cursor.skip(3 * count)
    }

    /// The colors.
    func colors(in source: any ImageSource) throws(ImageError) -> [RGBAColor] {
        let bytes = try source.bytes(at: offset, count: 3 * count)
        return stride(from: 0, to: bytes.count - 2, by: 3).map {
            RGBAColor(red: bytes[$0], green: bytes[$0 + 1], blue: bytes[$0 + 2])
        }
    }
}
