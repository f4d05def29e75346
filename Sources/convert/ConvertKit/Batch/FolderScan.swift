internal import FormatFiles
internal import FormatKit

/// Finds the images in a folder.
///
/// Hidden files, files whose extension no format reads and files that the filter does not admit are
/// left out; a folder that is met a second time, as through a symbolic link to a parent, is not
/// entered again.
struct FolderScan {
    /// A file that a format claims.
    struct File: Comparable {
        /// The file.
        let path: Path
        /// The folders between the scanned one and the file.
        let folders: [Path]

        static func < (left: File, right: File) -> Bool { left.path < right.path }
    }

    /// A folder, and the folders between the scanned one and its content.
    private typealias Folder = (path: Path, folders: [Path])

    let registry: FormatRegistry
    let isRecursive: Bool
    let filter: FileFilter
    private(set) var ignoredFileCount = 0
    /// The first of those files.
    private(set) var ignoredNames: [Path] = []
    private(set) var excludedFileCount = 0
    private(set) var failures: [BatchPlan.FolderFailure] = []
    private var visited: Set<FileStatus.Identity> = []

    init(registry: FormatRegistry, isRecursive: Bool, filter: FileFilter = FileFilter()) {
        self.registry = registry
        self.isRecursive = isRecursive
        self.filter = filter
    }

    /// Scans `root`, and tells of files as they are found; outputs of an earlier run in `excluded` are
    /// no inputs.
    mutating func run(
        _ root: Path, excluding excluded: Path? = nil,
        found: (File) throws(ImageError) -> Void
    ) throws(ImageError) {
        let rootIdentity = try FileStatus.ofFile(at: root)?.identity
        let excludedIdentity =
            try excluded.flatMap { (path) throws(ImageError) in
                try FileStatus.ofFile(at: path)
            }?.identity
        if let rootIdentity { visited.insert(rootIdentity) }
        if let excludedIdentity { visited.insert(excludedIdentity) }
        var pending: [Folder] = [(root, [])]
        while let folder = pending.popLast() {
            let names: [Path]
            do throws(ImageError) {
                names = try Directory.names(in: folder.path)
            } catch {
                // The folder that was asked for must be there; others are failed inputs.
                if folder.folders.isEmpty { throw error }
                failures.append(BatchPlan.FolderFailure(path: folder.path, error: error))
                continue
            }
            pending += try visit(names, in: folder, found).reversed()
        }
    }

    /// Sorts out what is in a folder; returns the folders to go on with.
    private mutating func visit(
        _ names: [Path], in folder: Folder, _ found: (File) throws(ImageError) -> Void
    ) throws(ImageError) -> [Folder] {
        var children: [Folder] = []
        for name in names where !name.isHidden {
            let path = folder.path.appending(name)
            let relative = (folder.folders + [name]).reduce(Path("")) { $0.appending($1) }
            let status = try? FileStatus.ofFile(at: path)
            switch status?.kind {
            case .directory:
                if let identity = status?.identity, isRecursive, filter.admits(folder: relative),
                    visited.insert(identity).inserted
                {
                    children.append((path, folder.folders + [name]))
                }
            case .stream: ignore(relative)
            case .regular, nil:
                if !isReadable(name) {
                    ignore(relative)
                } else if filter.admits(file: relative) {
                    try found(File(path: path, folders: folder.folders))
                } else {
                    excludedFileCount += 1
                }
            }
        }
        return children
    }

    private mutating func ignore(_ name: Path) {
        ignoredFileCount += 1
        if ignoredNames.count < BatchPlan.toldIgnoredCount { ignoredNames.append(name) }
    }

    private func isReadable(_ name: Path) -> Bool {
        name.fileExtension.flatMap { registry.plugin(forExtension: $0) }?.descriptor.read != nil
    }
}
