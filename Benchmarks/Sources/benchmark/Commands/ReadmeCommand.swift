internal import ArgumentParser
internal import BenchmarkData
internal import Foundation

/// Makes the tables of the documents from the results.
struct ReadmeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "readme",
        abstract: "Write the results into the documents, between their markers.",
        discussion: """
            What is between a line `<!-- benchmark:NAME -->` and the next line \
            `<!-- /benchmark -->` is replaced; where there are no results it says so.
            """)

    @Option(
        parsing: .upToNextOption,
        help: """
            The documents (default: README.md and kodak.md, speed.md, cluster.md and paper.md in docs).
            """)
    var file: [String] = []

    @OptionGroup var results: ResultOptions

    /// What stands at a marker.
    private struct Report {
        /// The results that it is made from.
        let name: String
        let text: (Table) throws -> String

        init(_ name: String, _ text: @escaping (Table) throws -> String) {
            self.name = name
            self.text = text
        }
    }

    /// The report at a marker; `nil` if it is none.
    private static func report(_ marker: String) throws -> Report? {
        switch marker {
        case RateDistortionCommand.name:
            let published = try Repository.publishedCurves()
            return Report(marker) {
                CurveReport($0, published: published).deltaText + figure(marker)
            }
        case "rate-distortion-points":
            let published = try Repository.publishedCurves()
            return Report(RateDistortionCommand.name) {
                CurveReport($0, published: published).pointText
            }
        case "rate-distortion-images":
            let published = try Repository.publishedCurves()
            return Report(RateDistortionCommand.name) {
                CurveReport($0, published: published).imageText
            }
        case PhotographsCommand.name:
            return Report(marker) { PhotographsCommand.report($0).text }
        case ThumbnailsCommand.name:
            return Report(marker) { ThumbnailsCommand.report($0).text }
        case EffortsCommand.name:
            return Report(marker) { EffortReport($0, peer: EffortsCommand.peer).text }
        case KernelsCommand.name: return Report(marker, StepReport.text)
        case DecodeCommand.name: return Report(marker, DecodingReport.text)
        case LargeCommand.name: return Report(marker, LargeReport.text)
        case "convert": return Report(marker, ConverterReport.text)
        case ScaleCommand.name, ScaleCommand.entriesName:
            return Report(marker, ScaleReport.text)
        case "convert-summary": return Report("convert", ConverterReport.summary)
        default: return paperReport(marker)
        }
    }

    /// A reference to a figure of README.md, where it has been drawn.
    private static func figure(_ name: String) -> String {
        let path = "docs/images/\(name).svg"
        return FileManager.default.fileExists(atPath: Repository.path(path))
            ? "\n\n![rate-distortion curves on Kodak](\(path))" : ""
    }

    private static func paperReport(_ marker: String) -> Report? {
        switch marker {
        case PaperRateDistortion.name:
            Report(marker) { PaperRateDistortionReport($0).text }
        case PaperEffortsCommand.name: Report(marker, PaperEffortsReport.text)
        case "paper-decode": Report(marker, PaperDecodeReport.text)
        case "paper-large": Report(marker, PaperLargeReport.text)
        case "paper-kernels": Report(marker, PaperKernelsReport.text)
        case "paper-reference": Report(marker, PaperReferenceReport.text)
        case "paper-model-size": Report(marker, PaperModelSizeReport.text)
        default: nil
        }
    }

    func run() throws {
        let documents = [
            "README.md", "docs/kodak.md", "docs/speed.md", "docs/cluster.md", "docs/paper.md",
        ].map(Repository.path)
        for path in file.isEmpty ? documents : file { try fill(path) }
    }

    private func fill(_ path: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let filled = try MarkedText(text).filled { marker in
            guard let report = try Self.report(marker) else {
                throw BenchmarkError(
                    "\(path) has a marker for \"\(marker)\", which is no benchmark")
            }
            guard let (table, conditions) = try results.folder.read(report.name) else {
                print("there are no results of \(report.name)")
                return "Not measured yet: `benchmark \(report.name)`."
            }
            return try report.text(table) + "\n\n" + conditions.summary
        }
        guard filled != text else { return print("\(path) is up to date") }
        try filled.write(toFile: path, atomically: true, encoding: .utf8)
        print("wrote \(path)")
    }
}
