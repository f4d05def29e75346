/// A table in Markdown; all columns but the first are aligned to the right.
package func markdown(_ header: [String], _ rows: [[String]]) -> String {
    let rule = header.indices.map { $0 == 0 ? "---" : "---:" }
    return ([header, rule] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
        .joined(separator: "\n")
}
