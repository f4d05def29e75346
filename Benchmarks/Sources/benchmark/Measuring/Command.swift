internal import Foundation

/// A program and its arguments.
struct Command {
    private let words: [String]

    /// Creates a command; a first word without a slash is looked for as a shell does.
    init(_ words: [String]) {
        self.words = words
    }

    /// The converter, built from the same sources as this program.
    static func convert(_ arguments: [String]) -> Command {
        Command([siblingPath("convert")] + arguments)
    }

    /// Where the converter lies.
    static var convertPath: String { siblingPath("convert") }

    static func siblingPath(_ name: String) -> String {
        let program = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
        return program.deletingLastPathComponent().appending(path: name).path
    }

    /// Whether a program can be run by its name.
    static func isInstalled(_ name: String) -> Bool {
        (try? Command(["sh", "-c", "command -v \"$0\"", name]).output()) != nil
    }

    /// Runs the command and returns what it printed, without white space around it.
    ///
    /// - Throws: ``BenchmarkError`` if it cannot be run or fails.
    @discardableResult
    func output() throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        let message = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw BenchmarkError(
                "\(words.joined(separator: " ")) failed: \(String(decoding: message, as: UTF8.self))"
            )
        }
        return String(decoding: data, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// What a whole process took, from its start to its end.
    struct Cost {
        let seconds: Double
        /// Of all threads, in the program and in the system.
        let cpuSeconds: Double
        let peakByteCount: Int

        var peakMebibytes: Double { Double(peakByteCount) / 1_048_576 }
    }

    /// Runs the command and measures it.
    ///
    /// - Throws: ``BenchmarkError`` if it cannot be run or fails.
    func measure() throws -> Cost {
        let folder = try TemporaryFolder()
        try Command([Self.siblingPath("measure"), folder("cost")] + words).output()
        let fields = try String(contentsOfFile: folder("cost"), encoding: .utf8)
            .split { $0.isWhitespace }
        guard fields.count == 3, let seconds = Double(fields[0]), let cpu = Double(fields[1]),
            let peak = Int(fields[2])
        else { throw BenchmarkError("measure wrote \(fields)") }
        return Cost(seconds: seconds, cpuSeconds: cpu, peakByteCount: peak)
    }

    /// Runs the command several times, and returns what the quickest took.
    func measureBest(of count: Int) throws -> Cost {
        let costs = try (0..<count).map { _ in try measure() }
        guard let best = costs.min(by: { $0.seconds < $1.seconds }) else {
            throw BenchmarkError("nothing was run")
        }
        return best
    }
}

/// How much two pictures differ, as `convert compare` says.
struct Difference: Decodable {
    let psnr: Double
    let similarity: Double

    private enum CodingKeys: String, CodingKey {
        case psnr
        case similarity = "ms_ssim"
    }

    init(_ first: String, _ second: String) throws {
        let json = try Command.convert(["compare", "--json", first, second]).output()
        self = try JSONDecoder().decode(Difference.self, from: Data(json.utf8))
    }
}

/// The size of a file, in bytes.
func fileSize(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    guard let size = attributes[.size] as? Int else { throw BenchmarkError("no size of \(path)") }
    return size
}
