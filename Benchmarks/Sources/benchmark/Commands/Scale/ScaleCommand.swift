internal import ArgumentParser
internal import BenchmarkData
internal import Foundation

/// Many files: what each costs beside its pixels, and what plans, records and reports take.
struct ScaleCommand: ParsableCommand {
    static let name = "scale"
    static let entriesName = "scale-entries"
    static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Convert many small files in all ways; plan, find and report more entries.",
        discussion: """
            Files are PGM of 32 x 32 pixels, different ones, which become PNG: results/scale.csv. \
            Entries are lines of lists, records and logs, all of one input, which is opened, but not \
            converted: results/scale-entries.csv.
            """)

    @Option(
        parsing: .upToNextOption,
        help: "The numbers of files that are converted as a folder; 0 for no files at all.")
    var files = [10_000, 100_000]

    @Option(help: "The number of files that are converted by list, manifest and parts, too.")
    var ways = 100_000

    @Option(
        parsing: .upToNextOption, help: "The numbers of parts into which a run is divided.")
    var shards = [1, 4, 16]

    @Option(
        parsing: .upToNextOption, help: "The numbers of entries that are simulated; 0 for none.")
    var entries = [1_000_000, 10_000_000]

    @Option(help: "The number of files that get a process each.")
    var peerFiles = 1000

    @OptionGroup var results: ResultOptions

    func run() throws {
        if files != [0] { try measureFiles() }
        if entries != [0] { try measureEntries() }
    }

    private func measureFiles() throws {
        let tools = Rival.installed
        let conditions = try Conditions.current(peers: tools.compactMap(\.version))
        var table = Table(columns: ScaleReport.columns)
        // Each row is safe when it is there: the whole takes long.
        func add(_ rows: [[String]]) throws {
            for row in rows { try append(row, to: &table, conditions, Self.name) }
        }
        if peerFiles > 0 { try add(try ProcessPerFile(fileCount: peerFiles).rows(tools)) }
        for count in Set(files + [ways]).sorted() {
            let runs = try ManyFiles(count: count)
            try add([try runs.folderRow()])
            if count == ways { try runs.addFurtherRows(shards: shards, add) }
        }
        print(ScaleReport.text(table))
    }

    private func measureEntries() throws {
        let conditions = try Conditions.current()
        var table = Table(columns: ScaleReport.columns)
        for count in entries.sorted() {
            try SimulatedEntries(count: count).addRows { row in
                try append(row, to: &table, conditions, Self.entriesName)
            }
        }
        print(ScaleReport.text(table))
    }

    private func append(
        _ row: [String], to table: inout Table, _ conditions: Conditions, _ name: String
    ) throws {
        table.append(row)
        print(row.joined(separator: " "))
        try results.folder.write(table, conditions, as: name, isQuiet: true)
    }
}

extension Command.Cost {
    /// What one command after the other takes.
    static func + (left: Command.Cost, right: Command.Cost) -> Command.Cost {
        Command.Cost(
            seconds: left.seconds + right.seconds, cpuSeconds: left.cpuSeconds + right.cpuSeconds,
            peakByteCount: max(left.peakByteCount, right.peakByteCount))
    }

    /// The row of something that was done to so many files or entries.
    func row(_ task: String, _ tool: String = Rival.ours, count: Int) -> [String] {
        [
            task, tool, "\(count)", seconds.digits(3), cpuSeconds.digits(3),
            (Double(count) / seconds).digits(0), (1e3 * seconds / Double(count)).digits(4),
            (1e3 * cpuSeconds / Double(count)).digits(4), peakMebibytes.digits(1),
        ]
    }
}
