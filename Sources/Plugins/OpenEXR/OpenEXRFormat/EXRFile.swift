internal import FormatKit

/// What a file says in front of its pixels: its parts, and where their tables of chunks lie.
struct EXRFile {
    /// The first four bytes, and what the version has besides.
    static let mark: [UInt8] = [0x76, 0x2F, 0x31, 0x01]
    private static let version: UInt32 = 2

    private struct Flags: OptionSet {
        let rawValue: UInt32
        static let tiled = Flags(rawValue: 0x200)
        static let longNames = Flags(rawValue: 0x400)
        static let deep = Flags(rawValue: 0x800)
        static let parts = Flags(rawValue: 0x1000)
        static let known: Flags = [.tiled, .longNames, .deep, .parts]
    }

    private(set) var pages: [EXRPage] = []
    /// Whether chunks say of which part they are.
    let hasParts: Bool
    /// Where the last table ends, and chunks may begin.
    private(set) var tableEnd = 0

    init(of source: any ImageSource, _ limits: Limits) throws(ImageError) {
        var bytes = EXRBytes(source, limits)
        guard try bytes.take(4) == Self.mark else {
            throw .malformed(.exr, "expected the bytes 76 2F 31 01", offset: 0)
        }
        let word = try bytes.take(4).uint32(at: 0)
        let flags = Flags(rawValue: word & ~0xFF)
        guard word & 0xFF == Self.version, flags.isSubset(of: .known) else {
            throw .unsupported(
                .exr, "version \(word & 0xFF) of the format with the flags \(flags.rawValue >> 8)")
        }
        hasParts = flags.contains(.parts)
        let parts = try Self.parts(&bytes, hasParts: hasParts, limits)
        tableEnd = bytes.offset
        for (index, part) in parts.enumerated() {
            let kind =
                hasParts
                ? EXRPage.Kind(type: part.type ?? "")
                : flags.contains(.deep) ? .deep : flags.contains(.tiled) ? .tiles : .lines
            let page = try EXRPage(part, index: index, kind: kind, tableOffset: tableEnd)
            // That is the one which is read at first.
            if index == 0 { try limits.check(page.window.size) }
            pages.append(page)
            tableEnd = tableEnd.addingClamped(page.chunkCount.multipliedClamped(by: 8))
            guard tableEnd <= source.byteCount else {
                throw .truncated(
                    .exr, "the table of \(page.chunkCount) chunks is incomplete",
                    offset: source.byteCount)
            }
        }
    }

    /// The headers of all parts.
    private static func parts(
        _ bytes: inout EXRBytes, hasParts: Bool, _ limits: Limits
    ) throws(ImageError) -> [EXRPart] {
        var parts: [EXRPart] = []
        repeat {
            let offset = bytes.offset
            let name = try bytes.name()
            if name.isEmpty {
                guard !parts.isEmpty else {
                    throw .malformed(.exr, "there are no attributes", offset: offset)
                }
                break
            }
            parts.append(try EXRPart(name, from: &bytes))
            try limits.checkFrames(parts.count)
        } while hasParts
        return parts
    }
}

/// A part, and how its chunks lie in the file.
struct EXRPage {
    /// What chunks hold.
    enum Kind: Equatable {
        case lines
        case tiles
        case deep
        case unknown(String)

        init(type: String) {
            switch type {
            case "scanlineimage": self = .lines
            case "tiledimage": self = .tiles
            case "deepscanline", "deeptile": self = .deep
            default: self = .unknown(String(type.prefix(40)))
            }
        }
    }

    let part: EXRPart
    let index: Int
    let kind: Kind
    let window: EXRWindow
    let compression: EXRCompression
    /// The number of entries in the table, of smaller pictures, too.
    let chunkCount: Int
    /// Where the table lies.
    let tableOffset: Int

    init(
        _ part: EXRPart, index: Int, kind: Kind, tableOffset: Int
    ) throws(ImageError) {
        func missing(_ name: String) -> ImageError {
            .malformed(.exr, "part \(index + 1) has no attribute \(name)")
        }
        guard !part.channels.isEmpty else { throw missing("channels") }
        guard let window = part.dataWindow else { throw missing("dataWindow") }
        guard let compression = part.compression else { throw missing("compression") }
        if kind == .tiles, part.tiles == nil { throw missing("tiles") }
        self.part = part
        self.index = index
        self.kind = kind
        self.window = window
        self.compression = compression
        self.tableOffset = tableOffset
        let lines = window.size.height.dividedRoundingUp(by: compression.lineCount)
        let count: Int
        switch kind {
        case .lines: count = lines
        case .tiles: count = part.tiles?.count(window.size) ?? lines
        // These are not read, but their tables are there.
        case .deep, .unknown: count = part.chunkCount ?? lines
        }
        guard count > 0, part.chunkCount.map({ $0 == count }) != false else {
            throw .malformed(
                .exr,
                "part \(index + 1) says that it has \(part.chunkCount ?? 0) chunks, "
                    + "expected \(count)")
        }
        chunkCount = count
    }

    /// The number of rows of pixels in a row of chunks.
    var rowsPerStrip: Int {
        min(kind == .tiles ? part.tiles?.height ?? 1 : compression.lineCount, window.size.height)
    }

    /// The number of chunks side by side.
    var columnCount: Int { kind == .tiles ? part.tiles?.columnCount(window.size) ?? 1 : 1 }

    /// The columns of a chunk.
    func columns(ofChunk column: Int) -> Range<Int> {
        let width = window.size.width
        guard kind == .tiles, let tiles = part.tiles else { return 0..<width }
        return column * tiles.width..<min(width, (column + 1) * tiles.width)
    }

    /// The number of strips of chunks.
    var stripCount: Int { window.size.height.dividedRoundingUp(by: rowsPerStrip) }

    /// The rows of a strip.
    func rows(ofStrip strip: Int) -> Range<Int> {
        strip * rowsPerStrip..<min(window.size.height, (strip + 1) * rowsPerStrip)
    }

    /// The bytes of a chunk of so many columns and rows, once it is decompressed.
    func byteCount(width: Int, height: Int) -> Int {
        part.channels.reduce(0) { sum, channel in
            sum.addingClamped(
                channel.sampleCount(of: width).multipliedClamped(by: channel.rowCount(of: height))
                    .multipliedClamped(by: channel.kind.byteCount))
        }
    }

    /// The bytes of the largest chunk.
    var largestByteCount: Int {
        byteCount(width: columns(ofChunk: 0).count, height: rowsPerStrip)
    }

    /// What the library is shown of the part: how chunks are stored, and nothing else.
    var head: [UInt8] {
        func attribute(_ name: String, _ type: String, _ content: [UInt8]) -> [UInt8] {
            Array(name.utf8) + [0] + Array(type.utf8) + [0] + [UInt8].bytes(content.count) + content
        }
        // The library sorts by names, which are given so that the order stays.
        var channels: [UInt8] = []
        for (number, channel) in part.channels.enumerated() {
            channels += channel.bytes(named: "\(10_000 + number)")
        }
        let one = [UInt8].bytes(Float(1).bitPattern)
        var bytes = EXRFile.mark + [2, kind == .tiles ? 2 : 0, 0, 0]
        bytes += attribute("channels", "chlist", channels + [0])
        bytes += attribute("compression", "compression", [UInt8(compression.rawValue)])
        bytes += attribute("dataWindow", "box2i", window.bytes)
        bytes += attribute("displayWindow", "box2i", window.bytes)
        bytes += attribute("lineOrder", "lineOrder", [0])
        bytes += attribute("pixelAspectRatio", "float", one)
        bytes += attribute("screenWindowCenter", "v2f", [UInt8](repeating: 0, count: 8))
        bytes += attribute("screenWindowWidth", "float", one)
        if kind == .tiles, let tiles = part.tiles {
            bytes += attribute("tiles", "tiledesc", tiles.bytesOfOneLevel)
        }
        return bytes + [0]
    }
}
