/// What many files cost.
package enum ScaleReport {
    package static let columns = [
        "task", "tool", "count", "seconds", "cpu_s", "per_second", "ms_each", "cpu_ms_each",
        "peak_mib",
    ]

    package static func text(_ table: Table) -> String {
        let rows = table.records.map { row in
            [
                row["task"], row["tool"], grouped(row["count"]), row["seconds"], row["per_second"],
                row["ms_each"], row["cpu_ms_each"], row["peak_mib"],
            ]
        }
        return markdown(
            ["task", "tool", "files or entries", "s", "a second", "ms each", "CPU ms each", "MiB"],
            rows) + flatness(table)
            + "\n\nTimes are of whole processes, memory is that of the largest one. Where the "
            + "machine had other work, CPU time tells more."
    }

    /// How memory grows with the number of files or of entries, of tasks that were done to several.
    private static func flatness(_ table: Table) -> String {
        var tasks: [String] = []
        for row in table.records where !tasks.contains(row["task"]) { tasks.append(row["task"]) }
        let lines = tasks.compactMap { task -> String? in
            let rows = table.records.filter { $0["task"] == task && $0["tool"] == "convert" }
            guard let first = rows.first, let last = rows.last, rows.count > 1 else { return nil }
            let times = last.number("count") / first.number("count")
            if times == 1 { return nil }
            let growth = last.number("peak_mib") / first.number("peak_mib")
            return "* \(task): \(times.digits(0)) times as many take \(growth.digits(2)) times the "
                + "memory"
        }
        return lines.isEmpty ? "" : "\n\n" + lines.joined(separator: "\n")
    }

    /// `1234567` as `1 234 567`.
    private static func grouped(_ number: String) -> String {
        var result = ""
        for (index, digit) in number.enumerated() {
            if index > 0, (number.count - index) % 3 == 0 { result += " " }
            result.append(digit)
        }
        return result
    }
}
