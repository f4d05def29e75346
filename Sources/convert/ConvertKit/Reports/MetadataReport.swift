internal import FormatKit

/// What `convert info` says of a file's metadata.
struct MetadataReport {
    let metadata: ImageMetadata

    /// The opaque blocks by name.
    private var blocks: [(name: String, bytes: [UInt8]?)] {
        [
            ("icc", metadata.icc), ("exif", metadata.exif), ("xmp", metadata.xmp),
            ("iptc", metadata.iptc), ("photoshop", metadata.photoshop),
            ("geotiff", metadata.geotiff),
        ]
    }

    /// The lines for people.
    var lines: [String] {
        var lines = blocks.compactMap { name, bytes in
            bytes.map { "\(name): \($0.count) bytes" }
        }
        lines += colors.map { "\($0.key): \(Self.text($0.value))" }
        lines += metadata.texts.map { "text \($0.keyword): \($0.value)" }
        if let time = metadata.modificationTime { lines.append("modified: \(time)") }
        if let resolution = metadata.resolution {
            let unit = resolution.unit == .none ? "aspect only" : "per \(resolution.unit.rawValue)"
            lines.append(
                "resolution: \(resolution.horizontal) x \(resolution.vertical) (\(unit))")
        }
        if let background = metadata.background {
            let values = background.channels.map { "\($0)" }.joined(separator: ", ")
            lines.append("background: \(values) of 65535")
        }
        lines += metadata.blocks.map { "\($0.name): \($0.bytes.count) bytes" }
        if metadata.orientation != .up {
            lines.append("orientation: \(metadata.orientation.rawValue)")
        }
        return lines
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .array(let values): values.map(text).joined(separator: ", ")
        default: value.description
        }
    }

    /// What is said about colors by numbers.
    private var colors: [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        func add(_ name: String, _ value: JSONValue?) {
            if let value { members.append(JSONValue.Member(key: name, value: value)) }
        }
        add(
            "cicp",
            metadata.codePoints.map {
                .array(
                    [$0.primaries, $0.transfer, $0.matrix, $0.isFullRange ? 1 : 0]
                        .map { .integer(Int($0)) })
            })
        add("srgb_rendering_intent", metadata.renderingIntent.map { .integer(Int($0.rawValue)) })
        add("gamma", metadata.gamma.map(JSONValue.real))
        add("chromaticities", metadata.chromaticities.map(Self.json))
        add(
            "mastering_display",
            metadata.masteringDisplay.map {
                let luminances = [$0.maximumLuminance, $0.minimumLuminance]
                return .array(
                    Self.coordinates($0.chromaticities).map(JSONValue.real)
                        + luminances.map(JSONValue.real))
            })
        add(
            "content_light",
            metadata.contentLight.map { .array([.real($0.maximum), .real($0.frameAverage)]) })
        add("sample_bits", metadata.significantBits.map { .array($0.map(JSONValue.integer)) })
        return members
    }

    private static func json(_ chromaticities: Chromaticities) -> JSONValue {
        .array(coordinates(chromaticities).map(JSONValue.real))
    }

    private static func coordinates(_ colors: Chromaticities) -> [Double] {
        [colors.white, colors.red, colors.green, colors.blue].flatMap { [$0.x, $0.y] }
    }

    /// The report for machines.
    var json: JSONValue {
        let resolution = metadata.resolution.map { resolution -> JSONValue in
            [
                "horizontal": .real(resolution.horizontal),
                "vertical": .real(resolution.vertical),
                "unit": .string(resolution.unit.rawValue),
            ]
        }
        let sizes = blocks.map { name, bytes in
            JSONValue.Member(
                key: name + "_bytes", value: bytes.map { .integer($0.count) } ?? .null)
        }
        let rest: JSONValue = [
            "texts": .array(metadata.texts.map(Self.json)),
            "modified": metadata.modificationTime.map { .string("\($0)") } ?? .null,
            "resolution": resolution ?? .null,
            "orientation": .integer(metadata.orientation.rawValue),
            "background": metadata.background.map {
                .array($0.channels.map { .integer(Int($0)) })
            } ?? .null,
            "blocks": .array(metadata.blocks.map(Self.json)),
        ]
        return .object(sizes + colors) + rest
    }

    private static func json(_ block: FormatBlock) -> JSONValue {
        ["name": .string(block.name), "bytes": .integer(block.bytes.count)]
    }

    private static func json(_ text: TextEntry) -> JSONValue {
        [
            "keyword": .string(text.keyword), "value": .string(text.value),
            "language": .string(text.language),
        ]
    }
}
