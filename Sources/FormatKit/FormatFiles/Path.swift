#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// The name of a file as the system sees it: bytes, in no particular encoding.
///
/// File names are not always UTF-8. Names that come from a directory are kept byte for byte, so
/// that a file with an old name can be opened; they are decoded only to be shown.
public struct Path: Sendable, Hashable {
    /// The bytes, without a terminating zero.
    public let bytes: [UInt8]

    /// Creates a path from bytes; what follows a zero is dropped, as the system would.
    public init(bytes: some Sequence<UInt8>) {
        // Copied in one piece first: names hardly ever have a zero.
        let all = Array(bytes)
        self.bytes = all.firstIndex(of: 0).map { Array(all[..<$0]) } ?? all
    }

    /// Creates a path from text.
    public init(_ text: String) {
        self.init(bytes: text.utf8)
    }

    static let slash = UInt8(ascii: "/")
    static let dot = UInt8(ascii: ".")

    /// What follows the last slash, trailing slashes aside.
    public var lastComponent: Path {
        let trimmed = trimmedBytes
        let start = trimmed.lastIndex(of: Self.slash).map { $0 + 1 } ?? trimmed.startIndex
        return Path(bytes: trimmed[start...])
    }

    /// The folder in which the file lies: `.` for a bare name.
    public var directory: Path {
        let trimmed = trimmedBytes
        guard let slash = trimmed.lastIndex(of: Self.slash) else { return Path(".") }
        return slash == trimmed.startIndex ? Path("/") : Path(bytes: trimmed[..<slash])
    }

    /// What follows the last dot of the name, or `nil`; a leading dot only hides a file.
    public var fileExtension: String? {
        let name = lastComponent.bytes
        guard let dot = name.lastIndex(of: Self.dot), dot > 0, dot < name.count - 1 else {
            return nil
        }
        return String(decoding: name[(dot + 1)...], as: UTF8.self)
    }

    /// The name without its extension.
    public var stem: Path {
        let name = lastComponent.bytes
        guard fileExtension != nil, let dot = name.lastIndex(of: Self.dot) else {
            return Path(bytes: name)
        }
        return Path(bytes: name[..<dot])
    }

    /// Whether the name begins with a dot.
    public var isHidden: Bool { lastComponent.bytes.first == Self.dot }

    /// The path of `component` in this folder.
    public func appending(_ component: Path) -> Path {
        let separator = bytes.isEmpty || bytes.last == Self.slash ? [] : [Self.slash]
        return Path(bytes: bytes + separator + component.bytes)
    }

    /// The path with a dot and `fileExtension` at its end.
    public func appending(fileExtension: String) -> Path {
        Path(bytes: bytes + [Self.dot] + fileExtension.utf8)
    }

    /// The path with a dot and `text` put before the extension: `a/b.png` becomes `a/b.1.png`.
    public func inserting(_ text: String) -> Path {
        let suffix = fileExtension.map { [Self.dot] + $0.utf8 } ?? []
        return Path(bytes: bytes.dropLast(suffix.count) + [Self.dot] + text.utf8 + suffix)
    }

    private var trimmedBytes: ArraySlice<UInt8> {
        let end = bytes.lastIndex { $0 != Self.slash }.map { $0 + 1 } ?? min(bytes.count, 1)
        return bytes[..<end]
    }

    /// Lends the path as a C string.
    func withCString<R>(_ body: (UnsafePointer<CChar>) -> R) -> R {
        let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
        return unsafe terminated.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("never empty") }
            return unsafe body(base)
        }
    }
}

extension Path: ExpressibleByStringLiteral {
    /// Creates a path from a literal.
    public init(stringLiteral text: String) {
        self.init(text)
    }
}

extension Path: Comparable {
    /// Bytewise, so that the order of a batch is the same everywhere.
    public static func < (left: Path, right: Path) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension Path: CustomStringConvertible {
    /// The path as text; bytes that are not UTF-8 show as U+FFFD.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
