internal import ArgumentParser
internal import BenchmarkData
internal import FormatKit
internal import Foundation

/// Speed and memory of the converter beside other converters.
struct ConverterCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Convert and shrink pictures, and convert a folder, beside other converters.")

    @Option(help: "The sizes of the pictures, in megapixels.")
    var megapixels = [0.4, 12, 100]

    @Option(help: "The number of files in the folder; 0 leaves the folder out.")
    var files = 500

    @Option(help: "The number of runs, of which the quickest counts; above 50 megapixels one.")
    var runs = 3

    @OptionGroup var photographs: PhotographOptions
    @OptionGroup var results: ResultOptions

    static let columns = [
        "task", "megapixels", "files", "tool", "seconds", "cpu_s", "peak_mib", "bytes",
        "time_ratio", "memory_ratio",
    ]

    func run() throws {
        let images = try photographs.photographs.map { try $0.image() }
        guard !images.isEmpty else { return }
        let tools = Rival.installed
        let conditions = try Conditions.current(peers: tools.compactMap(\.version))
        var table = Table(columns: Self.columns)
        func add(_ rows: [[String]]) {
            for row in rows {
                table.append(row)
                print(row.joined(separator: " "))
            }
        }
        for megapixels in megapixels {
            let folder = try TemporaryFolder()
            let mosaic = Mosaic(of: images, size: ImageSize(megapixels: megapixels)).image
            for format in ["tiff", "png", "jpeg"] {
                try? Data(mosaic.encoded(as: FormatID(format)))
                    .write(to: URL(filePath: folder("in.\(format)")))
            }
            for task in Task.all where FileManager.default.fileExists(atPath: task.input(folder)) {
                add(try measure(task, megapixels, tools, folder))
            }
        }
        if files > 0 { add(try measureFolder(of: images, tools)) }
        try results.folder.write(table, conditions, as: "convert")
    }

    private func measure(
        _ task: Task, _ megapixels: Double, _ tools: [Rival], _ folder: TemporaryFolder
    ) throws -> [[String]] {
        let costs = try tools.compactMap { tool -> (String, Command.Cost, Int)? in
            let output = folder("out.\(task.to)")
            let input = task.input(folder)
            let words =
                task.side.map { tool.thumbnail(input, output, $0) }
                ?? tool.single(input, output)
            guard let words else { return nil }
            let cost = try best(of: megapixels > 50 ? 1 : runs) {
                try? FileManager.default.removeItem(atPath: output)
                return try Command(words).measure()
            }
            return (tool.name, cost, try fileSize(output))
        }
        return rows(
            [task.name, "\(megapixels)", "1"], costs)
    }

    /// Files of an eighth of a photograph each way, all different.
    private func measureFolder(of images: [Image], _ tools: [Rival]) throws -> [[String]] {
        let folder = try TemporaryFolder()
        try makeFolder(folder("in"))
        let side = (width: 192, height: 128)
        for index in 0..<files {
            let image = images[index % images.count]
            let (x, y) = (index / images.count * 7 % 320, index / images.count * 5 % 380)
            let part = Image(
                header: ImageHeader(
                    size: ImageSize(width: side.width, height: side.height),
                    layout: image.header.layout),
                bytes: image.cropped(columns: x..<x + side.width, rows: y..<y + side.height))
            try Data(part.encoded(as: FormatID("tiff")))
                .write(to: URL(filePath: folder("in/\(1000 + index).tiff")))
        }
        return try ["webp", "png"].flatMap { format in
            let costs = try tools.compactMap { tool -> (String, Command.Cost, Int)? in
                guard let words = tool.folder(folder("in"), folder("out"), format) else {
                    return nil
                }
                let cost = try best(of: runs) {
                    try? FileManager.default.removeItem(atPath: folder("out"))
                    try makeFolder(folder("out"))
                    return try Command(words).measure()
                }
                return (tool.name, cost, try folderSize(folder("out"), count: files))
            }
            return rows(["tiff to \(format)", "0.025", "\(files)"], costs)
        }
    }

    private func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    private func folderSize(_ path: String, count: Int) throws -> Int {
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        guard names.count == count else {
            throw BenchmarkError("\(names.count) outputs of \(count) files")
        }
        return try names.reduce(0) { try $0 + fileSize("\(path)/\($1)") }
    }

    private func best(
        of count: Int, _ body: () throws -> Command.Cost
    ) throws -> Command.Cost {
        let costs = try (0..<max(1, count)).map { _ in try body() }
        return costs.min { $0.seconds < $1.seconds } ?? costs[0]
    }

    /// The rows of one task, with ratios to the quickest and the leanest of the others.
    private func rows(
        _ head: [String], _ costs: [(tool: String, cost: Command.Cost, byteCount: Int)]
    ) -> [[String]] {
        let others = costs.filter { $0.tool != Rival.ours }
        let seconds = others.map(\.cost.seconds).min() ?? .nan
        let memory = others.map(\.cost.peakMebibytes).min() ?? .nan
        return costs.map { tool, cost, byteCount in
            head + [
                tool, cost.seconds.digits(3), cost.cpuSeconds.digits(3),
                cost.peakMebibytes.digits(1), "\(byteCount)",
                (cost.seconds / seconds).digits(2), (cost.peakMebibytes / memory).digits(2),
            ]
        }
    }
}

/// From one format to another, perhaps into a square.
private struct Task {
    let from: String
    let to: String
    var side: Int?

    var name: String { "\(from) to \(to)" + (side.map { ", \($0) pixels" } ?? "") }

    static let all = [
        Task(from: "tiff", to: "webp"), Task(from: "tiff", to: "png"),
        Task(from: "png", to: "tiff"), Task(from: "jpeg", to: "webp"),
        Task(from: "jpeg", to: "jpeg", side: 400), Task(from: "png", to: "png", side: 400),
        Task(from: "tiff", to: "webp", side: 400),
    ]

    func input(_ folder: TemporaryFolder) -> String { folder("in.\(from)") }
}
