internal import Foundation

/// A folder that a test may fill and that goes away with it.
public final class TemporaryFolder {
    /// The folder's absolute path.
    public let path: String

    /// Makes an empty folder.
    public init() throws {
        path = NSTemporaryDirectory() + "/convert-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The absolute path of a file in the folder.
    public func callAsFunction(_ name: String) -> String { path + "/" + name }

    /// Writes a file, making the folders on the way; returns its absolute path.
    @discardableResult
    public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let url = URL(fileURLWithPath: self(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return self(name)
    }

    /// Removes a file.
    public func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: self(name))
    }

    /// The bytes of a file, or `nil` if there is none.
    public func read(_ name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: self(name)).map { Array($0) }
    }

    /// The paths of all files below the folder, hidden ones too, sorted.
    public var files: [String] {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return names.filter {
            var isFolder: ObjCBool = false
            let exists = unsafe FileManager.default.fileExists(
                atPath: self($0), isDirectory: &isFolder)
            return !exists || !isFolder.boolValue
        }.sorted()
    }

    /// Makes a symbolic link.
    public func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: self(name), withDestinationPath: target)
    }

    /// Makes a named pipe; returns its absolute path.
    public func makePipe(_ name: String) throws -> String {
        let result = unsafe mkfifo(self(name), 0o600)
        precondition(result == 0, "cannot make a pipe: errno \(errno)")
        return self(name)
    }

    /// Makes an empty folder.
    public func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: self(name), withIntermediateDirectories: true)
    }

    /// The permission bits of a file.
    public func permissions(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: self(name))
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
    }

    /// Sets the permission bits of a file.
    public func setPermissions(_ permissions: Int, of name: String) throws {
        try FileManager.default.setAttributes(
            [.posixPermissions: permissions], ofItemAtPath: self(name))
    }
}
