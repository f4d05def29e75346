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
    /// The coded stream that can be had without decoding, if there is one.
    package var stream: CodedStream?
    /// What the reader found odd.
    package let warnings: [String]

    /// Creates a report.
    package init(
        name: String, byteCount: Int, format: FormatDescriptor, header: ImageHeader,
        stream: CodedStream? = nil, warnings: [String]
    ) {
        self.name = name
        self.byteCount = byteCount
        self.format = format
        self.header = header
        self.stream = stream
        self.warnings = warnings
    }

    /// The size of the picture once it is turned upright.
    private var shownSize: ImageSize {
        header.metadata.orientation.uprightSize(of: header.size)
    }

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
            "  size: \(header.size)\(shownSize == header.size ? "" : ", shown \(shownSize)")",
            "  layout: \(layout)\(bits)",
            "  frames: \(header.frameCount)",
            "  bytes: \(byteCount) (\(Decimals.text(bitsPerPixel, digits: 3)) bits per pixel)",
        ]
        if let animation = header.animation {
            let loops = animation.loopCount == 0 ? "for ever" : "\(animation.loopCount) times"
            lines.append(
                "  animation: first frame \(animation.duration.milliseconds) ms, \(loops)")
        }
        if let stream, stream.format != format.id {
            lines.append("  holds: a \(stream.format) file, which can be rebuilt")
        }
        lines += MetadataReport(metadata: header.metadata).lines.map { "  " + $0 }
        lines += header.details.flatMap { Self.lines($0, indent: "  ") }
        return lines.map(Console.printable).joined(separator: "\n") + "\n"
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
            "shown_width": .integer(shownSize.width), "shown_height": .integer(shownSize.height),
            "color": .string(layout.model.rawValue), "channels": .integer(layout.channelCount),
            "sample": .string(layout.sample.rawValue), "alpha": .string(layout.alpha.rawValue),
            "significant_bits": .integer(header.significantBits),
            "frames": .integer(header.frameCount), "animation": Self.json(header.animation),
            "bytes": .integer(byteCount),
            "bits_per_pixel": .real(bitsPerPixel),
            "stream": stream.map { .string($0.format.rawValue) } ?? .null,
            "metadata": MetadataReport(metadata: header.metadata).json,
            "details": Self.json(header.details),
            "warnings": .array(warnings.map(JSONValue.string)),
        ]
    }

    private static func json(_ animation: AnimationTiming?) -> JSONValue {
        guard let animation else { return .null }
        return [
            "milliseconds": .integer(animation.duration.milliseconds),
            "loops": .integer(animation.loopCount),
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
