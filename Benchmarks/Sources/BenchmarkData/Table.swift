internal import Foundation

/// Results: rows of named columns.
///
/// No name and no value has a comma or a line break.
package struct Table {
    package let columns: [String]
    package private(set) var rows: [[String]] = []

    package init(columns: [String]) {
        self.columns = columns
    }

    /// Adds a row; its values are in the order of the columns.
    package mutating func append(_ values: [String]) {
        precondition(values.count == columns.count)
        precondition(values.allSatisfy { !$0.contains { $0 == "," || $0.isNewline } })
        rows.append(values)
    }

    /// The rows, by the names of their columns.
    package var records: [Record] { rows.map { Record(columns: columns, values: $0) } }

    /// One row, by the names of its columns.
    package struct Record {
        let columns: [String]
        /// In the order of the columns.
        package let values: [String]

        /// The text of a column; empty if there is none.
        package subscript(_ column: String) -> String {
            columns.firstIndex(of: column).map { values[$0] } ?? ""
        }

        /// The number in a column; not a number if there is none.
        package func number(_ column: String) -> Double { Double(self[column]) ?? .nan }
    }
}

extension Table {
    /// Comma-separated values, after a comment.
    package func csv(comment: String) -> String {
        "# \(comment)\n"
            + ([columns] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
    }

    /// Reads what ``csv(comment:)`` wrote.
    package init(csv: String) throws {
        let lines = csv.split(separator: "\n").filter { !$0.hasPrefix("#") }
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        guard let columns = lines.first, lines.allSatisfy({ $0.count == columns.count }) else {
            throw TableError(description: "the table is empty or has uneven rows")
        }
        self.init(columns: columns)
        for line in lines.dropFirst() { append(line) }
    }
}

extension Double {
    /// The number with so many digits after the point, whatever the language of the user; empty
    /// if it is not a number.
    package func digits(_ count: Int) -> String { isNaN ? "" : String(format: "%.\(count)f", self) }
}

extension Sequence<Double> {
    /// The mean; not a number if there is none.
    package var mean: Double {
        let (sum, count) = reduce((0.0, 0.0)) { ($0.0 + $1, $0.1 + 1) }
        return sum / count
    }

    /// The number in the middle, or between the two that are there; not a number if there is none.
    package var median: Double {
        let ordered = sorted()
        guard !ordered.isEmpty else { return .nan }
        return (ordered[(ordered.count - 1) / 2] + ordered[ordered.count / 2]) / 2
    }
}

/// A table cannot be read.
package struct TableError: Error, CustomStringConvertible {
    package let description: String
}
