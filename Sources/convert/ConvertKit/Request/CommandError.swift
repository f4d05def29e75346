internal import FormatFiles
package import FormatKit

/// Why a command stops before, or instead of, its work.
package enum CommandError: Error, Equatable {
    /// The command line makes no sense; exit code 2.
    case usage(String)
    /// A file cannot be dealt with; exit code 1.
    case failed(String, ImageError)

    /// Two images cannot be compared; exit code 1.
    case incomparable(String, ImageComparison.Failure)

    /// The status with which the program ends.
    package var exitStatus: ProgramStatus {
        switch self {
        case .usage: .usage
        case .failed(_, .cancelled): Interruption.signal.map(ProgramStatus.signal) ?? .failure
        case .failed(_, let error): ProgramStatus(of: error)
        case .incomparable: .failure
        }
    }

    /// The object that `--json` prints.
    package var json: JSONValue {
        let error: JSONValue =
            switch self {
            case .usage(let reason): ["kind": .string("usage"), "message": .string(reason)]
            case .failed(_, let error): error.json
            case .incomparable(_, let failure):
                ["kind": .string("incomparable"), "message": .string(failure.description)]
            }
        return ["status": .string("failed"), "error": error]
    }

    /// What to say, without the program's name.
    package var message: String {
        switch self {
        case .usage(let reason): reason
        case .failed(let subject, let error): "\(subject): \(error.message)"
        case .incomparable(let subject, let failure): "\(subject): \(failure)"
        }
    }
}

extension CommandError {
    /// Refuses standard output, as `-` means it elsewhere, where a file is written as a whole.
    ///
    /// - Throws: ``usage(_:)``.
    package static func checkFile(_ name: String, of option: String) throws(CommandError) {
        guard name == "-" else { return }
        throw .usage("\(option) is a file; one that is named - is written ./-")
    }

    /// Does something with a file, and says which one if it fails.
    static func about<Result>(
        _ path: Path, _ body: () throws(ImageError) -> Result
    ) throws(CommandError) -> Result {
        do throws(ImageError) {
            return try body()
        } catch {
            throw .failed(path.description, error)
        }
    }
}

/// How the program ends.
package struct ProgramStatus: Sendable, Equatable, RawRepresentable {
    /// The number that the caller sees.
    package let rawValue: Int32

    /// Creates a status.
    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// All inputs were dealt with.
    package static let success = ProgramStatus(rawValue: 0)
    /// Some input failed.
    package static let failure = ProgramStatus(rawValue: 1)
    /// The command line makes no sense.
    package static let usage = ProgramStatus(rawValue: 2)

    /// No input was found.
    package static let nothingMatched = ProgramStatus(rawValue: 3)
    /// Some input failed for a reason that may be gone the next time (`EX_TEMPFAIL`).
    package static let retryable = ProgramStatus(rawValue: 75)

    /// The status after a signal, by the convention of shells.
    package static func signal(_ number: Int32) -> ProgramStatus {
        ProgramStatus(rawValue: 128 + number)
    }

    /// The status after an error.
    package init(of error: ImageError) {
        switch Failure(error).disposition {
        case .usage: self = .usage
        case .retryable: self = .retryable
        case .permanent, .cancelled: self = .failure
        }
    }
}
