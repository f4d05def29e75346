internal import FormatKit

/// What attributes say beside pixels, and how it is said again.
enum EXRDescription {
    /// What texts are called here and elsewhere.
    private static let keywords = [
        "comments": "Comment", "owner": "Copyright", "capDate": "Creation Time",
    ]
    private static let names = Dictionary(
        uniqueKeysWithValues: keywords.map { ($0.value, $0.key) })

    /// Attributes that are no texts, or not for us to set.
    private static let reservedNames: Set<String> = [
        "channels", "compression", "dataWindow", "displayWindow", "lineOrder", "pixelAspectRatio",
        "screenWindowCenter", "screenWindowWidth", "tiles", "name", "type", "version", "chunkCount",
        "chromaticities", "whiteLuminance", "xDensity", "preview", "xmp", "dwaCompressionLevel",
        "adoptedNeutral", "altitude", "aperture", "envmap", "expTime", "focus", "framesPerSecond",
        "isoSpeed", "keyCode", "latitude", "longitude", "multiView", "timeCode", "utcOffset",
        "worldToCamera", "worldToNDC",
    ]
    private static let longestName = 31

    // MARK: Reading

    /// The keyword of a text that is an attribute.
    static func keyword(of name: String) -> String { keywords[name] ?? name }

    /// The primaries and the white that eight reals say; `nil` if they are none.
    static func chromaticities(_ bytes: [UInt8]) -> Chromaticities? {
        let numbers = (0..<8).map { bytes.real(at: 4 * $0) }
        guard numbers.allSatisfy(\.isFinite) else { return nil }
        func point(_ index: Int) -> Chromaticity {
            Chromaticity(numbers[2 * index], numbers[2 * index + 1])
        }
        return Chromaticities(white: point(3), red: point(0), green: point(1), blue: point(2))
    }

    /// What is carried to other files.
    static func metadata(_ page: EXRPage) -> ImageMetadata {
        let part = page.part
        var metadata = ImageMetadata(xmp: part.xmp, texts: part.texts)
        metadata.gamma = 1
        metadata.chromaticities = part.chromaticities
        metadata.resolution = resolution(part)
        let size = page.window.size
        let display = part.displayWindow ?? page.window
        if page.window != EXRWindow(size) || display != page.window {
            metadata.blocks.append(
                FormatBlock(.exr, windowsName, page.window.bytes + display.bytes, size: size))
        }
        if let white = part.whiteLuminance {
            metadata.blocks.append(
                FormatBlock(.exr, whiteName, white, dependsOnSamples: true))
        }
        return metadata
    }

    /// Pixels per inch, or else the shape of a pixel, which is as many times wider than high.
    private static func resolution(_ part: EXRPart) -> Resolution? {
        let shape = part.pixelAspectRatio
        if let density = part.horizontalDensity {
            return Resolution(horizontal: density, vertical: density * shape, unit: .inch)
        }
        return shape == 1 ? nil : Resolution(horizontal: 1, vertical: shape, unit: .none)
    }

    /// What `convert info` prints.
    static func details(_ page: EXRPage) -> [ImageDetail] {
        let part = page.part
        var details: [ImageDetail] = []
        if let name = part.name { details.append(ImageDetail("part", .text(name))) }
        details += [
            ImageDetail(
                "channels", .list(part.channels.prefix(64).map { .text("\($0.name) \($0.kind)") })),
            ImageDetail("compression", .text(page.compression.name)),
        ]
        if page.kind == .tiles, let tiles = part.tiles {
            details.append(ImageDetail("tile_size", .text("\(tiles.width)x\(tiles.height)")))
        }
        let display = part.displayWindow ?? page.window
        if page.window != EXRWindow(page.window.size) || display != page.window {
            details += [
                ImageDetail("data_window", page.window.detail),
                ImageDetail("display_window", display.detail),
            ]
        }
        if let white = part.whiteLuminance {
            details.append(ImageDetail("white_luminance", .real(white.real(at: 0))))
        }
        return details
    }

    // MARK: Writing

    private static let windowsName = "windows"
    private static let whiteName = "whiteLuminance"

    /// Where pixels lie, and where those that are meant to be seen.
    static func windows(_ header: ImageHeader) -> (data: EXRWindow, display: EXRWindow) {
        let plain = EXRWindow(header.size)
        let block = header.metadata.blocks.first {
            $0.format == .exr && $0.name == windowsName && $0.bytes.count == 32
        }
        guard let block, let data = EXRWindow(block.bytes),
            let display = EXRWindow(block.bytes, at: 16), data.size == header.size
        else { return (plain, plain) }
        return (data, display)
    }

    /// The luminance of white.
    static func whiteLuminance(_ metadata: ImageMetadata) -> Float? {
        let block = metadata.blocks.first {
            $0.format == .exr && $0.name == whiteName && $0.bytes.count == 4
        }
        return block.map { Float(bitPattern: $0.bytes.uint32(at: 0)) }
    }

    /// Pixels per inch along a row, if they are known, and the shape of a pixel; `nil` if a file
    /// cannot say them.
    static func density(_ resolution: Resolution) -> (horizontal: Float?, shape: Float)? {
        let shape = Float(resolution.vertical / resolution.horizontal)
        guard (1e-6...1e6).contains(shape) else { return nil }
        guard let density = resolution.pixelsPerMeter?.horizontal else { return (nil, shape) }
        let perInch =
            resolution.unit == .inch ? Float(resolution.horizontal) : Float(density * 0.0254)
        return perInch.isNormal && perInch > 0 ? (perInch, shape) : nil
    }

    /// Texts as attributes: of several for one name the first, and what is left.
    static func texts(
        _ metadata: ImageMetadata
    ) -> (stored: [(name: String, value: String)], left: [TextEntry]) {
        var stored: [(name: String, value: String)] = []
        var left: [TextEntry] = []
        var used = reservedNames
        for text in metadata.texts {
            let name = name(of: text)
            let isPlain = text.language.isEmpty && text.translatedKeyword.isEmpty
            let hasZero = (name + text.value).utf8.contains(0)
            if isPlain, !hasZero, (1...longestName).contains(name.utf8.count),
                used.insert(name).inserted
            {
                stored.append((name, text.value))
            } else {
                left.append(text)
            }
        }
        return (stored, left)
    }

    /// The attribute for a text; one for times takes only such as 2026:12:31 23:59:59.
    private static func name(of text: TextEntry) -> String {
        let name = names[text.keyword] ?? text.keyword
        guard name == "capDate" else { return name }
        let pattern = "dddd:dd:dd dd:dd:dd".utf8
        let isTime =
            text.value.utf8.count == pattern.count
            && zip(text.value.utf8, pattern).allSatisfy { byte, kind in
                kind == UInt8(ascii: "d") ? (48...57).contains(byte) : byte == kind
            }
        return isTime ? name : text.keyword
    }

    /// The packet, if it can be a text.
    static func xmp(_ metadata: ImageMetadata) -> String? {
        guard let xmp = metadata.xmp, !xmp.contains(0) else { return nil }
        let text = String(decoding: xmp, as: UTF8.self)
        return Array(text.utf8) == xmp ? text : nil
    }

    /// What has no place in a header.
    static func losses(_ metadata: ImageMetadata) -> [Loss] {
        var losses = Loss.texts(texts(metadata).left)
        if metadata.xmp != nil, xmp(metadata) == nil { losses.append(.metadata(.xmp)) }
        if let resolution = metadata.resolution, density(resolution) == nil {
            losses.append(.metadata(.resolution))
        }
        if let gamma = metadata.gamma, abs(gamma - 1) > 0.001 {
            losses.append(.metadata(.gamma))
        }
        return losses
    }
}
