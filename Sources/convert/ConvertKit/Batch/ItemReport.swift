package import FormatKit

/// What a conversion did, or would do: the members that `--json` prints of it.
package struct ItemReport: Sendable, Equatable {
    /// An object.
    package let json: JSONValue

    init(json: JSONValue) {
        self.json = json
    }

    /// The report on a conversion.
    package init(_ report: Converter.Report) {
        let (source, target) = (report.plan.source, report.plan.target)
        json = [
            "input_format": .string(report.sourceFormat.rawValue),
            "output_format": .string(report.targetFormat.rawValue),
            "width": .integer(source.size.width), "height": .integer(source.size.height),
            "input_layout": .string(source.layout.description),
            "output_layout": .string(target.layout.description),
            "output_width": .integer(target.size.width),
            "output_height": .integer(target.size.height),
            "pages": .integer(report.pageCount), "turned": .boolean(report.plan.isTurned),
            "input_bytes": .integer(report.sourceByteCount),
            "output_bytes": .integer(report.outputByteCount),
            "losses": .array(report.losses.map(\.json)),
        ]
    }

    /// One line for each loss.
    package var losses: [String] {
        (json["losses"]?.elements ?? []).compactMap { $0["description"]?.text }
    }

    /// The size of the output, in pixels.
    package var size: ImageSize? {
        guard let width = json["output_width"]?.wholeNumber,
            let height = json["output_height"]?.wholeNumber
        else { return nil }
        return ImageSize(width: width, height: height)
    }

    /// The size of the input, in bytes.
    package var inputByteCount: Int { json["input_bytes"]?.wholeNumber ?? 0 }

    /// The size of the output, in bytes.
    package var outputByteCount: Int { json["output_bytes"]?.wholeNumber ?? 0 }

    /// For example `png 1234 bytes`.
    package var inputText: String { "\(json["input_format"]?.text ?? "") \(inputByteCount) bytes" }

    /// For example `webp 1234 bytes`.
    package var outputText: String {
        "\(json["output_format"]?.text ?? "") \(outputByteCount) bytes"
    }
}

extension Loss {
    /// The loss for machines and people.
    package var json: JSONValue {
        ["kind": .string(name), "description": .string(description)]
    }
}
