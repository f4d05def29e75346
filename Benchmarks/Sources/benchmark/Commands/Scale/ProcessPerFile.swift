internal import BenchmarkData
internal import Foundation

/// The same small files by a process for each, as a loop of a shell would have it, beside one for all.
struct ProcessPerFile {
    private let count: Int
    private let folder: TemporaryFolder

    init(fileCount: Int) throws {
        count = fileCount
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder("in"), withIntermediateDirectories: true)
        for index in 0..<fileCount {
            try Data(SmallFiles.picture(index)).write(to: URL(filePath: folder("in/\(index).pgm")))
        }
    }

    /// Ours and others, as many processes at a time as there are cores.
    func rows(_ tools: [Rival]) throws -> [[String]] {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        var rows = [
            try row("one run", Rival.ours) { output in
                [Command.convertPath, folder("in"), output, "--to", "png", "--quiet"]
            }
        ]
        for tool in tools {
            guard let words = tool.single("{}", folder("out/{}.png")) else { continue }
            let command = words.map { "'\($0)'" }.joined(separator: " ")
            rows.append(
                try row("a process for each by xargs", tool.name) { _ in
                    shell("ls | xargs -P \(cores) -I{} \(command)")
                })
            guard tool.name == Rival.ours, Command.isInstalled("parallel") else { continue }
            rows.append(
                try row("a process for each by GNU parallel", tool.name) { _ in
                    shell("ls | parallel --will-cite -j \(cores) \(command)")
                })
        }
        return rows
    }

    private func shell(_ script: String) -> [String] {
        ["sh", "-c", "cd '\(folder("in"))' && \(script)"]
    }

    private func row(
        _ task: String, _ tool: String, _ command: (String) -> [String]
    ) throws -> [String] {
        let output = folder("out")
        try FileManager.default.createDirectory(
            atPath: output, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: output) }
        let cost = try Command(command(output)).measure()
        let found = SmallFiles.count(in: output, extension: "png")
        guard found == count else { throw BenchmarkError("\(found) outputs of \(count) files") }
        return cost.row(task, tool, count: count)
    }
}
