internal import CPluginHost

/// What goes through the pipes between the converter and a plugin's process: a kind and bytes.
struct PluginFrame: Equatable {
    /// What it means, as `plugin_host.h` has it.
    typealias Kind = plugin_frame

    let kind: Kind
    /// At most 1 GiB and a bit: rows are sent in pieces.
    let content: ArraySlice<UInt8>

    init(_ kind: Kind, _ content: ArraySlice<UInt8> = []) {
        self.kind = kind
        self.content = content
    }

    /// The size of what precedes the content, in bytes.
    static let headByteCount = 8

    /// What precedes the content.
    var head: [UInt8] {
        PluginNumbers.bytes(UInt32(kind.rawValue)) + PluginNumbers.bytes(UInt32(content.count))
    }

    /// The longest row that goes through the pipes, in bytes.
    static let longestRow = 1 << 30

    /// The number of rows that are sent at once.
    static func rowCount(bytesPerRow: Int) -> Int { max(1, (1 << 20) / bytesPerRow) }
}

/// One of a frame's fields.
struct PluginField {
    let tag: plugin_field
    let content: ArraySlice<UInt8>

    init(_ tag: plugin_field, _ content: ArraySlice<UInt8>) {
        self.tag = tag
        self.content = content
    }

    /// A field as it is sent.
    var bytes: [UInt8] {
        [UInt8(tag.rawValue)] + PluginNumbers.bytes(UInt32(content.count)) + content
    }

    /// The fields of a frame, or `nil` if it has others.
    static func fields(of content: ArraySlice<UInt8>) -> [PluginField]? {
        var fields: [PluginField] = []
        var rest = content
        while let tag = rest.popFirst() {
            guard let count = PluginNumbers.take(UInt32.self, from: &rest), count <= rest.count
            else { return nil }
            fields.append(PluginField(plugin_field(UInt32(tag)), rest.prefix(Int(count))))
            rest = rest.dropFirst(Int(count))
        }
        return fields
    }

    /// The content as text, without what would upset a terminal, or `nil` if it is no text.
    var text: String? { Self.text(content) }

    /// Bytes as one line of text.
    static func text(_ bytes: ArraySlice<UInt8>) -> String? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let scalars = text.unicodeScalars.map { $0.value < 32 ? " " : $0 }
        return String(String.UnicodeScalarView(scalars))
    }

    /// The texts of a content in which each ends with a zero.
    static func texts(_ bytes: ArraySlice<UInt8>) -> [String]? {
        guard bytes.last == 0 else { return nil }
        let parts = bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false)
        let texts = parts.compactMap(text)
        return texts.count == parts.count ? texts : nil
    }
}

/// Numbers as they lie in memory: both processes run on one machine.
enum PluginNumbers {
    static func bytes<T: BitwiseCopyable>(_ value: T) -> [UInt8] {
        unsafe withUnsafeBytes(of: value) { unsafe Array($0) }
    }

    /// A value of so many bytes, or `nil` if there are others.
    static func value<T: BitwiseCopyable>(_ type: T.Type, of bytes: ArraySlice<UInt8>) -> T? {
        guard bytes.count == MemoryLayout<T>.size else { return nil }
        return unsafe bytes.withUnsafeBytes { unsafe $0.loadUnaligned(as: T.self) }
    }

    /// Takes a value off the front.
    static func take<T: BitwiseCopyable>(
        _ type: T.Type, from bytes: inout ArraySlice<UInt8>
    ) -> T? {
        let head = bytes.prefix(MemoryLayout<T>.size)
        guard let value = value(type, of: head) else { return nil }
        bytes = bytes.dropFirst(head.count)
        return value
    }
}
