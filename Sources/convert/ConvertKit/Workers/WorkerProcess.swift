#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    @unsafe @preconcurrency internal import Glibc
#elseif canImport(Musl)
    @unsafe @preconcurrency internal import Musl
#endif
internal import FormatKit

/// How worker processes are started.
package struct WorkerLauncher: Sendable {
    /// The words of the command, the program first.
    let command: [String]
    /// The arguments with which this program was started; workers read them as we did.
    let arguments: [String]
    /// Whether what workers print to standard error is shown.
    let showsErrors: Bool

    /// Creates a launcher.
    package init(command: [String], arguments: [String], showsErrors: Bool = false) {
        self.command = command
        self.arguments = arguments
        self.showsErrors = showsErrors
    }

    /// The word that makes this program a worker; no file is likely to have this name.
    package static let subcommand = "__convert-worker"

    /// A launcher of this very program, even if its file has been replaced meanwhile.
    package static func thisProgram(arguments: [String], showsErrors: Bool) -> WorkerLauncher {
        WorkerLauncher(
            command: [OwnProgram.path, subcommand], arguments: arguments, showsErrors: showsErrors)
    }
}

/// A child process that converts one item after another.
final class WorkerProcess: Sendable {
    /// What is said to and heard from it.
    let channel: LineChannel
    private let process: ChildProcess

    /// Starts a worker.
    ///
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)`` if the system refuses.
    init(_ launcher: WorkerLauncher, threadCount: Int) throws(ImageError) {
        process = try ChildProcess(
            launcher.command, called: "a worker process", showsErrors: launcher.showsErrors)
        channel = LineChannel(input: process.output, output: process.input)
        let start = WorkerMessage.start(arguments: launcher.arguments, threadCount: threadCount)
        channel.send(start.json)
    }

    /// Sends it a signal.
    func signal(_ number: Int32) {
        process.signal(number)
    }

    /// Ends it if it has not ended by itself.
    func end(byKilling isKilling: Bool) -> ProcessEnd {
        if isKilling { signal(SIGKILL) }
        channel.close()
        return process.wait()
    }
}
