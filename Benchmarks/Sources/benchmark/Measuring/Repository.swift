internal import Foundation

/// The checkout that this program was built from.
enum Repository {
    /// The absolute path of a file, from its path in the checkout.
    static func path(_ relative: String) -> String {
        root.appending(path: relative).standardizedFileURL.path
    }

    private static let root: URL = {
        // Benchmarks/Sources/benchmark/Measuring/Repository.swift
        var url = URL(filePath: #filePath)
        for _ in 0..<5 { url.deleteLastPathComponent() }
        return url
    }()

    /// The last commit that changed the tool, with `-dirty` if its sources differ from it.
    static func toolCommit() -> String {
        let paths = ["--", path("Sources"), path("Package.swift")]
        guard let hash = git(["log", "-1", "--format=%h"] + paths) else { return "unknown" }
        return hash + (git(["status", "--porcelain"] + paths)?.isEmpty == true ? "" : "-dirty")
    }

    /// The sources of the codec, which decide the bytes of `.coin`: the hash of their tree, which
    /// stays the same in commits that do not touch them, with `-dirty` if they differ from it.
    static func codecVersion() -> String {
        let folder = "Sources/CoinFormat"
        guard let hash = git(["rev-parse", "--short=10", "HEAD:\(folder)"]) else {
            return "unknown"
        }
        let changes = git(["status", "--porcelain", "--", path(folder)])
        return hash + (changes?.isEmpty == true ? "" : "-dirty")
    }

    /// The commit, with `-dirty` if anything but results and documents differs from it.
    static func commit() -> String {
        guard let hash = git(["rev-parse", "--short", "HEAD"]) else { return "unknown" }
        let changes = git([
            "status", "--porcelain", "--", path(""), ":(exclude)Benchmarks/results",
            ":(exclude)README.md", ":(exclude)docs",
        ])
        return hash + (changes?.isEmpty == true ? "" : "-dirty")
    }

    private static func git(_ arguments: [String]) -> String? {
        try? Command(["git", "-C", path("")] + arguments).output()
    }
}

/// A folder that goes away with its owner.
final class TemporaryFolder {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(
            path: "benchmark-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    /// The absolute path of a file in the folder.
    func callAsFunction(_ name: String) -> String { url.appending(path: name).path }
}
