internal import FormatFiles

/// What a plan knows of an input before it opens it, as bytes whose order is that of the manifest: by
/// input, then by output and page.
struct ManifestEntry: Equatable {
    let input: Path
    /// The path of its folder below that of all inputs.
    let tree: Path
    /// The output, if a list says one.
    let output: Path?
    /// The page, counted from 0, if a list says one.
    let page: Int?

    private static let separator: UInt8 = 0

    /// The entry as a record; names have no zeros.
    var record: [UInt8] {
        // Of one width, so that 10 follows 9.
        let digits = page.map { String($0 + 1, radix: 16) } ?? ""
        let padded = page == nil ? "" : String(repeating: "0", count: 16 - digits.count) + digits
        return input.bytes + [Self.separator] + (output?.bytes ?? []) + [Self.separator]
            + padded.utf8 + [Self.separator] + tree.bytes
    }

    init(input: Path, tree: Path = "", output: Path? = nil, page: Int? = nil) {
        self.input = input
        self.tree = tree
        self.output = output
        self.page = page
    }

    /// The entry that a record holds.
    init(record: ArraySlice<UInt8>) {
        let fields = record.split(separator: Self.separator, omittingEmptySubsequences: false)
        precondition(fields.count == 4, "a record of ours")
        input = Path(bytes: fields[0])
        output = fields[1].isEmpty ? nil : Path(bytes: fields[1])
        page = Int(String(decoding: fields[2], as: UTF8.self), radix: 16).map { $0 - 1 }
        tree = Path(bytes: fields[3])
    }
}
