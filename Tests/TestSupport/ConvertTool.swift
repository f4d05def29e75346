internal import Foundation

/// The built `convert`, run as a user runs it.
public struct ConvertTool: Sendable {
    /// Where the executable lies: beside the tests.
    public static let path: String = {
        let isBundle: (String) -> Bool = { $0.hasSuffix(".xctest") }
        let tests =
            isBundle(CommandLine.arguments[0])
            ? CommandLine.arguments[0]
            : Bundle.allBundles.map(\.bundlePath).first(where: isBundle) ?? ""
        return URL(fileURLWithPath: tests).deletingLastPathComponent().path + "/convert"
    }()

    /// What a run left.
    public struct Run: Sendable {
        /// The exit code; 128 and the signal's number if a signal ended it.
        public let status: Int32
        /// What went to standard output.
        public let output: [UInt8]
        /// What went to standard error.
        public let errors: String

        /// Standard output as text.
        public var text: String { String(decoding: output, as: UTF8.self) }

        /// The lines on standard error.
        public var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
    }

    /// Runs the tool to its end.
    ///
    /// - Parameters:
    ///   - arguments: Its arguments.
    ///   - input: What it finds on standard input.
    ///   - folder: Where it runs.
    /// - Returns: What it left.
    /// - Throws: If it cannot be started.
    public static func run(
        _ arguments: [String], input: [UInt8] = [], in folder: TemporaryFolder
    ) throws -> Run {
        try run(path, arguments, input: input, in: folder)
    }

    /// Runs a script in which `$CONVERT` is the tool.
    public static func shell(_ script: String, in folder: TemporaryFolder) throws -> Run {
        try run("/bin/bash", ["-c", script], input: [], in: folder)
    }

    private static func run(
        _ executable: String, _ arguments: [String], input: [UInt8], in folder: TemporaryFolder
    ) throws -> Run {
        // Files, not pipes: nothing fills up. Elsewhere, so that tests can list the folder.
        let scratch = try TemporaryFolder()
        let (output, errors) = (
            try scratch.write("output", []), try scratch.write("errors", [])
        )
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.environment = ProcessInfo.processInfo.environment
            .merging(["CONVERT": path]) { _, new in new }
        process.standardInput = FileHandle(
            forReadingAtPath: try scratch.write("input", input))
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        try process.run()
        process.waitUntilExit()
        let signal: Int32 = process.terminationReason == .uncaughtSignal ? 128 : 0
        return Run(
            status: signal + process.terminationStatus, output: scratch.read("output") ?? [],
            errors: String(decoding: scratch.read("errors") ?? [], as: UTF8.self))
    }
}

/// Parses JSON, for tests; numbers are `Double`, objects dictionaries, `null` is `NSNull`.
public func parseJSON(_ text: some StringProtocol) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed])
}
