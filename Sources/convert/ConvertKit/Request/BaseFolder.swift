internal import FormatFiles

/// The folder below which outputs keep the tree of their inputs.
///
/// Names are compared as they are written; links are not followed. If only one of the two begins
/// at the root, the other one is taken from the current folder.
struct BaseFolder {
    private let (components, isAbsolute): ([ArraySlice<UInt8>], Bool)
    private let current: [ArraySlice<UInt8>]

    init(_ path: Path, current: Path? = Directory.current) {
        components = path.plainComponents
        isAbsolute = path.isAbsolute
        self.current = current?.plainComponents ?? []
    }

    /// The folders between the base and a file, as `a/b`; empty for none, `nil` if the file is not
    /// below the base.
    func tree(of file: Path) -> Path? {
        var (whole, base) = (file.plainComponents, components)
        if isAbsolute, !file.isAbsolute { whole = current + whole }
        if !isAbsolute, file.isAbsolute { base = current + base }
        guard whole.count > base.count, whole.starts(with: base) else { return nil }
        let folders = whole.dropFirst(base.count).dropLast()
        // Where a link leads back from, nobody knows from names.
        guard !whole.dropFirst(base.count).contains(where: { $0.elementsEqual("..".utf8) }) else {
            return nil
        }
        return Path(bytes: folders.joined(separator: [UInt8(ascii: "/")]))
    }
}

extension Path {
    /// Whether the path begins at the root.
    var isAbsolute: Bool { bytes.first == UInt8(ascii: "/") }

    /// The path without slashes at its end, which say nothing; the root stays what it is.
    var withoutTrailingSlashes: Path {
        let end = bytes.lastIndex { $0 != UInt8(ascii: "/") }.map { $0 + 1 } ?? min(bytes.count, 1)
        return Path(bytes: bytes[..<end])
    }

    /// The names that the path consists of, without those that say nothing.
    var plainComponents: [ArraySlice<UInt8>] {
        bytes.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
    }
}
