package import FormatFiles
package import FormatKit

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
    package let root: Path?
    /// Folders to make, parents first.
    package private(set) var folders: [Path] = []
    /// Those, and the root.
    private var knownFolders: Set<Path> = []
    /// Of each job that came from a list, the number of its line; else empty.
    private var lines: [Int] = []
    /// Of each job that came from a list, what that says it takes; else empty.
    private(set) var listedCosts: [Int?] = []
    /// The part of a run that this is, if it is one.
    package private(set) var part: Part?
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

    /// The plan of a batch without jobs; `makesRoot` says whether the root is to be made.
    init(
        format: OutputFormat, template: NameTemplate = .standard, root: Path? = nil,
        makesRoot: Bool = false
    ) {
        self.format = format
        self.template = template
        let root = root?.withoutTrailingSlashes
        self.root = root
        if let root { knownFolders = [root] }
        if let root, makesRoot { folders = [root] }
    }

    /// The plan of one `IN OUT`.
    init(single job: Job, format: OutputFormat) {
        self.init(format: format)
        jobs = [job]
        isSingle = true
    }

    /// Makes the pages of further inputs follow those of the one input.
    mutating func join(_ further: [Endpoint]) {
        for index in jobs.indices { jobs[index].further = further }
    }

    /// Adds an input whose output goes into the root, or, in the same tree, below it.
    ///
    /// - Parameters:
    ///   - input: The input.
    ///   - tree: The path of its folder below the one of all inputs.
    ///   - origin: The line of a list that says so, if one does.
    mutating func add(_ input: Path, in tree: Path = "", from origin: Origin? = nil) {
        expectNames()
        add(job(input, in: tree, page: origin?.page), from: origin)
    }

    /// Whether outputs can be named without a look at the pictures.
    var areNamesKnown: Bool { !template.needsSize && !template.needsPages }

    /// The job of an input, without its previews; its output has a name if ``areNamesKnown``.
    func job(_ input: Path, in tree: Path, page: Int?) -> Job {
        guard let root else { preconditionFailure("a single output has no folder") }
        let folder = tree.bytes.isEmpty ? root : root.appending(tree)
        let output =
            areNamesKnown
            ? root.appending(template.path(for: input, in: tree, format: format)) : folder
        return Job(input: .file(input), output: .file(output), page: page)
    }

    /// The job of an input whose output, below the root, has a name.
    func job(_ input: Path, as output: Path, page: Int?) -> Job {
        guard let root else { preconditionFailure("a single output has no folder") }
        return Job(input: .file(input), output: .file(root.appending(output)), page: page)
    }

    /// What a list says of a job, beside its files.
    struct Origin {
        /// The number of the line.
        let line: Int
        /// The page that is converted, counted from 0; `nil` for those that the options say.
        var page: Int?
        /// What the job is expected to take.
        var cost: Int?
    }

    /// Adds a job that this plan has made.
    mutating func add(_ job: Job, from origin: Origin?) {
        if case .file(let output) = job.output, isNamed || !template.needsTree {
            addFolders(of: isNamed ? output.directory : output)
        }
        jobs.append(job)
        guard let origin else { return }
        lines.append(origin.line)
        listedCosts.append(origin.cost)
    }

    /// Knows from the template whether outputs have names, before there are jobs.
    mutating func expectNames() { isNamed = areNamesKnown }

    /// Notes that the jobs are those of one part.
    mutating func become(_ part: Part) {
        self.part = part
        (lines, listedCosts) = ([], [])
    }

    /// Leaves all jobs but some to others, and to the first part what is told once a run.
    mutating func keep(_ indices: [Int], of part: Part) {
        jobs = indices.map { jobs[$0] }
        (lines, listedCosts) = ([], [])
        self.part = part
        var needed: Set<Path> = root.map { [$0] } ?? []
        for path in outputPaths {
            var folder = path.directory
            while needed.insert(folder).inserted { folder = folder.directory }
        }
        folders.removeAll { !needed.contains($0) }
        guard part.shard.number > 1 else { return }
        (ignoredFileCount, ignoredNames, excludedFileCount) = (0, [], 0)
    }

    /// Notes that a folder, and those between it and the root, must be there.
    private mutating func addFolders(of folder: Path) {
        var (folder, missing) = (folder, [Path]())
        while knownFolders.insert(folder).inserted {
            missing.append(folder)
            folder = folder.directory
        }
        folders += missing.reversed()
    }

    /// The number of inputs, with those that have been left out as they could not be opened.
    package var inputCount: Int { jobs.count + unnamedCount }

    /// The outputs that have names.
    var outputPaths: [Path] { jobs.flatMap(\.outputPaths) }

    /// Adds smaller pictures to all jobs, so that each makes `count`.
    mutating func addPreviews(count: Int) {
        for index in jobs.indices { jobs[index].addPreviews(count: count) }
    }

    /// What is known of a picture once its file has been opened.
    struct Measure {
        let size: ImageSize
        let frameCount: Int
    }

    /// Names the outputs after the pictures, or one after each page of `pages`; inputs that could not
    /// be opened are left out.
    mutating func name(_ measures: [Int: Measure], pages: PageSelection) throws(CommandError) {
        unnamedCount = jobs.count - measures.count
        var named: [Job] = []
        for index in jobs.indices {
            guard let measure = measures[index], case .file(let input) = jobs[index].input,
                case .file(let folder) = jobs[index].output
            else { continue }
            for page in try numbers(pages, of: measure, jobs[index]) {
                let output = path(
                    for: input, in: folder, size: measure.size, page: page ?? jobs[index].page)
                named.append(
                    Job(
                        input: .file(input), output: .file(output),
                        page: page ?? jobs[index].page))
                if template.needsTree { addFolders(of: output.directory) }
            }
        }
        jobs = named
        (lines, listedCosts) = ([], [])
        isNamed = true
    }

    private func path(for input: Path, in folder: Path, size: ImageSize, page: Int?) -> Path {
        guard template.needsTree, let root else {
            return folder.appending(
                template.name(for: input, format: format, size: size, page: page))
        }
        let tree = Path(bytes: folder.bytes.dropFirst(root.appending("").bytes.count))
        return root.appending(
            template.path(for: input, in: tree, format: format, size: size, page: page))
    }

    /// The pages that become files; `nil` for those that the options say.
    private func numbers(
        _ pages: PageSelection, of measure: Measure, _ job: Job
    ) throws(CommandError) -> [Int?] {
        guard template.needsPages else { return [nil] }
        do throws(ImageError) {
            return try pages.indices(of: measure.frameCount)
        } catch {
            throw .failed(job.input.description, error)
        }
    }

    /// Checks that no two outputs are one file, also through links.
    func checkCollisions() throws(CommandError) {
        guard isNamed else { return }
        var resolver = LinkResolver()
        var owners: [CollisionKey: Int] = [:]
        var messages: [String] = []
        for (index, job) in jobs.enumerated() {
            for path in job.outputPaths {
                let key = Self.collisionKey(resolver.file(at: path))
                if let first = owners.updateValue(index, forKey: key) {
                    messages.append(
                        "\(name(ofInput: first)) and \(name(ofInput: index)) would both become "
                            + "\(path)")
                }
            }
        }
        let hint =
            template == .standard ? "; --name-template '{name}.{ext}' keeps them apart" : ""
        try Self.refuse(messages, hint: hint)
    }

    /// What a job's input is called, with its place in a list.
    private func name(ofInput index: Int) -> String {
        "\(jobs[index].input)" + (index < lines.count ? " (line \(lines[index]))" : "")
    }

    /// Checks that no output takes the place of an input, unless it is all that is made of that one.
    func checkInputs() throws(CommandError) {
        guard isNamed else { return }
        var resolver = LinkResolver()
        var readers: [CollisionKey: Int] = [:]
        for (index, job) in jobs.enumerated() {
            for case .file(let path) in job.inputs {
                readers[Self.collisionKey(resolver.file(at: path))] = index
            }
        }
        var lines: [String] = []
        for (index, job) in jobs.enumerated() {
            for path in job.outputPaths {
                let reader = readers[Self.collisionKey(resolver.file(at: path))]
                guard let reader, reader != index || .file(path) != job.output else { continue }
                lines.append("what becomes of \(job.input) would replace the input \(path)")
            }
        }
        try Self.refuse(lines, hint: "")
    }

    private static func refuse(_ lines: [String], hint: String) throws(CommandError) {
        guard let first = lines.first else { return }
        let rest = lines.count > 1 ? " (and \(lines.count - 1) more)" : ""
        throw .usage("nothing is converted: \(first)\(rest)\(hint)")
    }

    // Equal for names that are one file to the system.
    #if canImport(Darwin)
        typealias CollisionKey = String

        /// File systems there usually ignore case; `String` compares composed characters.
        static func collisionKey(_ path: Path) -> CollisionKey {
            path.description.lowercased()
        }
    #else
        typealias CollisionKey = Path

        static func collisionKey(_ path: Path) -> CollisionKey { path }
    #endif
}

/// Finds the files that names stand for, looking at each folder once.
struct LinkResolver {
    private var folders: [Path: Path] = [:]

    mutating func file(at path: Path) -> Path {
        let folder = folders[path.directory] ?? path.directory.resolvingLinks
        folders[path.directory] = folder
        return folder.appending(path.lastComponent).resolvingLinks
    }
}
