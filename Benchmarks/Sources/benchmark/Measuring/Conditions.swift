internal import BenchmarkData
internal import Foundation

/// Under what conditions results were taken; the sidecar of each table.
struct Conditions: Codable {
    var date: String
    var command: String
    var commit: String
    var cpu: String
    var coreCount: Int
    var instructionSets: [String]
    /// What a core does at most, in GFLOP/s; results from before it was measured lack it.
    var peakGigaflops: Double?
    var system: String
    var swift: String
    /// Libraries of the converter and programs of the peers, with versions.
    var libraries: [String]

    /// The conditions of this run.
    static func current(peers: [String] = []) throws -> Conditions {
        Conditions(
            date: Date.now.formatted(.iso8601.year().month().day()),
            command: ([invocation] + CommandLine.arguments.dropFirst().map(portable))
                .joined(separator: " "),
            commit: Repository.commit(), cpu: cpuName(),
            coreCount: ProcessInfo.processInfo.activeProcessorCount,
            instructionSets: Kernels.supported.map(\.name),
            peakGigaflops: (MachinePeak.measure() * 10).rounded() / 10, system: systemName(),
            swift: try firstLine(of: ["swift", "--version"]),
            libraries: distinct(try formatLibraries() + peers))
    }

    /// Adds what an earlier run of the same table was made with.
    mutating func addLibraries(of older: Conditions) {
        libraries = Self.distinct(libraries + older.libraries.filter { $0 != "no library" })
    }

    private static let invocation = "swift run -c release --package-path Benchmarks benchmark"

    /// An argument without the folders of one machine.
    private static func portable(_ argument: String) -> String {
        guard argument.hasPrefix("/") else { return argument }
        let name = argument.split(separator: "/").last ?? ""
        return name.contains(".") ? "DIR/\(name)" : "DIR"
    }

    /// One line for a table's readers.
    var summary: String {
        let sets = instructionSets.joined(separator: ", ")
        let peak = peakGigaflops.map { ", \($0.digits(0)) GFLOP/s a core at most" } ?? ""
        return "Measured \(date) on \(cpu), \(coreCount) cores (\(sets))\(peak), \(system); "
            + "\(swift); \(libraries.joined(separator: ", ")); commit \(commit); `\(command)`."
    }

    /// The first line that a program prints.
    static func firstLine(of words: [String]) throws -> String {
        let output = try Command(words).output()
        return output.split(separator: "\n").first.map(String.init) ?? ""
    }

    private static func formatLibraries() throws -> [String] {
        struct Format: Decodable {
            let library: String
        }
        let json = try Command.convert(["formats", "--json"]).output()
        let formats = try JSONDecoder().decode([Format].self, from: Data(json.utf8))
        return formats.map(\.library).filter { $0 != "no library" }
    }

    /// Each library once; formats that need several name them with commas.
    private static func distinct(_ names: [String]) -> [String] {
        names.flatMap { $0.components(separatedBy: ", ") }.reduce(into: []) {
            if !$0.contains($1) { $0.append($1) }
        }
    }

    private static func cpuName() -> String {
        if let lines = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) {
            let line = lines.split(separator: "\n").first { $0.hasPrefix("model name") }
            if let name = line?.split(separator: ":").last {
                return name.trimmingCharacters(in: .whitespaces)
            }
        }
        return (try? firstLine(of: ["sysctl", "-n", "machdep.cpu.brand_string"])) ?? "unknown CPU"
    }

    private static func systemName() -> String {
        if let lines = try? String(contentsOfFile: "/etc/os-release", encoding: .utf8),
            let line = lines.split(separator: "\n").first(where: { $0.hasPrefix("PRETTY_NAME=") })
        {
            return line.dropFirst("PRETTY_NAME=".count).filter { $0 != "\"" }
        }
        return ProcessInfo.processInfo.operatingSystemVersionString
    }
}
