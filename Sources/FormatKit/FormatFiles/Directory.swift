#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
public import FormatKit

/// Folders.
public enum Directory {
    /// The names in a folder, without `.` and `..`, sorted bytewise.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - prefix: How the names begin that are wanted.
    /// - Returns: The names.
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)``.
    public static func names(
        in path: Path, withPrefix prefix: [UInt8] = []
    ) throws(ImageError) -> [Path] {
        guard let stream = unsafe path.withCString({ unsafe opendir($0) }) else {
            throw .system("list")
        }
        defer { unsafe closedir(stream) }
        var names: [Path] = []
        errno = 0
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes -> Path? in
                guard unsafe bytes.starts(with: prefix) else { return nil }
                return unsafe Path(bytes: bytes)
            }
            if let name, name != Path("."), name != Path("..") { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw .system("list") }
        return names.sorted()
    }

    /// Makes a folder, whose parent must be there; an existing folder is fine.
    ///
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)``.
    public static func create(at path: Path) throws(ImageError) {
        if unsafe path.withCString({ unsafe mkdir($0, 0o777) }) == 0 { return }
        let code = errno
        if code == EEXIST, try FileStatus.ofFile(at: path)?.kind == .directory { return }
        throw .system("create the folder \(path)", code: code)
    }

    /// The folder in which this process runs, where the system tells.
    public static var current: Path? {
        guard let text = unsafe getcwd(nil, 0) else { return nil }
        defer { unsafe free(text) }
        return unsafe Path(bytes: UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }

    /// Makes the names in a folder safe, as far as the system can: those that were given are there
    /// after a power cut.
    ///
    /// A folder that cannot be opened, or that has nothing to synchronize, is no reason to fail: the
    /// files themselves are safe, and have their names.
    public static func synchronize(_ path: Path) {
        let descriptor = retrying {
            unsafe path.withCString { unsafe open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        }
        guard descriptor >= 0 else { return }
        _ = retrying { fsync(descriptor) }
        close(descriptor)
    }
}
