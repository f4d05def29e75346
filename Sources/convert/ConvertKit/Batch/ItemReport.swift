package import FormatKit

/// What a conversion did, or would do: the members that `--json` prints of it.
package struct ItemReport: Sendable, Equatable {
    /// An object.
    package let json: JSONValue

    init(json: JSONValue) {
        self.json = json
    }

    /// The report on a conversion, of what may have been salvaged.
    package init(_ report: Converter.Report, isSalvaged: Bool = false) {
        let (source, target) = (report.plan.source, report.plan.target)
        let common: JSONValue = [
            "input_format": .string(report.sourceFormat.rawValue),
            "output_format": .string(report.targetFormat.rawValue),
            "width": .integer(source.size.width), "height": .integer(source.size.height),
            "input_layout": .string(source.layout.description),
            "output_layout": .string(target.layout.description),
            "output_width": .integer(target.size.width),
            "output_height": .integer(target.size.height),
            "input_pages": .integer(source.frameCount),
            "pages": .integer(report.pageCount), "turned": .boolean(report.plan.isTurned),
            "input_bytes": .integer(report.sourceByteCount),
            "output_bytes": .integer(report.outputByteCount),
            "losses": .array(report.losses.map(\.json)),
        ]
        let share = isSalvaged ? Self.goodRowShare(report) : nil
        json = share.map { common + ["good_row_share": .real($0)] } ?? common
    }

    /// The part of all rows that are good, if some are not.
    private static func goodRowShare(_ report: Converter.Report) -> Double? {
        let badCount = report.losses.reduce(0) { sum, loss in
            if case .rows(let count) = loss { sum + count } else { sum }
        }
        let rowCount = max(1, report.plan.source.size.height * report.pageCount)
        return badCount > 0 ? Double(max(0, rowCount - badCount)) / Double(rowCount) : nil
    }

    /// The part of all rows that are good, of what was salvaged.
    package var goodRowShare: Double? { json["good_row_share"]?.number }

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

    /// The number of pages or frames of the input.
    package var frameCount: Int { json["input_pages"]?.wholeNumber ?? 1 }

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
