internal import Foundation

/// A program that other people made and that judges our files.
public struct ForeignTool: Sendable, CustomStringConvertible {
    /// The name of the program.
    public let name: String
    /// Where it lies, or `nil` if it is not installed.
    public let path: String?

    /// Finds a program; prints a line where it is absent.
    public init(_ name: String) {
        self.name = name
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        path = folders.lazy.map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        if path == nil { print("SKIPPED: \(name) is not installed") }
    }

    /// Whether the program is installed.
    public var isInstalled: Bool { path != nil }

    /// The name.
    public var description: String { name }

    /// What a run left behind.
    public struct Outcome: Sendable {
        /// The exit status.
        public let status: Int32
        /// Standard output.
        public let output: [UInt8]
        /// Standard error, as text.
        public let diagnostics: String

        /// Standard output as text.
        public var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// Runs the program on a file with `bytes`; `%` among the arguments stands for its path.
    ///
    /// - Parameters:
    ///   - arguments: The arguments.
    ///   - bytes: The content of the file.
    ///   - pathExtension: The extension of the file's name.
    /// - Returns: What the run left behind.
    /// - Throws: What Foundation throws.
    public func run(
        _ arguments: [String], on bytes: [UInt8], pathExtension: String
    ) throws -> Outcome {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "foreign-tool-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appending(path: "input.\(pathExtension)")
        try Data(bytes).write(to: input)
        let process = Process()
        process.executableURL = URL(filePath: path ?? name)
        process.arguments = arguments.map { $0.replacing("%", with: input.path) }
        let (output, diagnostics) = (folder.appending(path: "out"), folder.appending(path: "err"))
        // Files, as a pipe that nobody empties in time stalls the program.
        process.standardOutput = try Self.newFile(output)
        process.standardError = try Self.newFile(diagnostics)
        try process.run()
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: try output.readBytes(),
            diagnostics: String(decoding: try diagnostics.readBytes(), as: UTF8.self))
    }

    private static func newFile(_ url: URL) throws -> FileHandle {
        try Data().write(to: url)
        return try FileHandle(forWritingTo: url)
    }
}
