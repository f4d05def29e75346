package import FormatKit

/// What became of one job.
package struct Outcome: Sendable {
    /// How a job ends.
    package enum Result: Sendable {
        /// The output is there.
        case converted(Converter.Report)
        /// The output was there already, as `--skip-existing` allows.
        case skipped
        /// There is no output, and what was there before is untouched.
        case failed(ImageError)
    }

    /// The job.
    package let job: Job
    /// How it ended.
    package let result: Result
    /// What the codecs found odd.
    package let warnings: [String]
    /// How long it took.
    package let duration: Duration

    /// Why the job failed, if it did.
    package var error: ImageError? {
        if case .failed(let error) = result { error } else { nil }
    }

    /// The file that a failure is about.
    package var subject: String {
        if case .outputExists = error {
            return job.output == .standard ? "standard output" : job.output.description
        }
        return job.input.inputName
    }

    /// What was done, for people.
    package var line: String {
        switch result {
        case .converted(let report):
            "\(job.input) -> \(job.output) (\(report.sourceFormat) \(report.sourceByteCount) bytes"
                + " -> \(report.targetFormat) \(report.outputByteCount) bytes,"
                + " \(duration.milliseconds) ms)"
        case .skipped: "\(job.input) skipped: \(job.output) exists"
        case .failed(let error): "\(job.input) failed: \(error)"
        }
    }
}

extension Outcome {
    /// The object that `--json` prints.
    package var json: JSONValue {
        let files: JSONValue = [
            "input": .string(job.input.description), "output": .string(job.output.description),
        ]
        let end: JSONValue = [
            "warnings": .array(warnings.map(JSONValue.string)),
            "milliseconds": .integer(duration.milliseconds),
        ]
        switch result {
        case .converted(let report):
            return files + ["status": .string("converted")] + Self.json(report) + end
        case .skipped: return files + ["status": .string("skipped")]
        case .failed(let error):
            return files + ["status": .string("failed"), "error": error.json] + end
        }
    }

    private static func json(_ report: Converter.Report) -> JSONValue {
        let (source, target) = (report.plan.source, report.plan.target)
        return [
            "input_format": .string(report.sourceFormat.rawValue),
            "output_format": .string(report.targetFormat.rawValue),
            "width": .integer(source.size.width), "height": .integer(source.size.height),
            "input_layout": .string(source.layout.description),
            "output_layout": .string(target.layout.description),
            "pages": .integer(report.pageCount), "turned": .boolean(report.plan.isTurned),
            "input_bytes": .integer(report.sourceByteCount),
            "output_bytes": .integer(report.outputByteCount),
            "losses": .array(report.losses.map(\.json)),
        ]
    }
}

extension Loss {
    /// The loss for machines and people.
    package var json: JSONValue {
        ["kind": .string(name), "description": .string(description)]
    }
}

extension ImageError {
    /// The error for machines and people.
    package var json: JSONValue {
        let common: JSONValue = ["kind": .string(name), "message": .string(description)]
        guard let offset else { return common }
        return common + ["offset": .integer(offset)]
    }

    /// A stable name for machines.
    package var name: String {
        switch self {
        case .unrecognized: "unrecognized"
        case .malformed: "malformed"
        case .truncated: "truncated"
        case .unsupported: "unsupported"
        case .limitExceeded: "limit_exceeded"
        case .lossRefused: "loss_refused"
        case .outputExists: "output_exists"
        case .invalidOption: "invalid_option"
        case .unstorable: "unstorable"
        case .io: "io"
        case .codecFailure: "codec_failure"
        case .cancelled: "cancelled"
        }
    }

    private var offset: Int? {
        switch self {
        case .malformed(_, _, let offset), .truncated(_, _, let offset): offset
        default: nil
        }
    }
}

extension Duration {
    /// The duration in whole milliseconds.
    package var milliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
