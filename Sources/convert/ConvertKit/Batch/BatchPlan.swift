package import FormatFiles
package import FormatKit

/// One input and its output.
package struct Job: Sendable, Hashable {
    /// What is read.
    package let input: Endpoint
    /// What is written.
    package let output: Endpoint

    /// Creates a job.
    package init(input: Endpoint, output: Endpoint) {
        self.input = input
        self.output = output
    }
}

/// Everything that a run will do, known before it does any of it.
package struct BatchPlan: Sendable {
    /// The format to write.
    package let format: OutputFormat
    /// The jobs, sorted bytewise by input where they come from a folder.
    package var jobs: [Job] = []
    /// Folders to make, parents first.
    package var folders: [Path] = []
    /// The number of files of a folder that no format claims.
    package var ignoredFileCount = 0
    /// Folders that could not be listed.
    package var failures: [FolderFailure] = []
    /// Whether this is one `IN OUT`, which makes no summary.
    package var isSingle = false

    /// A folder that could not be listed.
    package struct FolderFailure: Sendable, Equatable {
        /// The folder.
        package let path: Path
        /// Why not.
        package let error: ImageError
    }

    init(format: OutputFormat) {
        self.format = format
    }

    /// Checks that no two inputs have one output.
    func checkCollisions() throws(CommandError) {
        var inputs: [CollisionKey: Endpoint] = [:]
        var lines: [String] = []
        for job in jobs {
            guard case .file(let path) = job.output else { continue }
            let first = inputs.updateValue(job.input, forKey: Self.collisionKey(path))
            if let first { lines.append("\(first) and \(job.input) would both become \(path)") }
        }
        guard let first = lines.first else { return }
        let rest = lines.count > 1 ? " (and \(lines.count - 1) more)" : ""
        throw .usage("nothing is converted: \(first)\(rest)")
    }

    // Equal for names that are one file to the system.
    #if canImport(Darwin)
        private typealias CollisionKey = String

        /// File systems there usually ignore case; `String` compares composed characters.
        private static func collisionKey(_ path: Path) -> CollisionKey {
            path.description.lowercased()
        }
    #else
        private typealias CollisionKey = Path

        private static func collisionKey(_ path: Path) -> CollisionKey { path }
    #endif
}
