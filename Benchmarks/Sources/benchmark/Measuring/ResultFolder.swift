internal import BenchmarkData
internal import Foundation

/// The folder of the results: `NAME.csv` and its sidecar `NAME.json`.
struct ResultFolder {
    let path: String

    func write(
        _ table: Table, _ conditions: Conditions, as name: String, isQuiet: Bool = false
    ) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let json = String(decoding: try encoder.encode(conditions), as: UTF8.self) + "\n"
        try json.write(toFile: file(name, "json"), atomically: true, encoding: .utf8)
        try table.csv(comment: conditions.summary)
            .write(toFile: file(name, "csv"), atomically: true, encoding: .utf8)
        if !isQuiet { print("wrote \(file(name, "csv"))") }
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

extension Repository {
    /// What others have published, from `Benchmarks/data`.
    static func publishedCurves() throws -> PublishedCurves {
        func table(_ name: String) throws -> Table {
            try Table(
                csv: try String(
                    contentsOfFile: path("Benchmarks/data/\(name).csv"), encoding: .utf8))
        }
        return PublishedCurves(
            means: try table("published"), images: try table("published-images"))
    }
}
