import Foundation

/// Other people's programs, which judge what is read and written.
enum ForeignTool {
    /// Where programs are looked for.
    private static let folders =
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        + ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]

    /// Where a program is, or `nil`.
    static func path(_ names: String...) -> String? {
        for name in names {
            for folder in folders {
                let path = "\(folder)/\(name)"
                if FileManager.default.isExecutableFile(atPath: path) { return path }
            }
        }
        print("skipped: \(names.joined(separator: " or ")) is not installed")
        return nil
    }

    /// Runs a program.
    static func run(
        _ path: String, _ arguments: [String]
    ) throws -> (status: Int32, output: [UInt8], errors: String) {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let folder = FileManager.default.temporaryDirectory
        let name = UUID().uuidString
        let (out, error) = (folder.appending(path: name + ".out"), folder.appending(path: name))
        for url in [out, error] { try Data().write(to: url) }
        defer { for url in [out, error] { try? FileManager.default.removeItem(at: url) } }
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = try FileHandle(forWritingTo: error)
        try process.run()
        process.waitUntilExit()
        return (
            process.terminationStatus, [UInt8](try Data(contentsOf: out)),
            String(decoding: try Data(contentsOf: error), as: UTF8.self)
        )
    }

    /// Runs `body` with a file of `bytes` that is removed afterwards.
    static func withFile<R>(_ bytes: [UInt8], _ body: (String) throws -> R) throws -> R {
        let url = FileManager.default.temporaryDirectory
            .appending(path: UUID().uuidString + ".tif")
        try Data(bytes).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(url.path)
    }
}
