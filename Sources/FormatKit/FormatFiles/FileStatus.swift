#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
public import FormatKit

/// What the system knows of a file, symbolic links followed.
public struct FileStatus: Sendable, Equatable {
    /// What kind of thing a name stands for.
    public enum Kind: Sendable, Equatable {
        /// A file with content at any offset.
        case regular
        /// A folder.
        case directory
        /// A pipe, terminal or device: content comes or goes in order.
        case stream
    }

    /// One file, whatever its names.
    public struct Identity: Sendable, Hashable {
        let device: UInt64
        let inode: UInt64
    }

    /// What kind of thing it is.
    public let kind: Kind
    /// Two names with equal identities are one file.
    public let identity: Identity
    /// The size in bytes, of a regular file.
    public let byteCount: Int
    /// The number of the file in its file system.
    public var inode: UInt64 { identity.inode }
    /// When the content changed last: seconds and nanoseconds of the system's clock.
    public let modification: Instant
    /// The permission bits.
    let permissions: UInt32

    /// A time of the system's clock.
    public struct Instant: Sendable, Equatable {
        /// Whole seconds since 1970.
        public let seconds: Int
        let nanoseconds: Int
    }

    /// Whether a file has, as far as its status tells, not been written to since `earlier`.
    public func hasContent(of earlier: FileStatus) -> Bool {
        identity == earlier.identity && byteCount == earlier.byteCount
            && modification == earlier.modification
    }

    /// Looks at the file named `path`; `nil` if there is none.
    ///
    /// - Throws: ``/FormatKit/ImageError/io(_:code:reason:)``.
    public static func ofFile(at path: Path) throws(ImageError) -> FileStatus? {
        var record = stat()
        let result = unsafe path.withCString { unsafe stat($0, &record) }
        if result == 0 { return FileStatus(record) }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw .system("look at \(path)")
    }

    /// Whether a name is that of a symbolic link, wherever it leads.
    public static func isLink(at path: Path) -> Bool {
        var record = stat()
        return unsafe path.withCString { unsafe lstat($0, &record) } == 0
            && record.st_mode & S_IFMT == S_IFLNK
    }

    /// Looks at an open file.
    static func ofDescriptor(_ descriptor: Int32) throws(ImageError) -> FileStatus {
        var record = stat()
        guard unsafe fstat(descriptor, &record) == 0 else { throw .system("look at the file") }
        return FileStatus(record)
    }

    private init(_ record: stat) {
        kind =
            switch record.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            default: .stream
            }
        identity = Identity(
            device: UInt64(truncatingIfNeeded: record.st_dev),
            inode: UInt64(truncatingIfNeeded: record.st_ino))
        byteCount = Int(record.st_size)
        permissions = UInt32(record.st_mode) & 0o7777
        #if canImport(Darwin)
            let time = record.st_mtimespec
        #else
            let time = record.st_mtim
        #endif
        modification = Instant(seconds: Int(time.tv_sec), nanoseconds: Int(time.tv_nsec))
    }
}
