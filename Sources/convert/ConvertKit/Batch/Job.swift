package import FormatFiles
internal import FormatKit

/// One input and what is made of it.
package struct Job: Sendable, Hashable {
    /// What is read.
    package let input: Endpoint
    /// What is written.
    package let output: Endpoint
    /// Inputs whose pages follow.
    package var further: [Endpoint] = []
    /// The page that is converted, counted from 0; `nil` for those that the options say.
    package var page: Int?
    /// Whether that is the first of all pages, of which each becomes an output of its own.
    var isFirstOfAll = false
    /// The smaller pictures that are written before the output, coarse first.
    package private(set) var previews: [Path] = []

    /// Creates a job.
    package init(input: Endpoint, output: Endpoint, page: Int? = nil) {
        self.input = input
        self.output = output
        self.page = page
    }

    /// All inputs, in the order of their pages.
    var inputs: [Endpoint] { [input] + further }

    /// What the inputs are called in messages, if there are several.
    var joinedNames: [String] { further.isEmpty ? [] : inputs.map(\.inputName) }

    /// All outputs that have a name, the one that was asked for last.
    var outputPaths: [Path] {
        guard case .file(let path) = output else { return [] }
        return previews + [path]
    }

    /// Adds smaller pictures, so that there are `count` with the output: `out.1.png`, `out.2.png`, ….
    mutating func addPreviews(count: Int) {
        guard case .file(let path) = output else { return }
        previews = (1..<max(1, count)).map { path.inserting("\($0)") }
    }

    /// The smaller pictures that one of this size has, coarse first: a small one has fewer than were asked
    /// for.
    func previews(ofPicture size: ImageSize) -> [(size: ImageSize, path: Path)] {
        let sizes = size.halvings(count: previews.count + 1).dropLast()
        return Array(zip(sizes, previews)).map { (size: $0, path: $1) }
    }
}

extension Job {
    /// The job for ``init(wire:)``.
    var wire: JSONValue {
        [
            "input": input.wire, "output": output.wire,
            "page": page.map(JSONValue.integer) ?? .null,
            "first_of_all": .boolean(isFirstOfAll),
            "further": .array(further.map(\.wire)), "previews": .array(previews.map(\.json)),
        ]
    }

    /// The job that another process sent.
    init?(wire: JSONValue) {
        guard let input = Endpoint(wire: wire["input"]), let output = Endpoint(wire: wire["output"])
        else { return nil }
        self.init(input: input, output: output, page: wire["page"]?.wholeNumber)
        isFirstOfAll = wire["first_of_all"] == .boolean(true)
        further = (wire["further"]?.elements ?? []).compactMap { Endpoint(wire: $0) }
        previews = (wire["previews"]?.elements ?? []).compactMap { Path(json: $0) }
    }
}

extension Endpoint {
    fileprivate var wire: JSONValue {
        switch self {
        case .standard: .null
        case .file(let path): path.json
        }
    }

    fileprivate init?(wire: JSONValue?) {
        if wire == .null {
            self = .standard
            return
        }
        guard let path = Path(json: wire) else { return nil }
        self = .file(path)
    }
}
