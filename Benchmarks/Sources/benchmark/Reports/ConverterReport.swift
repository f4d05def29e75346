internal import BenchmarkData

/// How the converter compares with others.
enum ConverterReport {
    static func text(_ table: Table) -> String {
        let rows = table.records.map { row in
            [
                row["files"] == "1" ? row["task"] : "\(row["files"]) files, \(row["task"])",
                row["megapixels"], row["tool"], row["seconds"], row["time_ratio"], row["cpu_s"],
                row["peak_mib"], row["memory_ratio"], row["bytes"],
            ]
        }
        return markdown(
            ["task", "MP", "tool", "s", "ratio", "CPU, s", "peak, MiB", "ratio", "bytes"], rows)
            + "\n\nRatios are to the quickest and to the leanest of the other tools at the same "
            + "task in the same run; where the machine had other work, CPU time tells more. The peak "
            + "of a folder is that of the largest process."
    }

    /// Ours alone, with the ratios to the best of the others: of 12 megapixels and of folders.
    static func summary(_ table: Table) -> String {
        let rows = table.records.filter { row in
            row["tool"] == Rival.ours
                && (row["files"] != "1" || row.number("megapixels") == summaryMegapixels)
        }
        .map { row in
            [
                row["files"] == "1" ? row["task"] : "\(row["files"]) files, \(row["task"])",
                row["megapixels"], row["seconds"], row["time_ratio"], row["peak_mib"],
                row["memory_ratio"],
            ]
        }
        let tools = Set(table.records.map { $0["tool"] }).subtracting([Rival.ours]).sorted()
        return markdown(
            [
                "task", "MP", "s", "times the quickest other", "peak, MiB",
                "times the leanest other",
            ], rows) + "\n\nThe others are \(tools.joined(separator: ", "))."
    }

    private static let summaryMegapixels = 12.0
}
