package import FormatKit

/// What `convert info` says of one file.
package struct ImageReport: Sendable {
    /// The file's name.
    package let name: String
    /// The size of the file, in bytes.
    package let byteCount: Int
    /// The format.
    package let format: FormatDescriptor
    /// What the reader found.
    package let header: ImageHeader
    /// What the reader found odd.
    package let warnings: [String]

    private var bitsPerPixel: Double {
        Double(byteCount) * 8 / Double(max(1, header.size.pixelCount))
    }

    /// The report for people.
    package var text: String {
        let layout = header.layout
        let bits =
            header.significantBits == layout.sample.bitCount
            ? "" : ", \(header.significantBits) bits used"
        var lines = [
            "\(name):",
            "  format: \(format.id) (\(format.name))",
            "  size: \(header.size)",
            "  layout: \(layout)\(bits)",
            "  frames: \(header.frameCount)",
            "  bytes: \(byteCount) (\(Decimals.text(bitsPerPixel, digits: 3)) bits per pixel)",
        ]
        lines += metadataLines.map { "  " + $0 }
        lines += header.details.flatMap { Self.lines($0, indent: "  ") }
        return lines.joined(separator: "\n") + "\n"
    }

    private var metadataLines: [String] {
        let metadata = header.metadata
        let blocks = [("icc", metadata.icc), ("exif", metadata.exif), ("xmp", metadata.xmp)]
        var lines = blocks.compactMap { name, bytes in
            bytes.map { "\(name): \($0.count) bytes" }
        }
        if let resolution = metadata.resolution {
            let unit = resolution.unit == .none ? "aspect only" : "per \(resolution.unit.rawValue)"
            lines.append(
                "resolution: \(resolution.horizontal) x \(resolution.vertical) (\(unit))")
        }
        if metadata.orientation != .up {
            lines.append("orientation: \(metadata.orientation.rawValue)")
        }
        return lines
    }

    private static func lines(_ detail: ImageDetail, indent: String) -> [String] {
        let name = indent + detail.name.split(separator: "_").joined(separator: " ") + ":"
        if case .record(let members) = detail.value {
            return [name] + members.flatMap { lines($0, indent: indent + "  ") }
        }
        return [name + " " + text(detail.value)]
    }

    private static func text(_ value: ImageDetail.Value) -> String {
        switch value {
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        case .text(let text): text
        case .list(let values): values.map(Self.text).joined(separator: ", ")
        case .record(let members):
            members.map { "\($0.name) \(text($0.value))" }.joined(separator: "; ")
        }
    }
}

extension ImageReport {
    /// The report for machines.
    package var json: JSONValue {
        let layout = header.layout
        return [
            "file": .string(name), "format": .string(format.id.rawValue),
            "width": .integer(header.size.width), "height": .integer(header.size.height),
            "color": .string(layout.model.rawValue), "channels": .integer(layout.channelCount),
            "sample": .string(layout.sample.rawValue), "alpha": .string(layout.alpha.rawValue),
            "significant_bits": .integer(header.significantBits),
            "frames": .integer(header.frameCount), "bytes": .integer(byteCount),
            "bits_per_pixel": .real(bitsPerPixel), "metadata": metadataJSON,
            "details": Self.json(header.details),
            "warnings": .array(warnings.map(JSONValue.string)),
        ]
    }

    private var metadataJSON: JSONValue {
        let metadata = header.metadata
        func size(_ bytes: [UInt8]?) -> JSONValue { bytes.map { .integer($0.count) } ?? .null }
        let resolution = metadata.resolution.map { resolution -> JSONValue in
            [
                "horizontal": .real(resolution.horizontal),
                "vertical": .real(resolution.vertical),
                "unit": .string(resolution.unit.rawValue),
            ]
        }
        return [
            "icc_bytes": size(metadata.icc), "exif_bytes": size(metadata.exif),
            "xmp_bytes": size(metadata.xmp), "resolution": resolution ?? .null,
            "orientation": .integer(metadata.orientation.rawValue),
        ]
    }

    private static func json(_ details: [ImageDetail]) -> JSONValue {
        .object(details.map { JSONValue.Member(key: $0.name, value: json($0.value)) })
    }

    private static func json(_ value: ImageDetail.Value) -> JSONValue {
        switch value {
        case .integer(let number): .integer(number)
        case .real(let number): .real(number)
        case .text(let text): .string(text)
        case .list(let values): .array(values.map(json))
        case .record(let members): json(members)
        }
    }
}
