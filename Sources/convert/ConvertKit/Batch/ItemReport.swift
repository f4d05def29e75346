package import FormatKit

/// What a conversion did, or would do, in a form that passes from one process to another.
package struct ItemReport: Sendable, Equatable {
    /// What a picture was, or became.
    package struct Side: Sendable, Equatable {
        /// The name of the format.
        package let format: String
        /// The size of the first picture.
        package let size: ImageSize
        /// Its pixel layout, in words.
        package let layout: String
        /// The number of pages or frames: of an input, of which one can choose.
        package let pageCount: Int
        /// The size of the file, in bytes.
        package let byteCount: Int

        /// For example `png 1234 bytes`.
        package var text: String { "\(format) \(byteCount) bytes" }
    }

    /// What passed from the reader to the writer.
    package struct Path: Sendable, Equatable {
        /// The format of the stream that passed, of pages perhaps several, or `nil` if pixels did.
        package let stream: String?
        /// What became another in the stream, or `nil` if it passed as it is.
        package let edit: Edit?
        /// Why pixels passed although both sides know the same kind of stream.
        package let objection: String?

        /// What to say of it to people, if there is anything.
        package var text: String? {
            guard stream != nil else { return objection.map { "decoded: \($0)" } }
            switch edit {
            case .metadata: return "metadata changed without encoding again"
            case .turned: return "turned without encoding again"
            case nil: return "without decoding"
            }
        }
    }

    /// What became another in a stream that was not encoded again.
    package enum Edit: String, Sendable {
        /// Only what it says beside its picture.
        case metadata
        /// Its picture was turned upright, too.
        case turned
    }

    /// What was read.
    package let input: Side
    /// What was written.
    package let output: Side
    /// What passed from one to the other.
    package let path: Path
    /// How the target was reached, if there was one.
    package let target: Target?
    /// Whether the picture was turned upright.
    package let isTurned: Bool
    /// How the picture got another size: the name of a filter, of two, or `format` if its format did
    /// it; `nil` if it has its own.
    package let resizing: String?
    /// Everything that was lost of any picture.
    package let losses: [ReportedLoss]
    /// The part that is good of the rows that were wanted, of what was salvaged of a damaged file.
    package let goodRowShare: Double?

    /// The report on a conversion, of what may have been salvaged.
    ///
    /// - Parameters:
    ///   - report: What was done.
    ///   - isSalvaged: Whether what is good of a damaged file was taken.
    ///   - inputs: What files that are joined are called.
    package init(
        _ report: Converter.Report, isSalvaged: Bool = false, inputs: [String] = []
    ) {
        let (source, target) = (report.plan.source, report.plan.target)
        input = Side(
            format: report.sourceFormat.rawValue, size: report.resizing?.from ?? source.size,
            layout: source.layout.description, pageCount: source.frameCount,
            byteCount: report.sourceByteCount)
        output = Side(
            format: report.targetFormat.rawValue, size: target.size,
            layout: target.layout.description, pageCount: report.pageCount,
            byteCount: report.outputByteCount)
        let streams = report.path.streamFormats.map(\.rawValue)
        path = Path(
            stream: streams.isEmpty ? nil : streams.joined(separator: ", "),
            edit: report.path.edit.map { $0.isTurning ? .turned : .metadata },
            objection: report.path.objection)
        self.target = report.reached.map { Target($0, format: report.targetFormat) }
        isTurned = report.plan.isTurned
        resizing = report.resizing.map(Self.words)
        losses = report.losses.map { ReportedLoss($0, inputs: inputs) }
        goodRowShare = isSalvaged ? report.goodRowShare : nil
    }

    /// For example `lanczos3` or `lanczos3 and mitchell in linear light`.
    private static func words(_ resizing: ResizingReport) -> String {
        guard let filters = resizing.filters else { return "format" }
        let names = Set(filters).count > 1 ? filters : Array(filters.prefix(1))
        return names.map(\.rawValue).joined(separator: " and ")
            + (resizing.isLinearLight ? " in linear light" : "")
    }
}

extension ItemReport {
    /// What became of the size, such as `, 4000x3000 to 400x300 by lanczos3`, or nothing.
    package var sizeText: String {
        resizing.map { ", \(input.size) to \(output.size) by \($0)" } ?? ""
    }

    /// The members that `--json` prints of it.
    package var json: JSONValue {
        let common: JSONValue = [
            "input_format": .string(input.format), "output_format": .string(output.format),
            "width": .integer(input.size.width), "height": .integer(input.size.height),
            "input_layout": .string(input.layout), "output_layout": .string(output.layout),
            "output_width": .integer(output.size.width),
            "output_height": .integer(output.size.height),
            "input_pages": .integer(input.pageCount), "pages": .integer(output.pageCount),
            "turned": .boolean(isTurned), "resized": resizing.map(JSONValue.string) ?? .null,
            "input_bytes": .integer(input.byteCount),
            "output_bytes": .integer(output.byteCount),
            "stream": path.stream.map(JSONValue.string) ?? .null,
            "stream_edit": path.edit.map { JSONValue.string($0.rawValue) } ?? .null,
            "decoded_because": path.objection.map(JSONValue.string) ?? .null,
            "losses": .array(losses.map(\.json)),
        ]
        let reached = target.map { common + ["target": $0.json] } ?? common
        return goodRowShare.map { reached + ["good_row_share": .real($0)] } ?? reached
    }

    /// The report that another process sent.
    init?(json: JSONValue) {
        guard
            let input = Side(
                json, format: "input_format", size: ("width", "height"), layout: "input_layout",
                pages: "input_pages", bytes: "input_bytes"),
            let output = Side(
                json, format: "output_format", size: ("output_width", "output_height"),
                layout: "output_layout", pages: "pages", bytes: "output_bytes"),
            let losses = json["losses"]
        else { return nil }
        self.input = input
        self.output = output
        path = Path(
            stream: json["stream"]?.text, edit: json["stream_edit"]?.text.flatMap(Edit.init),
            objection: json["decoded_because"]?.text)
        target = json["target"].flatMap(Target.init(json:))
        isTurned = json["turned"] == .boolean(true)
        resizing = json["resized"]?.text
        self.losses = losses.elements.compactMap(ReportedLoss.init(json:))
        goodRowShare = json["good_row_share"]?.number.map { $0.clamped(to: 0...1) }
    }
}

extension ItemReport.Side {
    /// The side whose members have these names.
    fileprivate init?(
        _ json: JSONValue, format: String, size: (String, String), layout: String, pages: String,
        bytes: String
    ) {
        guard let format = json[format]?.text, let layout = json[layout]?.text,
            let width = json[size.0]?.wholeNumber, let height = json[size.1]?.wholeNumber,
            let pageCount = json[pages]?.wholeNumber, let byteCount = json[bytes]?.wholeNumber,
            // From a process whose memory may have been overwritten.
            width >= 0, height >= 0, pageCount >= 0, byteCount >= 0
        else { return nil }
        self.init(
            format: format, size: ImageSize(width: width, height: height), layout: layout,
            pageCount: pageCount, byteCount: byteCount)
    }
}

extension Double {
    /// The number in the range that is nearest; nothing that is no number stays.
    func clamped(to range: ClosedRange<Double>) -> Double {
        self > range.lowerBound ? min(self, range.upperBound) : range.lowerBound
    }
}
