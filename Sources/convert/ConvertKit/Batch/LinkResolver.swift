internal import FormatFiles

/// Finds the files that names stand for, looking at each folder once.
struct LinkResolver {
    /// A folder without links in its path, and whether it is there.
    private typealias Folder = (path: Path, isThere: Bool)

    private var folders: [Path: Folder] = [:]

    mutating func file(at path: Path) -> Path {
        let folder = folder(path.directory)
        let file = folder.path.appending(path.lastComponent)
        // What a folder does not have yet is no link.
        return folder.isThere && FileStatus.isLink(at: file) ? file.resolvingLinks : file
    }

    private mutating func folder(_ path: Path) -> Folder {
        if let folder = folders[path] { return folder }
        let resolved = path.resolvingLinks
        let isThere = (try? FileStatus.ofFile(at: resolved)) != nil
        folders[path] = (resolved, isThere)
        return (resolved, isThere)
    }
}
