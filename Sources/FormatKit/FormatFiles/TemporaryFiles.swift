#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif
internal import FormatKit
internal import Synchronization

/// The files that hold outputs until they are complete.
///
/// An output `photo.png` grows as `.photo.png.convert-PID-RANDOM.tmp` beside it. The process
/// holds an advisory lock on the file while it lives, so that another run can tell a file in use
/// from one that a killed run left behind.
public enum TemporaryFiles {
    /// The files of this process; global, because signals are.
    private static let live = Mutex<Set<Path>>([])

    /// Removes all files of this process: the last thing before an abrupt exit.
    public static func removeAll() {
        live.withLock { paths in
            for path in paths { unlinkFile(path) }
            paths = []
        }
    }

    /// Removes what runs that no longer exist left in a folder.
    ///
    /// Removed are only regular files with such a name, whose process is gone and whose lock is
    /// free; of process 1, and of this one's number, which is every run's in a container, the lock
    /// alone tells. Trouble of any kind leaves a file where it is.
    ///
    /// - Parameters:
    ///   - directory: The folder.
    ///   - target: The output whose temporary files are meant, or `nil` for those of any.
    /// - Returns: The number of files removed.
    @discardableResult
    public static func removeStale(in directory: Path, of target: Path? = nil) -> Int {
        let prefix = target.map { TemporaryName.prefix(for: $0.lastComponent) } ?? [Path.dot]
        let names = try? Directory.names(in: directory, withPrefix: prefix)
        return (names ?? []).filter { removeIfStale($0, in: directory) }.count
    }

    /// How the paths of all temporary files of an output begin; outputs with very long names may have
    /// it in common.
    public static func beginning(for target: Path) -> Path {
        target.directory.appending(
            Path(bytes: TemporaryName.prefix(for: target.lastComponent)))
    }

    /// Removes what runs that no longer exist left of some outputs in a folder; the folder is looked
    /// at once.
    ///
    /// - Parameters:
    ///   - directory: The folder.
    ///   - isMeant: Whether an output is meant whose files begin so, as ``beginning(for:)`` has it.
    /// - Returns: The number of files removed.
    @discardableResult
    public static func removeStale(in directory: Path, where isMeant: (Path) -> Bool) -> Int {
        let names = try? Directory.names(in: directory, withPrefix: [Path.dot])
        return (names ?? []).filter { name in
            guard let prefix = TemporaryName.prefix(of: name),
                isMeant(directory.appending(Path(bytes: prefix)))
            else { return false }
            return removeIfStale(name, in: directory)
        }.count
    }

    private static func removeIfStale(_ name: Path, in directory: Path) -> Bool {
        guard let owner = TemporaryName.owner(of: name), !isAlive(owner) else { return false }
        let path = directory.appending(name)
        return !live.withLock { $0.contains(path) } && removeIfUnlocked(path)
    }

    static func create(for target: Path) throws(ImageError) -> (descriptor: Int32, path: Path) {
        while true {
            // Registered first: an exit at any later moment removes the file.
            let path = reserveName(for: target)
            let descriptor = retrying {
                unsafe path.withCString { path in
                    unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
                }
            }
            if descriptor < 0 {
                let code = errno
                forget(path)
                if code == EEXIST { continue }
                throw .system("create a file in \(target.directory)", code: code)
            }
            if isOurs(descriptor) { return (descriptor, path) }
            close(descriptor)
            forget(path)
        }
    }

    /// A name for a file of this process that is yet to be made.
    static func reserveName(for target: Path) -> Path {
        let path = target.directory.appending(TemporaryName.make(for: target.lastComponent))
        live.withLock { _ = $0.insert(path) }
        return path
    }

    /// Locks a new file; `false` if another process has taken it for stale in the meantime.
    private static func isOurs(_ descriptor: Int32) -> Bool {
        var record = stat()
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { return false }
        return unsafe fstat(descriptor, &record) == 0 && record.st_nlink > 0
    }

    /// Takes a file off the list, because it is gone or has its final name.
    static func forget(_ path: Path) {
        live.withLock { _ = $0.remove(path) }
    }

    static func remove(_ path: Path) {
        unlinkFile(path)
        forget(path)
    }

    private static func unlinkFile(_ path: Path) {
        _ = unsafe path.withCString { unsafe unlink($0) }
    }

    private static func isAlive(_ process: pid_t) -> Bool {
        guard process != 1, process != getpid() else { return false }
        return (kill(process, 0) == 0 || errno != ESRCH) && !isZombie(process)
    }

    /// Whether a process has ended and only its parent has not asked how, for which the first process of a
    /// container may take its time; `false` where the system does not tell.
    private static func isZombie(_ process: pid_t) -> Bool {
        let descriptor = unsafe open("/proc/\(process)/stat", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = retrying { unsafe read(descriptor, &bytes, bytes.count) }
        // `PID (NAME) STATE …`; the name may have any characters.
        let text = bytes.prefix(max(0, count))
        guard let end = text.lastIndex(of: UInt8(ascii: ")")), end + 2 < text.endIndex else {
            return false
        }
        return text[end + 2] == UInt8(ascii: "Z")
    }

    private static func removeIfUnlocked(_ path: Path) -> Bool {
        let descriptor = unsafe path.withCString {
            unsafe open($0, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        }
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        guard (try? FileStatus.ofDescriptor(descriptor))?.kind == .regular,
            flock(descriptor, LOCK_EX | LOCK_NB) == 0
        else { return false }
        return unsafe path.withCString { unsafe unlink($0) } == 0
    }
}

/// The name of a temporary file: `.NAME.convert-PID-RANDOM.tmp`.
public enum TemporaryName {
    private static let marker = Array(".convert-".utf8)
    private static let suffix = Array(".tmp".utf8)
    /// Leaves room in the 255 bytes that a name may have.
    private static let maximumNameByteCount = 200

    static func make(for name: Path) -> Path {
        let random = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        return Path(bytes: prefix(for: name) + "\(getpid())-\(random)".utf8 + suffix)
    }

    /// How the names of all temporary files of an output begin.
    static func prefix(for name: Path) -> [UInt8] {
        // Cut between characters: some file systems take only UTF-8.
        var kept = name.bytes.prefix(maximumNameByteCount)
        if kept.count < name.bytes.count {
            while let last = kept.last, last & 0x80 != 0 { kept.removeLast() }
        }
        return [Path.dot] + kept + marker
    }

    /// How the names of all temporary files of the same output begin; `nil` if it is no such name.
    static func prefix(of name: Path) -> [UInt8]? {
        guard owner(of: name) != nil else { return nil }
        let marks = name.bytes.indices.reversed().lazy.filter {
            name.bytes[$0...].starts(with: marker)
        }
        return marks.first.map { Array(name.bytes[..<($0 + marker.count)]) }
    }

    /// The process that made a file with this name, or `nil` if it is no such name.
    static func owner(of name: Path) -> pid_t? {
        let bytes = name.bytes
        guard bytes.first == Path.dot, bytes.suffix(suffix.count).elementsEqual(suffix) else {
            return nil
        }
        let text = String(decoding: bytes.dropLast(suffix.count), as: UTF8.self)
        guard let range = text.lastRange(of: ".convert-") else { return nil }
        let parts = text[range...].split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, UInt64(parts[1], radix: 16) != nil else { return nil }
        return pid_t(parts[0]).flatMap { $0 > 0 ? $0 : nil }
    }

    /// Whether a name is that of a temporary file, which is no input for anybody.
    public static func matches(_ name: Path) -> Bool { owner(of: name) != nil }
}

extension String {
    /// Where the text after the last `mark` begins.
    fileprivate func lastRange(of mark: String) -> Index? {
        var position = endIndex
        while position > startIndex {
            position = index(before: position)
            if self[position...].hasPrefix(mark) { return index(position, offsetBy: mark.count) }
        }
        return nil
    }
}
