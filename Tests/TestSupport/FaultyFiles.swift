public import Foundation

/// The small files in `Tests/Faults` on which the tool was once wrong.
public enum FaultyFiles {
    /// The folder.
    public static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Faults")

    /// The path of a file, such as `tiff-sparse/sparse-strip.tif`.
    public static func path(_ name: String) -> String { root.appending(path: name).path }

    /// The content of a file, such as `tiff-sparse/sparse-strip.tif`.
    ///
    /// - Throws: What Foundation throws if there is no such file.
    public static func bytes(_ name: String) throws -> [UInt8] {
        try root.appending(path: name).readBytes()
    }
}
