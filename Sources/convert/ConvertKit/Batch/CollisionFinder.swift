internal import FormatFiles

/// Looks for outputs of any number of jobs that are one file, or that take the place of an input.
///
/// Of each name, eight bytes are held. Only where two of them are equal, which hardly ever happens by
/// itself, are the jobs that have them looked at again, by ``Suspects``.
struct CollisionFinder {
    private var outputs: [UInt64] = []
    /// Those of inputs, if these count.
    private var inputs: [UInt64] = []
    private let namer: FileNamer
    private let mindsInputs: Bool

    /// Starts a search.
    ///
    /// - Parameters:
    ///   - mindsInputs: Whether outputs may take the place of files, which must be no inputs then.
    ///   - followsLinks: Whether names lead to files on this machine.
    init(mindsInputs: Bool = false, followsLinks: Bool = true) {
        self.mindsInputs = mindsInputs
        namer = FileNamer(followsLinks: followsLinks)
    }

    /// Takes note of a job and its previews.
    mutating func add(_ job: Job) {
        for path in job.outputPaths { outputs.append(namer.key(path).number) }
        guard mindsInputs else { return }
        // What a job may replace needs no note: who else writes it is found among the outputs.
        let own = job.outputPaths.isEmpty ? nil : outputs.last
        for case .file(let path) in job.inputs {
            let number = namer.key(path).number
            if number != own { inputs.append(number) }
        }
    }

    /// Those jobs that may collide; what they were found from is forgotten.
    mutating func takeSuspects() -> Suspects {
        outputs.sort()
        var numbers = Set(zip(outputs, outputs.dropFirst()).lazy.filter { $0 == $1 }.map(\.0))
        inputs.sort()
        var rest = inputs[...]
        for output in outputs {
            while let input = rest.first, input < output { rest = rest.dropFirst() }
            if rest.first == output { numbers.insert(output) }
        }
        (outputs, inputs) = ([], [])
        return Suspects(numbers: numbers, namer: namer, mindsInputs: mindsInputs)
    }
}

/// Jobs of which an output may be that of another one, or an input.
struct Suspects {
    private let numbers: Set<UInt64>
    private let namer: FileNamer
    private let mindsInputs: Bool
    /// What the input is called of which each file was made last.
    private var owners: [CollisionKey: String] = [:]
    /// Who reads each file.
    private var readers: [CollisionKey: [Int]] = [:]
    /// The outputs that may be inputs, and their jobs.
    private var writers: [(path: Path, job: Job, index: Int)] = []
    private var collisions = Collisions()
    private var index = 0

    fileprivate init(numbers: Set<UInt64>, namer: FileNamer, mindsInputs: Bool) {
        self.numbers = numbers
        self.namer = namer
        self.mindsInputs = mindsInputs
    }

    /// Whether there is nothing to look for.
    var isEmpty: Bool { numbers.isEmpty }

    /// Looks at a job of those that the finder has seen, in the same order.
    ///
    /// - Parameters:
    ///   - job: The job, with its previews.
    ///   - name: What its input is called.
    mutating func look(at job: Job, _ name: @autoclosure () -> String) {
        defer { index += 1 }
        for path in job.outputPaths {
            let key = namer.key(path)
            guard numbers.contains(key.number) else { continue }
            if let first = owners.updateValue(name(), forKey: key) {
                collisions.add("\(first) and \(name()) would both become \(path)")
            }
            if mindsInputs { writers.append((path, job, index)) }
        }
        guard mindsInputs else { return }
        for case .file(let path) in job.inputs {
            let key = namer.key(path)
            if numbers.contains(key.number) { readers[key, default: []].append(index) }
        }
    }

    /// Checks what has been seen, once that is all.
    ///
    /// - Parameters:
    ///   - verb: What is not done otherwise.
    ///   - hint: What may help.
    /// - Throws: ``CommandError/usage(_:)`` if two outputs are one file, or one takes the place of an
    ///   input, unless it is all that is made of that one, and of no other.
    func check(verb: String, hint: String) throws(CommandError) {
        try collisions.refuse(verb: verb, hint: hint)
        var replacements = Collisions()
        for (path, job, index) in writers {
            let others = (readers[namer.key(path)] ?? []).contains { reader in
                reader != index || .file(path) != job.output
            }
            if others {
                replacements.add("what becomes of \(job.input) would replace the input \(path)")
            }
        }
        try replacements.refuse(verb: verb, hint: "")
    }
}

/// Collisions of one kind, of which the first is told: there may be as many as jobs.
private struct Collisions {
    private var first: String?
    private var count = 0

    mutating func add(_ line: @autoclosure () -> String) {
        if first == nil { first = line() }
        count += 1
    }

    func refuse(verb: String, hint: String) throws(CommandError) {
        guard let first else { return }
        let rest = count > 1 ? " (and \(count - 1) more)" : ""
        throw .usage("nothing is \(verb): \(first)\(rest)\(hint)")
    }
}

/// Tells which names are one file; one for a search, as it remembers folders.
private final class FileNamer {
    private var resolver: LinkResolver?

    init(followsLinks: Bool) {
        resolver = followsLinks ? LinkResolver() : nil
    }

    func key(_ path: Path) -> CollisionKey { CollisionKey(resolver?.file(at: path) ?? path) }
}
