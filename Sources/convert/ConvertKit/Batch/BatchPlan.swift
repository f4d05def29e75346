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
    package private(set) var jobs = JobList()
    /// The number of inputs whose output could not be named.
    private var unnamedCount = 0
    /// Whether the outputs have names.
    package private(set) var isNamed: Bool
    /// The folder that all outputs go into, or into folders of which; `nil` for a single one.
    package let root: Path?
    /// Folders to make, parents first.
    package private(set) var folders: [Path] = []
    /// Those, and the root.
    private var knownFolders: Set<Path> = []
    /// Of each job that came from a list, the number of its line; else empty.
    private var lines: [Int] = []
    /// The part of a run that this is, if it is one.
    package private(set) var part: Part?
    /// The number of files of a folder that no format claims.
    package private(set) var ignoredFileCount = 0
    /// The names of the first of them.
    package private(set) var ignoredNames: [Path] = []
    /// How many of them are told.
    static let toldIgnoredCount = 4
    /// The number of images that the command line leaves out.
    package private(set) var excludedFileCount = 0
    /// Folders that could not be listed.
    package private(set) var failures: [FolderFailure] = []
    /// The folders that were scanned with all that is in them.
    private(set) var scannedFolders: [Path] = []
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
        isNamed = !template.needsPictures
        let root = root?.withoutTrailingSlashes
        self.root = root
        if let root { knownFolders = [root] }
        if let root, makesRoot { folders = [root] }
    }

    /// The plan of one `IN OUT`.
    init(single job: Job, format: OutputFormat) {
        self.init(format: format)
        jobs.append(job)
        isSingle = true
    }

    /// Makes the pages of further inputs follow those of the one input.
    mutating func join(_ further: [Endpoint]) {
        jobs.further = further
    }

    /// Adds an input whose output goes into the root, or, in the same tree, below it.
    ///
    /// - Parameters:
    ///   - input: The input.
    ///   - tree: The path of its folder below the one of all inputs.
    mutating func add(_ input: Path, in tree: Path) {
        add(job(input, in: tree, page: nil), from: nil)
    }

    /// The job of an input, without its previews; its output has a name unless the template
    /// needs pictures.
    func job(_ input: Path, in tree: Path, page: Int?) -> Job {
        guard let root else { preconditionFailure("a single output has no folder") }
        let folder = tree.bytes.isEmpty ? root : root.appending(tree)
        let output =
            template.needsPictures
            ? folder : root.appending(template.path(for: input, in: tree, format: format))
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
    }

    /// Notes that the jobs are those of one part, and leaves to the first part what is told once a run.
    mutating func become(_ part: Part) {
        self.part = part
        guard part.shard.number > 1 else { return }
        (ignoredFileCount, ignoredNames, excludedFileCount) = (0, [], 0)
    }

    /// Takes note of what the scan of a folder, which is over, has passed by.
    mutating func note(_ scan: FolderScan, of folder: Path) {
        ignoredFileCount += scan.ignoredFileCount
        ignoredNames += scan.ignoredNames.prefix(Self.toldIgnoredCount - ignoredNames.count)
        excludedFileCount += scan.excludedFileCount
        failures += scan.failures
        if scan.isRecursive { scannedFolders.append(folder) }
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
    var outputPaths: some Sequence<Path> { jobs.lazy.flatMap(\.outputPaths) }

    /// Adds smaller pictures to all jobs, so that each makes `count`.
    mutating func addPreviews(count: Int) {
        jobs.previewCount = count
    }

    /// What is known of a picture once its file has been opened.
    struct Measure {
        let size: ImageSize
        let frameCount: Int
    }

    /// Names the outputs after the pictures, or one after each page of `pages`; inputs that could not
    /// be opened are left out.
    ///
    /// - Returns: Of each input that lacks a page that was asked for, and is left out, the job and why.
    mutating func name(
        _ measures: [Int: Measure], pages: PageSelection
    ) -> [(job: Job, error: ImageError)] {
        var (named, refused) = (JobList(), [(job: Job, error: ImageError)]())
        for (index, job) in jobs.enumerated() {
            guard let measure = measures[index], case .file(let input) = job.input,
                case .file(let folder) = job.output
            else { continue }
            let numbers: [Int?]
            do throws(ImageError) {
                numbers =
                    template.needsPages ? try pages.indices(of: measure.frameCount) : [nil]
            } catch {
                refused.append((job, error))
                continue
            }
            for page in numbers {
                let output = path(
                    for: input, in: folder, size: measure.size, page: page ?? job.page)
                var new = Job(
                    input: .file(input), output: .file(output), page: page ?? job.page)
                new.isFirstOfAll = page == 0 && (pages == .first || pages == .all)
                named.append(new)
                if template.needsTree { addFolders(of: output.directory) }
            }
        }
        unnamedCount = jobs.count - measures.count + refused.count
        (jobs, lines, isNamed) = (named, [], true)
        return refused
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

    /// Gives all jobs, once they have names, all of their outputs, and checks these: no two of them
    /// are one file, also through links, and none takes the place of an input, unless that is all that
    /// is made of it.
    ///
    /// - Parameters:
    ///   - previewCount: The number of pictures that are written for each input.
    ///   - isReplacing: Whether outputs may take the place of files.
    /// - Throws: ``CommandError/usage(_:)``.
    mutating func complete(previewCount: Int, isReplacing: Bool) throws(CommandError) {
        guard isNamed else { return }
        addPreviews(count: previewCount)
        var finder = CollisionFinder(mindsInputs: isReplacing)
        for job in jobs { finder.add(job) }
        var suspects = finder.takeSuspects()
        if suspects.isEmpty { return }
        for (index, job) in jobs.enumerated() {
            suspects.look(at: job, Self.name(ofInput: job, lines.isEmpty ? nil : lines[index]))
        }
        try suspects.check(verb: "converted", hint: collisionHint)
    }

    /// What may help against collisions.
    var collisionHint: String {
        template == .standard ? "; --name-template '{name}.{ext}' keeps them apart" : ""
    }

    /// What a job's input is called, with its place in a list.
    static func name(ofInput job: Job, _ line: Int?) -> String {
        "\(job.input)" + (line.map { " (line \($0))" } ?? "")
    }
}
