#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
public import FormatKit

/// Opens names as a user gives them: files, pipes and devices, and `-`.
///
/// ```swift
/// // A file, a pipe or a device, of which at most 1 GiB is collected.
/// let source = try Files.source(at: Path(name), limit: 1 << 30)
/// print("\(source.byteCount) bytes")
/// ```
public enum Files {
    /// Opens an input.
    ///
    /// - Parameters:
    ///   - path: A file, pipe or device.
    ///   - limit: The most bytes to collect from a pipe or device.
    ///   - formats: Those of which a pipe or device has to be, if they matter: what does not begin as
    ///     one is refused at once.
    ///   - isCancelled: Asked while a pipe is silent.
    /// - Returns: A source.
    /// - Throws: ``/FormatKit/ImageError``.
    public static func source(
        at path: Path, limit: Int, formats: FormatRegistry? = nil,
        isCancelled: () -> Bool = { false }
    ) throws(ImageError) -> any ImageSource {
        if try FileStatus.ofFile(at: path)?.kind == .stream {
            return try StreamSource.named(
                path, limit: limit, formats: formats, isCancelled: isCancelled)
        }
        return try FileSource(path: path)
    }

    /// Starts an output.
    ///
    /// - Parameters:
    ///   - path: A file to make, or an existing pipe or device.
    ///   - replacing: Which existing file may be replaced.
    /// - Returns: A sink.
    /// - Throws: ``/FormatKit/ImageError``.
    public static func sink(
        at path: Path, replacing: FileSink.Replacing
    ) throws(ImageError) -> any ImageSink {
        if try FileStatus.ofFile(at: path)?.kind == .stream { return StreamSink.named(path) }
        return try FileSink(path: path, replacing: replacing)
    }

    /// When a file was last read, and last changed.
    ///
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)``.
    public static func times(of path: Path) throws(ImageError) -> FileTimes {
        var record = stat()
        guard unsafe path.withCString({ unsafe stat($0, &record) }) == 0 else {
            throw .system("look at \(path)")
        }
        #if canImport(Darwin)
            return FileTimes(access: record.st_atimespec, change: record.st_mtimespec)
        #else
            return FileTimes(access: record.st_atim, change: record.st_mtim)
        #endif
    }

    /// Gives a file times.
    ///
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)``.
    public static func setTimes(_ times: FileTimes, of path: Path) throws(ImageError) {
        let both = [times.access, times.change]
        let result = unsafe path.withCString { unsafe utimensat(AT_FDCWD, $0, both, 0) }
        guard result == 0 else { throw .system("set the times of \(path)") }
    }

    /// Checks, before any work, what can be checked of an output.
    ///
    /// - Parameters:
    ///   - path: A file to make, or an existing pipe or device.
    ///   - replacing: Which existing file may be replaced.
    ///   - needsFolder: Whether its folder must be there already.
    /// - Throws: ``/FormatKit/ImageError`` as ``sink(at:replacing:)`` would.
    public static func checkOutput(
        at path: Path, replacing: FileSink.Replacing, needsFolder: Bool = true
    ) throws(ImageError) {
        let status = try FileStatus.ofFile(at: path)
        switch status?.kind {
        case .regular:
            if let status, !replacing.allows(status) { throw .outputExists }
        case .directory: throw .system("write \(path)", code: EISDIR)
        case .stream: return
        case nil:
            // A link that leads nowhere is there, too.
            if FileStatus.isLink(at: path), replacing == .nothing { throw .outputExists }
            guard needsFolder else { return }
            let folder = path.directory
            switch try FileStatus.ofFile(at: folder)?.kind {
            case .directory: return
            case nil: throw .system("write \(path) into \(folder)", code: ENOENT)
            default: throw .system("write \(path) into \(folder)", code: ENOTDIR)
            }
        }
    }
}

/// When a file was last read, and last changed.
public struct FileTimes: Sendable {
    fileprivate let access: timespec
    fileprivate let change: timespec
}
