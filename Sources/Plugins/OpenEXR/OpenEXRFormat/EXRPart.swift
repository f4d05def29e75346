internal import FormatKit

/// What the header of a part says.
struct EXRPart {
    private(set) var channels: [EXRChannel] = []
    private(set) var compression: EXRCompression?
    /// Where the pixels lie that are stored, and those that are meant to be seen.
    private(set) var dataWindow: EXRWindow?
    private(set) var displayWindow: EXRWindow?
    private(set) var tiles: EXRTiles?
    private(set) var name: String?
    private(set) var type: String?
    private(set) var chunkCount: Int?
    private(set) var pixelAspectRatio = 1.0
    private(set) var horizontalDensity: Double?
    private(set) var chromaticities: Chromaticities?
    /// The luminance of white, as it is stored.
    private(set) var whiteLuminance: [UInt8]?
    private(set) var texts: [TextEntry] = []
    private(set) var xmp: [UInt8]?
    private(set) var hasPreview = false
    private(set) var unknownNames: [String] = []
    private var seen: Set<String> = []

    /// The types of attributes whose contents are looked at.
    private static let types: Set<String> = [
        "chlist", "compression", "box2i", "float", "v2f", "tiledesc", "string", "int",
        "chromaticities",
    ]

    /// Reads the attributes of a part up to the empty name behind them; the name of the first has
    /// been taken.
    ///
    /// - Throws: ``ImageError`` if the header is damaged or exceeds a limit.
    init(_ first: String, from bytes: inout EXRBytes) throws(ImageError) {
        var name = first
        while !name.isEmpty {
            let type = try bytes.name()
            let offset = bytes.offset
            let count = try bytes.number()
            guard count >= 0 else {
                throw .malformed(
                    .exr, "the attribute \(name.prefix(40)) has \(count) bytes", offset: offset)
            }
            if Self.types.contains(type) {
                let content = try bytes.take(count)
                try take(Attribute(name, type, content, at: offset + 4))
            } else {
                try bytes.skip(count)
                try take(Attribute(name, type, [], at: offset + 4))
            }
            name = try bytes.name()
        }
    }

    private struct Attribute {
        let name: String
        let type: String
        let content: [UInt8]
        let offset: Int

        init(_ name: String, _ type: String, _ content: [UInt8], at offset: Int) {
            (self.name, self.type, self.content, self.offset) = (name, type, content, offset)
        }

        /// The content, if it is of a type and has so many bytes.
        ///
        /// - Throws: ``ImageError`` if not.
        func bytes(of type: String, _ count: Int? = nil) throws(ImageError) -> [UInt8] {
            guard self.type == type else {
                throw error("is of the type \(self.type.prefix(40)), expected \(type)")
            }
            if let count, content.count != count {
                throw error("has \(content.count) bytes, expected \(count)")
            }
            return content
        }

        func error(_ words: String) -> ImageError {
            .malformed(.exr, "the attribute \(name.prefix(40)) \(words)", offset: offset)
        }

        var text: String { String(decoding: content, as: UTF8.self) }
    }

    private mutating func take(_ attribute: Attribute) throws(ImageError) {
        guard seen.insert(attribute.name).inserted else { throw attribute.error("is there twice") }
        if try takeStructure(attribute) { return }
        if try takeDescription(attribute) { return }
        if attribute.type == "string" {
            texts.append(TextEntry(EXRDescription.keyword(of: attribute.name), attribute.text))
        } else if attribute.type == "preview" {
            hasPreview = true
        } else {
            unknownNames.append(String(attribute.name.prefix(40)))
        }
    }

    /// Takes what pixels depend on.
    private mutating func takeStructure(_ attribute: Attribute) throws(ImageError) -> Bool {
        switch attribute.name {
        case "channels":
            channels = try EXRChannel.list(
                attribute.bytes(of: "chlist"), at: attribute.offset)
        case "compression":
            let number = Int(try attribute.bytes(of: "compression", 1)[0])
            guard let compression = EXRCompression(rawValue: number) else {
                throw .unsupported(.exr, "compression of the kind \(number)")
            }
            self.compression = compression
        case "dataWindow": dataWindow = try window(attribute)
        case "displayWindow": displayWindow = try window(attribute)
        case "tiles":
            guard let tiles = EXRTiles(try attribute.bytes(of: "tiledesc", 9)) else {
                throw attribute.error("makes no sense")
            }
            self.tiles = tiles
        case "name":
            _ = try attribute.bytes(of: "string")
            name = attribute.text
        case "type":
            _ = try attribute.bytes(of: "string")
            type = attribute.text
        case "chunkCount": chunkCount = try attribute.bytes(of: "int", 4).int32(at: 0)
        // Chunks say where they belong, whatever their order; the level is the encoder's business.
        case "lineOrder", "version", "dwaCompressionLevel": break
        default: return false
        }
        return true
    }

    private func window(_ attribute: Attribute) throws(ImageError) -> EXRWindow {
        let bytes = try attribute.bytes(of: "box2i", 16)
        guard let window = EXRWindow(bytes) else {
            throw attribute.error("is empty or lies too far away: \(EXRWindow.words(bytes))")
        }
        return window
    }

    /// Takes what is said of pixels.
    private mutating func takeDescription(_ attribute: Attribute) throws(ImageError) -> Bool {
        switch (attribute.name, attribute.type) {
        case ("pixelAspectRatio", _):
            pixelAspectRatio = try attribute.bytes(of: "float", 4).real(at: 0)
            guard (1e-6...1e6).contains(pixelAspectRatio) else {
                throw attribute.error("is \(pixelAspectRatio)")
            }
        case ("screenWindowCenter", "v2f"):
            if attribute.content != [UInt8](repeating: 0, count: 8) { return false }
        case ("screenWindowWidth", "float"):
            if attribute.content != [UInt8].bytes(Float(1).bitPattern) { return false }
        case ("chromaticities", "chromaticities"):
            chromaticities = EXRDescription.chromaticities(
                try attribute.bytes(of: "chromaticities", 32))
            if chromaticities == nil { throw attribute.error("makes no sense") }
        case ("xDensity", "float"):
            let density = try attribute.bytes(of: "float", 4).real(at: 0)
            guard density > 0, density.isFinite else { return false }
            horizontalDensity = density
        case ("whiteLuminance", "float"): whiteLuminance = try attribute.bytes(of: "float", 4)
        case ("xmp", "string"): xmp = attribute.content
        default: return false
        }
        return true
    }
}

/// How chunks are compressed.
enum EXRCompression: Int {
    case none = 0
    case rle, zips, zip, piz, pxr24, b44, b44a, dwaa, dwab

    /// The number of scan lines in a chunk.
    var lineCount: Int {
        switch self {
        case .none, .rle, .zips: 1
        case .zip, .pxr24: 16
        case .piz, .b44, .b44a, .dwaa: 32
        case .dwab: 256
        }
    }

    /// What it is called in options.
    var name: String { "\(self)" }

    /// Whether the library has it only from 3.2 on.
    var isRecent: Bool { self == .dwaa || self == .dwab }
}
