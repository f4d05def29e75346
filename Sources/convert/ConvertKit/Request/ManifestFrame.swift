/// The first and the last line of a manifest, by which one is known to be whole.
///
/// A list of JSON lines without them is a list all the same: parts of a manifest, for instance.
struct ManifestFrame {
    private static let headName = "convert_manifest"
    private static let endName = "convert_manifest_end"
    private static let version = 1
    private var hasHead = false
    private var hasEnd = false
    private var entryCount = 0

    /// Whether a line is the first one of a manifest.
    static func isHead(_ json: JSONValue) -> Bool { !isEntry(json) && json[headName] != nil }

    /// Whether a line names an input: then it is an entry, whatever else it says.
    private static func isEntry(_ json: JSONValue) -> Bool { json["in"] != nil }

    /// The first line.
    static var head: JSONValue { [headName: .integer(version)] }

    /// The last line, of a manifest with so many entries.
    static func end(entryCount: Int) -> JSONValue { [endName: .integer(entryCount)] }

    /// Takes note of a line if it is one of the two.
    ///
    /// - Throws: ``CommandError/usage(_:)`` if the manifest is of another version, or not whole.
    mutating func takes(_ json: JSONValue, _ place: FileList.Place) throws(CommandError) -> Bool {
        if Self.isEntry(json) { return false }
        if let version = json[Self.headName] {
            guard version == .integer(Self.version) else {
                throw place.error("the manifest is of version \(version), not \(Self.version)")
            }
            // Manifests may be joined with `cat`.
            if hasHead, !hasEnd { throw place.error("the manifest before this one has no end") }
            (hasHead, hasEnd, entryCount) = (true, false, 0)
            return true
        }
        guard let end = json[Self.endName] else { return false }
        if hasHead, end != .integer(entryCount) {
            throw place.error("the manifest should have \(end) entries, not \(entryCount)")
        }
        hasEnd = true
        return true
    }

    /// Takes note of an entry.
    mutating func count() { entryCount += 1 }

    /// There are no more lines.
    ///
    /// - Throws: ``CommandError/usage(_:)`` if something is missing.
    func finish(_ list: Endpoint) throws(CommandError) {
        guard !hasHead || hasEnd else {
            throw .usage(
                "\(list.inputName): the manifest has no end, after \(entryCount) entries; without "
                    + "its first line it is a list")
        }
    }
}
