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
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)``.
    public static func names(in path: Path) throws(ImageError) -> [Path] {
        guard let stream = unsafe path.withCString({ unsafe opendir($0) }) else {
            throw .system("list")
        }
        defer { unsafe closedir(stream) }
        var names: [Path] = []
        errno = 0
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
                unsafe Path(bytes: $0)
            }
            if name != Path("."), name != Path("..") { names.append(name) }
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
}
