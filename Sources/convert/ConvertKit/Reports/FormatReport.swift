package import FormatKit

/// What `convert formats` says, all of it from the plugins.
package struct FormatReport: Sendable {
    private let format: FormatDescriptor
    private let library: String

    /// Creates a report; may load the format's library.
    package init(_ plugin: some FormatPlugin) {
        format = plugin.descriptor
        library = plugin.library
    }

    /// The report for people.
    package var text: String {
        var lines = [
            "\(format.id): \(format.name) (\(library))",
            "  extensions: " + format.fileExtensions.map { "." + $0 }.joined(separator: " "),
        ]
        if let read = format.read {
            lines.append(
                "  read: \(Self.text(read.streaming)); \(Self.text(read.pages))"
                    + Self.text(read.metadata))
        }
        if let write = format.write {
            lines.append(
                "  write: \(Self.text(write.streaming)); \(Self.text(write.losslessness)); "
                    + (write.defaultQuality.map { "default quality \(Int($0)); " } ?? "") + "up to "
                    + "\(write.maximumDimension) pixels a side; \(Self.text(write.pages))"
                    + Self.text(write.metadata))
            lines.append("  layouts: " + Self.names(write.layouts).joined(separator: ", "))
            if !write.streams.isEmpty {
                let names = write.streams.map(\.format.rawValue).joined(separator: ", ")
                lines.append("  without decoding: \(names)")
            }
        }
        for option in format.options {
            lines.append(
                "  --option \(format.id).\(option.key)=...: \(option.summary);"
                    + " \(option.kind); default \(option.defaultText)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func text(_ streaming: Streaming) -> String {
        switch streaming {
        case .rows: "row by row"
        case .wholeImage: "whole image in memory"
        }
    }

    private static func text(_ pages: PageSupport) -> String {
        switch pages {
        case .single: ""
        case .pages: "any number of pages; "
        case .animation: "animation; "
        }
    }

    private static func text(_ losslessness: Losslessness) -> String {
        switch losslessness {
        case .always: "lossless"
        case .optional: "lossy or lossless"
        case .limited: "lossless for few colors, lossy for more"
        case .never: "lossy"
        }
    }

    private static func text(_ kinds: Set<MetadataKind>) -> String {
        kinds.isEmpty ? "no metadata" : names(kinds).joined(separator: ", ")
    }

    private static func names(_ kinds: Set<MetadataKind>) -> [String] {
        MetadataKind.allCases.filter(kinds.contains).map(\.rawValue)
    }

    private static func names(_ layouts: Set<PixelLayout>) -> [String] {
        layouts.map(\.description).sorted()
    }
}

extension FormatReport {
    /// The report for machines.
    package var json: JSONValue {
        [
            "id": .string(format.id.rawValue), "name": .string(format.name),
            "library": .string(library),
            "extensions": Self.strings(format.fileExtensions),
            "media_types": Self.strings(format.mediaTypes),
            "read": format.read.map(Self.json) ?? .null,
            "write": format.write.map(Self.json) ?? .null,
            "options": .array(format.options.map(Self.json)),
        ]
    }

    private static func json(_ read: ReadCapabilities) -> JSONValue {
        [
            "streaming": .string(read.streaming.rawValue),
            "pages": .string(read.pages.rawValue),
            "metadata": strings(names(read.metadata)),
        ]
    }

    private static func json(_ write: WriteCapabilities) -> JSONValue {
        [
            "streaming": .string(write.streaming.rawValue),
            "pages": .string(write.pages.rawValue),
            "lossless": .string(write.losslessness.rawValue),
            "default_quality": write.defaultQuality.map { .integer(Int($0)) } ?? .null,
            "maximum_dimension": .integer(write.maximumDimension),
            "layouts": strings(names(write.layouts)), "metadata": strings(names(write.metadata)),
            "streams": strings(write.streams.map(\.format.rawValue)),
        ]
    }

    private static func json(_ option: OptionSpec) -> JSONValue {
        let common: JSONValue = [
            "key": .string(option.key), "summary": .string(option.summary),
            "default": .string(option.defaultText),
        ]
        switch option.kind {
        case .integer(let range):
            return common + [
                "type": .string("integer"), "minimum": .integer(range.lowerBound),
                "maximum": .integer(range.upperBound),
            ]
        case .real(let range):
            return common + [
                "type": .string("real"), "minimum": .real(range.lowerBound),
                "maximum": .real(range.upperBound),
            ]
        case .boolean: return common + ["type": .string("boolean")]
        case .choice(let words):
            return common + ["type": .string("choice"), "values": strings(words)]
        }
    }

    private static func strings(_ texts: [String]) -> JSONValue {
        .array(texts.map(JSONValue.string))
    }
}
