internal import FormatFiles
package import FormatKit

/// What became of one job.
package struct Outcome: Sendable, Equatable {
    /// How a job ends.
    package enum Result: Sendable, Equatable {
        /// The output is there.
        case converted(ItemReport)
        /// The output would be made; nothing was written.
        case planned(ItemReport)
        /// The output was there already.
        case skipped(Skip)
        /// There is no output, and what was there before is untouched.
        case failed(Failure)
    }

    /// Why nothing needed to be done.
    package enum Skip: String, Sendable {
        /// An output is there, and `--skip-existing` asks no more.
        case exists
        /// The record says that this very output was made from this very input.
        case recorded
    }

    /// The job.
    package let job: Job
    /// How it ended.
    package let result: Result
    /// What the codecs found odd.
    package var warnings: [ReportedWarning] = []
    /// How long it took.
    package var duration = Duration.zero
    /// The most memory that the process that did it held, in bytes, where it is known.
    package var peakMemoryByteCount: Int?
    /// What goes into the record.
    package var completion: ItemCompletion?
    /// Whether the job's output had a name yet; else it is the folder that this goes into.
    var isNamed = true

    /// Why the job failed, if it did.
    package var failure: Failure? {
        if case .failed(let failure) = result { failure } else { nil }
    }

    /// What was done, or would be.
    package var report: ItemReport? {
        switch result {
        case .converted(let report), .planned(let report): report
        default: nil
        }
    }

    /// The file that warnings and losses are about: what is made, where several files go into it.
    var warned: String {
        job.further.isEmpty ? job.input.inputName : job.output.description
    }

    /// The file that a failure is about.
    package var subject: String {
        failure?.file?.description ?? warned
    }

    /// What was done, for people.
    package var line: String {
        switch result {
        case .converted(let report):
            "\(job.input) -> \(job.output) (\(report.input.text) -> \(report.output.text)"
                + "\(report.sizeText)," + (report.path.text.map { " \($0)," } ?? "")
                + (report.target.map { " \($0.text)," } ?? "") + " \(duration.milliseconds) ms)"
        case .planned(let report):
            "\(job.input) -> \(job.output)\(report.sizeText)"
                + (report.path.text.map { " (\($0))" } ?? "")
        case .skipped(.exists): "\(job.input) skipped: \(job.output) exists"
        case .skipped(.recorded): "\(job.input) skipped: \(job.output) was made from it before"
        case .failed(let failure): "\(job.input) failed: \(failure.message)"
        }
    }
}

extension Outcome {
    /// The word for the result, in JSON.
    package var status: String {
        switch result {
        case .converted: "converted"
        case .planned: "planned"
        case .skipped: "skipped"
        case .failed: "failed"
        }
    }

    /// The members that say what happened, without the files.
    package var details: JSONValue {
        var details: JSONValue = [:]
        switch result {
        case .converted(let report), .planned(let report): details = report.json
        case .skipped(let reason): details = ["reason": .string(reason.rawValue)]
        case .failed(let failure): details = ["error": failure.json]
        }
        details =
            details + [
                "warnings": .array(warnings.map { .string($0.line) }),
                "milliseconds": .integer(duration.milliseconds),
            ]
        if !job.further.isEmpty {
            details = details + ["joined_warnings": .array(warnings.map(\.json))]
        }
        if let peakMemoryByteCount {
            details = details + ["peak_memory_bytes": .integer(peakMemoryByteCount)]
        }
        return details
    }

    /// The object that `--json` prints.
    package var json: JSONValue {
        files + job.exactNames + ["status": .string(status)] + details
    }

    /// The files, as far as they have names, for machines and people.
    var files: JSONValue { isNamed ? job.json : ["input": .string(job.input.description)] }
}

extension Job {
    /// The names that are not UTF-8, with all of their bytes and called what lists call them.
    var exactNames: JSONValue {
        let names: [(key: String, endpoint: Endpoint)] = [("in", input), ("out", output)]
        return .object(
            names.compactMap { name in
                guard case .file(let path) = name.endpoint, path.json.text == nil else {
                    return nil
                }
                return .init(key: name.key, value: path.json)
            })
    }

    /// The files, for machines and people.
    var json: JSONValue {
        let files: JSONValue = [
            "input": .string(input.description), "output": .string(output.description),
        ]
        let joined: JSONValue =
            further.isEmpty ? [:] : ["joined": .array(further.map { .string($0.description) })]
        let smaller: JSONValue =
            previews.isEmpty ? [:] : ["previews": .array(previews.map { .string($0.description) })]
        return files + joined + smaller
    }
}

extension Outcome {
    /// The outcome for ``init(job:wire:)``.
    var wire: JSONValue {
        var body: JSONValue = .null
        switch result {
        case .converted(let report), .planned(let report): body = report.json
        case .skipped(let reason): body = .string(reason.rawValue)
        case .failed(let failure): body = failure.wire
        }
        return [
            "status": .string(status), "body": body,
            "warnings": .array(warnings.map(\.json)),
            "seconds": .real(duration / .seconds(1)),
            "peak": peakMemoryByteCount.map(JSONValue.integer) ?? .null,
            "completion": completion?.wire ?? .null,
        ]
    }

    /// The outcome that another process sent.
    init?(job: Job, wire: JSONValue) {
        guard let body = wire["body"] else { return nil }
        switch wire["status"]?.text {
        case "converted", "planned":
            guard let report = ItemReport(json: body) else { return nil }
            result = wire["status"]?.text == "planned" ? .planned(report) : .converted(report)
        case "skipped":
            guard let reason = body.text.flatMap(Skip.init) else { return nil }
            result = .skipped(reason)
        case "failed":
            guard let failure = Failure(wire: body) else { return nil }
            result = .failed(failure)
        default: return nil
        }
        self.job = job
        warnings = (wire["warnings"]?.elements ?? []).compactMap(ReportedWarning.init(json:))
        // What comes from a process whose memory a codec may have overwritten is nothing to trust.
        let seconds = wire["seconds"]?.number ?? 0
        duration = .seconds(seconds.clamped(to: 0...1e9))
        peakMemoryByteCount = wire["peak"]?.wholeNumber
        completion = wire["completion"].flatMap(ItemCompletion.init(wire:))
    }
}

extension ImageError {
    /// The error for machines and people.
    package var json: JSONValue { Failure(self).json }

    /// A stable name for machines.
    package var name: String {
        switch self {
        case .unrecognized: "unrecognized"
        case .foreign: "unsupported"
        case .malformed: "malformed"
        case .truncated: "truncated"
        case .unsupported: "unsupported"
        case .limitExceeded: "limit_exceeded"
        case .lossRefused: "loss_refused"
        case .outputExists: "output_exists"
        case .invalidOption: "invalid_option"
        case .unstorable, .tooLarge: "unstorable"
        case .targetMissed: "target_missed"
        case .streamRefused: "stream_refused"
        case .io: "io"
        case .codecFailure: "codec_failure"
        case .verificationFailed: "verification_failed"
        case .cancelled: "cancelled"
        }
    }

    /// Where in the input the error is, in bytes.
    var offset: Int? {
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

    /// The duration in seconds, such as `30` or `0.5`.
    var secondsText: String {
        let seconds = self / .seconds(1)
        return seconds == seconds.rounded() && abs(seconds) < 1e15
            ? "\(Int(seconds))" : "\(seconds)"
    }
}
