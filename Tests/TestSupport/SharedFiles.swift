public import Foundation

/// Files that lie beside the package and are no part of it: corpora and reference pictures.
///
/// Tests that need them are skipped aloud where they are absent.
public enum SharedFiles {
    /// The folder `shared` next to the package's own, or `nil` where there is none.
    public static let root: URL? = {
        var folder = URL(filePath: #filePath).deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path)
        {
            guard folder.pathComponents.count > 1 else { return nil }
            folder = folder.deletingLastPathComponent()
        }
        let shared = folder.deletingLastPathComponent().appending(path: "shared")
        return FileManager.default.fileExists(atPath: shared.path) ? shared : nil
    }()

    /// The files in a folder below ``root`` that have an extension, in the order of their names.
    ///
    /// Prints a line and returns none where the folder is absent.
    public static func files(in path: String, withExtension pathExtension: String) -> [URL] {
        let urls = root.flatMap {
            try? FileManager.default.contentsOfDirectory(
                at: $0.appending(path: path), includingPropertiesForKeys: nil)
        }
        guard let urls else {
            print("SKIPPED: ../shared/\(path) is absent")
            return []
        }
        return urls.filter { $0.pathExtension == pathExtension }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }
}

extension URL {
    /// The content of a file.
    ///
    /// - Throws: What Foundation throws.
    public func readBytes() throws -> [UInt8] {
        [UInt8](try Data(contentsOf: self))
    }
}
