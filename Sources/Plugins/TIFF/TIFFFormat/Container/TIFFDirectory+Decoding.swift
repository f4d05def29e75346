import FormatKit
import MetadataBlocks

extension TIFFDirectory {
    /// The entries that concern samples, those that can be used; nothing that is wrong with
    /// metadata gets as far as libtiff.
    func entriesForDecoding(_ source: any ImageSource) -> [TIFFEntry] {
        entries.filter { entry in
            guard TIFFTag.decoding.contains(entry.tag) else { return false }
            return TIFFTag.indispensable.contains(entry.tag) || lies(entry, in: source)
        }
    }

    /// A directory of the entries that concern samples, without a next one.
    func bytesForDecoding(_ source: any ImageSource) -> [UInt8] {
        var tree = DirectoryTree()
        tree.entries = entriesForDecoding(source).map {
            .init(tag: $0.tag, type: $0.type, count: $0.count, payload: .field($0.field))
        }
        return tree.serialized(at: 0, header: header)
    }

    /// Whether the type of an entry is known and its values lie in the file.
    func lies(_ entry: TIFFEntry, in source: any ImageSource) -> Bool {
        guard let byteCount = entry.byteCount else { return false }
        return byteCount <= source.byteCount && entry.valueOffset <= source.byteCount - byteCount
    }

    /// Why an entry cannot be used, for people.
    func problem(of entry: TIFFEntry, in source: any ImageSource) -> String {
        ByteOrder.valueByteCount(type: entry.type) == nil
            ? "has the unknown type \(entry.type)" : "lies behind the end of the file"
    }
}
