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
    /// How outputs in a folder are named.
    package let template: NameTemplate
    /// The jobs, sorted bytewise by input where they come from a folder.
    ///
    /// As long as ``isNamed`` is false, the output of each is only the folder that it goes into.
    package private(set) var jobs: [Job] = []
    /// The number of inputs whose output could not be named.
    private var unnamedCount = 0
    /// Whether the outputs have names.
    package private(set) var isNamed = true
    /// The folder that all outputs go into, or into folders of which; `nil` for a single one.
    package var root: Path?
    /// Folders to make, parents first.
    package var folders: [Path] = []
    /// The number of files of a folder that no format claims.
    package var ignoredFileCount = 0
    /// The names of the first of them.
    package var ignoredNames: [Path] = []
    /// How many of them are told.
    static let toldIgnoredCount = 4
    /// The number of images that the command line leaves out.
    package var excludedFileCount = 0
    /// Folders that could not be listed.
    package var failures: [FolderFailure] = []
    /// Whether this is one `IN OUT`, which makes no summary.
    package private(set) var isSingle = false

    /// A folder that could not be listed.
    package struct FolderFailure: Sendable, Equatable {
        /// The folder.
        package let path: Path
        /// Why not.
        package let error: ImageError
    }

    init(format: OutputFormat, template: NameTemplate = .standard, root: Path? = nil) {
        self.format = format
        self.template = template
        self.root = root
    }

    /// The plan of one `IN OUT`.
    init(single job: Job, format: OutputFormat) {
        self.init(format: format)
        jobs = [job]
        isSingle = true
    }

    /// Adds an input whose output goes into a folder.
    mutating func add(_ input: Path, into folder: Path) {
        isNamed = !template.needsSize
        let output = isNamed ? folder.appending(template.name(for: input, format: format)) : folder
        jobs.append(Job(input: .file(input), output: .file(output)))
    }

    /// The number of inputs, with those that have been left out as they could not be opened.
    package var inputCount: Int { jobs.count + unnamedCount }

    /// The outputs that are files.
    var outputPaths: [Path] {
        jobs.compactMap { if case .file(let path) = $0.output { path } else { nil } }
    }

    /// Names the outputs after the pictures; inputs without a size are left out.
    mutating func name(_ sizes: [Int: ImageSize]) {
        unnamedCount = jobs.count
        defer { unnamedCount -= jobs.count }
        jobs = jobs.indices.compactMap { index in
            guard let size = sizes[index], case .file(let input) = jobs[index].input,
                case .file(let folder) = jobs[index].output
            else { return nil }
            let name = template.name(for: input, format: format, size: size)
            return Job(input: .file(input), output: .file(folder.appending(name)))
        }
        isNamed = true
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
        let hint =
            template == .standard ? "; --name-template '{name}.{ext}' keeps them apart" : ""
        throw .usage("nothing is converted: \(first)\(rest)\(hint)")
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
