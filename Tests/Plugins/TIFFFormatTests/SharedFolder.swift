import Foundation
import TestSupport

/// Folders beside the repository, which a checkout need not have.
enum SharedFolder {
    /// The folder `name` of `../shared`, or `nil`.
    static func url(_ name: String) -> URL? {
        guard let url = SharedFiles.root?.appending(path: name) else { return nil }
        return FileManager.default.fileExists(atPath: url.path) ? url : nil
    }

    /// The files below a folder, sorted, without texts.
    static func files(_ name: String) -> [URL] {
        guard let folder = url(name),
            let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        else {
            print("skipped: ../shared/\(name) is not here")
            return []
        }
        let texts = ["README", "README.txt", "COPYRIGHT", "summary.txt"]
        return files.compactMap { $0 as? URL }
            .filter { !$0.hasDirectoryPath && !texts.contains($0.lastPathComponent) }
            .filter { !["pgm", "ppm", "pbm", "g3"].contains($0.pathExtension) }
            .sorted { $0.path < $1.path }
    }
}
