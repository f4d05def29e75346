internal import ArgumentParser
internal import BuiltInFormats
internal import ConvertKit

#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The program: runs the command that the arguments name and ends with its exit code.
@main enum Main {
    static func main() {
        StandardStreams.guardDescriptors()
        Interruption.install()
        BuiltInFormats.handleShortages { Shortage.end(code: $0) }
        let arguments = ProcessArguments.all
        // Whoever wants to know everything hears libraries, too.
        if !arguments.contains("--verbose"), arguments != [WorkerLauncher.subcommand] {
            StandardStreams.silenceLibraries()
        }
        let status = status(of: arguments)
        exit(StandardStreams.status(after: status).rawValue)
    }

    private static let subcommands: [any ParsableCommand.Type] = [
        PlanCommand.self, ReportCommand.self, InfoCommand.self, CompareCommand.self,
        FormatsCommand.self,
    ]

    /// Runs a command.
    ///
    /// ``ConvertCommand`` takes any words as files, so the word that makes a subcommand is looked
    /// for here. `help info` is `info --help`.
    private static func status(of arguments: [String]) -> ProgramStatus {
        var words = arguments
        if words == [WorkerLauncher.subcommand] { return serve() }
        if words.first == ExternalFormats.subcommand {
            return ExternalFormats.serve(Array(words.dropFirst()))
        }
        if words.first == "help" {
            words = words.dropFirst() + ["--help"]
        }
        let named = subcommands.first { $0.configuration.commandName == words.first }
        if named != nil { words.removeFirst() }
        return run(named ?? ConvertCommand.self, words)
    }

    /// Works for the process that started this one.
    private static func serve() -> ProgramStatus {
        guard let server = WorkerServer() else { return .usage }
        do {
            if server.arguments.first == PlanCommand.name {
                try PlanCommand.serve(server)
            } else {
                try ConvertCommand.serve(server)
            }
            return .success
        } catch let error as CommandError {
            server.fail(error.message)
        } catch {
            server.fail(ConvertCommand.message(for: error))
        }
        return .usage
    }

    private static func run(
        _ type: any ParsableCommand.Type, _ arguments: [String]
    ) -> ProgramStatus {
        do {
            try ForeignOption.check(arguments, allowing: type == PlanCommand.self ? ["-o"] : [])
            var command = try type.parse(arguments)
            try command.run()
            return .success
        } catch let status as ExitCode {
            return ProgramStatus(rawValue: status.rawValue)
        } catch let error as CommandError {
            return explain(error)
        } catch {
            return explain(error, of: type)
        }
    }

    private static func explain(_ error: CommandError) -> ProgramStatus {
        // Words and names that are given may hold anything.
        var text = "convert: \(Console.printable(error.message))\n"
        if case .usage = error { text += "Try `convert --help` for more information.\n" }
        StandardStreams.writeError(text)
        return error.exitStatus
    }

    /// Prints what the argument parser has to say: help, a completion script or an error.
    private static func explain(
        _ error: any Error, of type: any ParsableCommand.Type
    ) -> ProgramStatus {
        guard type.exitCode(for: error) != .success else {
            StandardStreams.writeOutput(type.fullMessage(for: error) + "\n")
            return .success
        }
        return explain(.usage(type.message(for: error)))
    }
}
