internal import Foundation

/// Results: rows of named columns.
///
/// No name and no value has a comma or a line break.
struct Table {
    let columns: [String]
    private(set) var rows: [[String]] = []

    init(columns: [String]) {
        self.columns = columns
    }

    /// Adds a row; its values are in the order of the columns.
    mutating func append(_ values: [String]) {
        precondition(values.count == columns.count)
        precondition(values.allSatisfy { !$0.contains { $0 == "," || $0.isNewline } })
        rows.append(values)
    }

    /// The rows, by the names of their columns.
    var records: [Record] { rows.map { Record(columns: columns, values: $0) } }

    /// One row, by the names of its columns.
    struct Record {
        fileprivate let columns: [String]
        fileprivate let values: [String]

        /// The text of a column; empty if there is none.
        subscript(_ column: String) -> String {
            columns.firstIndex(of: column).map { values[$0] } ?? ""
        }

        /// The number in a column; not a number if there is none.
        func number(_ column: String) -> Double { Double(self[column]) ?? .nan }
    }
}

extension Table {
    /// Comma-separated values, after the conditions as comments.
    func csv(_ conditions: Conditions) -> String {
        "# \(conditions.summary)\n"
            + ([columns] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
    }

    /// Reads what ``csv(_:)`` wrote.
    init(csv: String) throws {
        let lines = csv.split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        guard let columns = lines.first, lines.allSatisfy({ $0.count == columns.count }) else {
            throw BenchmarkError("the table is empty or has uneven rows")
        }
        self.init(columns: columns)
        for line in lines.dropFirst() { append(line) }
    }
}

/// The folder of the results: `NAME.csv` and its sidecar `NAME.json`.
struct ResultFolder {
    let path: String

    func write(_ table: Table, _ conditions: Conditions, as name: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let json = String(decoding: try encoder.encode(conditions), as: UTF8.self) + "\n"
        try json.write(toFile: file(name, "json"), atomically: true, encoding: .utf8)
        try table.csv(conditions)
            .write(toFile: file(name, "csv"), atomically: true, encoding: .utf8)
        print("wrote \(file(name, "csv"))")
    }

    /// Results that were written before, or `nil` if there are none.
    func read(_ name: String) throws -> (table: Table, conditions: Conditions)? {
        guard FileManager.default.fileExists(atPath: file(name, "csv")) else { return nil }
        let json = try Data(contentsOf: URL(filePath: file(name, "json")))
        return (
            try Table(csv: try String(contentsOfFile: file(name, "csv"), encoding: .utf8)),
            try JSONDecoder().decode(Conditions.self, from: json)
        )
    }

    private func file(_ name: String, _ fileExtension: String) -> String {
        "\(path)/\(name).\(fileExtension)"
    }
}

extension Double {
    /// The number with so many digits after the point, whatever the language of the user; empty
    /// if it is not a number.
    func digits(_ count: Int) -> String { isNaN ? "" : String(format: "%.\(count)f", self) }
}

extension Sequence<Double> {
    /// The mean; not a number if there is none.
    var mean: Double {
        let (sum, count) = reduce((0.0, 0.0)) { ($0.0 + $1, $0.1 + 1) }
        return sum / count
    }
}
