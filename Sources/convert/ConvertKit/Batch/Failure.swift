#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
package import FormatFiles
package import FormatKit

/// Why a job failed, in a form that passes from one process to another.
package struct Failure: Sendable, Equatable {
    /// What can be done about it.
    package enum Disposition: String, Sendable {
        /// Nothing but to change the input or the command line.
        case permanent
        /// The command line makes no sense.
        case usage
        /// Trying again later may help: want of space or memory, a device's error, a deadline.
        case retryable
        /// Nothing is wrong: somebody asked the run to stop.
        case cancelled
    }

    /// A stable name for machines.
    package let kind: String
    /// One line for people.
    package let message: String
    /// Where in the input, in bytes.
    package var offset: Int?
    /// What can be done about it.
    package let disposition: Disposition
    /// The file that is at fault, if it is not the input: an output, or one of several inputs.
    package var file: Path?
    /// What would have been lost, if that is why.
    package private(set) var losses: [ItemReport.ReportedLoss] = []

    init(kind: String, message: String, disposition: Disposition) {
        self.kind = kind
        self.message = message
        self.disposition = disposition
    }

    /// The failure that an error means.
    ///
    /// - Parameters:
    ///   - error: The error.
    ///   - output: The output in whose making it was thrown, if it was one's.
    ///   - input: The input that was read when it was thrown, of several.
    ///   - names: What all inputs are called, if there are several.
    package init(
        _ error: ImageError, about output: Path? = nil, reading input: Path? = nil,
        joining names: [String] = []
    ) {
        let disposition: Disposition =
            switch error {
            case .cancelled: .cancelled
            case .invalidOption: .usage
            case .io(_, let code, _) where Self.passingCodes.contains(code): .retryable
            default: .permanent
            }
        var losses: [ItemReport.ReportedLoss] = []
        var message = error.message
        if case .lossRefused(let refused) = error {
            losses = refused.map { ItemReport.ReportedLoss($0, inputs: names) }
            message = ImageError.refusal(losses.lines)
        }
        self.init(kind: error.name, message: message, disposition: disposition)
        self.losses = losses
        offset = error.offset
        switch error {
        case .outputExists: file = output
        case .io("open", _, _), .io("read", _, _): file = input
        // They say what they are about, or it is everything.
        case .io, .cancelled, .lossRefused, .invalidOption, .verificationFailed, .targetMissed:
            break
        default: file = input
        }
    }

    /// What may be gone the next time; a missing file or permission will not come by itself.
    ///
    /// Like space, the limit on the size of files is one that somebody has set.
    private static let passingCodes: Set<Int32> = [
        ENOSPC, EDQUOT, EFBIG, EIO, ENOMEM, EMFILE, ENFILE, EAGAIN, EBUSY, ETIMEDOUT, ESTALE,
    ]

    /// The input took longer than it may.
    static func deadline(_ limit: Duration, isStall: Bool) -> Failure {
        let seconds = limit.secondsText
        return Failure(
            kind: "deadline",
            message: isStall
                ? "limit exceeded: no sign of life for \(seconds) s; --timeout sets another limit"
                : "limit exceeded: more than \(seconds) s; --timeout raises the limit",
            disposition: .retryable)
    }

    /// The process that worked on the input does not do what it should.
    static let nonsense = Failure(
        kind: "crash", message: "the worker process gave no sensible answer and was ended",
        disposition: .permanent)

    /// The process that was to work on the input cannot.
    static func unfit(_ reason: String) -> Failure {
        Failure(
            kind: "worker", message: "the worker process cannot work: \(reason)",
            disposition: .permanent)
    }

    /// The process that worked on the input ended.
    static func crash(_ end: ProcessEnd) -> Failure {
        if end.isForShortage { return Failure(.outOfMemory) }
        // A kill that is not ours is, as a rule, the system's when memory runs out.
        let isKill = end == .signal(SIGKILL)
        return Failure(
            kind: isKill ? "killed" : "crash",
            message: "the worker process \(end) while converting it"
                + (isKill ? ", perhaps for want of memory" : ""),
            disposition: isKill ? .retryable : .permanent)
    }
}

extension Failure {
    /// The failure for machines and people.
    package var json: JSONValue {
        let common: JSONValue = [
            "kind": .string(kind), "message": .string(message),
            "retryable": .boolean(disposition == .retryable),
        ]
        let place: JSONValue = offset.map { ["offset": .integer($0)] } ?? [:]
        let subject: JSONValue = file.map { ["file": .string($0.description)] } ?? [:]
        let refused: JSONValue =
            losses.isEmpty ? [:] : ["losses": .array(losses.map(\.json))]
        return common + place + subject + refused
    }

    /// All of the failure, for ``init(wire:)``.
    var wire: JSONValue {
        json + [
            "disposition": .string(disposition.rawValue), "about": file?.json ?? .null,
        ]
    }

    /// The failure that another process sent.
    init?(wire: JSONValue?) {
        guard let wire, let kind = wire["kind"]?.text, let message = wire["message"]?.text,
            let disposition = wire["disposition"]?.text.flatMap(Disposition.init)
        else { return nil }
        self.init(kind: kind, message: message, disposition: disposition)
        offset = wire["offset"]?.wholeNumber
        file = Path(json: wire["about"])
        losses = (wire["losses"]?.elements ?? []).compactMap(ItemReport.ReportedLoss.init(json:))
    }
}
