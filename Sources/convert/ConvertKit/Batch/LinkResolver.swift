internal import FormatFiles

/// Finds the files that names stand for, looking at each folder once.
struct LinkResolver {
    /// A folder without links in its path, and whether it is there.
    private typealias Folder = (path: Path, isThere: Bool)

    private var folders: [Path: Folder] = [:]

    /// More bytes than the path of any file has.
    private static let pathLimit = 4096

    mutating func file(at path: Path) -> Path {
        let folder = folder(path.directory)
        let file = folder.path.appending(path.lastComponent)
        // What a folder does not have yet is no link.
        return folder.isThere && FileStatus.isLink(at: file) ? file.resolvingLinks : file
    }

    /// Finds a folder: of one that is yet to be made, where the nearest one above that is there would
    /// have it.
    private mutating func folder(_ path: Path) -> Folder {
        if path.bytes.count > Self.pathLimit { return (path, false) }
        var missing: [Path] = []
        var above = path
        while folders[above] == nil {
            let resolved = above.resolvingLinks
            let isThere = (try? FileStatus.ofFile(at: resolved)) != nil
            // A link that leads nowhere leads there once that is made.
            if isThere || resolved != above || above.directory == above {
                folders[above] = (resolved, isThere)
            } else {
                missing.append(above)
                above = above.directory
            }
        }
        var folder = folders[above] ?? (above, false)
        for path in missing.reversed() {
            folder = (Self.child(path.lastComponent, of: folder.path), false)
            folders[path] = folder
        }
        return folder
    }

    /// What a name is in a folder that has no links in its path.
    private static func child(_ name: Path, of folder: Path) -> Path {
        switch name {
        case ".": folder
        case "..": folder.directory
        default: folder.appending(name)
        }
    }
}
