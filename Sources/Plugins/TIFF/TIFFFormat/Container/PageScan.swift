import FormatKit
import MetadataBlocks

/// The pages of a file: the directories in the chain that are neither reduced copies nor masks.
struct PageScan {
    /// Where the directories of the pages lie, at least one.
    let offsets: [Int]
    /// What is left out beside them.
    let losses: [Loss]

    /// Walks the chain of directories.
    ///
    /// Of each it reads the number of entries, the first two, which hold the kind of page since
    /// entries are sorted, and the offset of the next: the work is linear in the chain.
    init(
        _ source: any ImageSource, header: TIFFHeader, first: Int, context: CodecContext
    ) throws(ImageError) {
        var (offset, index) = (first, 0)
        var visited: Set<Int> = []
        var pages: [Int] = []
        var counts: [Kind: Int] = [:]
        while offset != 0 {
            guard visited.insert(offset).inserted else {
                let found = index == 1 ? "one was found" : "\(index) were found"
                context.warn("the chain of directories loops; \(found)")
                break
            }
            try context.limits.checkFrames(visited.count)
            guard let link = try Self.link(source, header, at: offset) else {
                guard index > 0 else {
                    throw .truncated(.tiff, "the first directory is cut", offset: source.byteCount)
                }
                context.lose(
                    .picture("directory \(index + 1) lies outside the file and is left out"))
                break
            }
            counts[link.kind, default: 0] += 1
            if link.kind == .page { pages.append(offset) }
            offset = link.next
            index += 1
        }
        offsets = pages.isEmpty ? [first] : pages
        losses = Self.losses(pages.isEmpty ? [:] : counts)
        if !pages.isEmpty { context.tellReducedCopies(counts[.copy] ?? 0) }
    }

    /// What a directory holds.
    private enum Kind {
        case page, copy, mask
    }

    private static func losses(_ counts: [Kind: Int]) -> [Loss] {
        guard let count = counts[.mask] else { return [] }
        return [
            .picture(
                count == 1
                    ? "the transparency mask is left out"
                    : "\(count) transparency masks are left out")
        ]
    }

    /// What the directory at `offset` holds, and the offset of the next one; `nil` where it
    /// does not lie in the file.
    private static func link(
        _ source: any ImageSource, _ header: TIFFHeader, at offset: Int
    ) throws(ImageError) -> (kind: Kind, next: Int)? {
        guard offset <= source.byteCount else { return nil }
        let (order, word) = (header.order, header.wordByteCount)
        let entryStart = header.entryCountByteCount
        let head = try source.bytes(at: offset, count: entryStart + 2 * header.entryByteCount)
        guard let count = order.integer(head, at: 0, count: entryStart),
            count <= (source.byteCount - offset) / header.entryByteCount
        else { return nil }
        let nextField = offset + entryStart + count * header.entryByteCount
        // A file may end where the offset should be: then this is the last.
        guard nextField <= source.byteCount else { return nil }
        let next =
            order.integer(try source.bytes(at: nextField, count: word), at: 0, count: word) ?? 0
        let kinds = (0..<min(2, count)).map { index -> Kind in
            let start = entryStart + index * header.entryByteCount
            let type = order.integer(head, at: start + 2, count: 2)
            let value = order.integer(head, at: start + 4 + word, count: type == 3 ? 2 : 4) ?? 0
            return switch order.integer(head, at: start, count: 2) {
            // Bit 0: a reduced copy; bit 2: a mask.
            case TIFFTag.newSubfileType:
                value & 0b100 != 0 ? .mask : value & 0b1 != 0 ? .copy : .page
            case TIFFTag.subfileType: value == 2 ? .copy : .page
            default: .page
            }
        }
        return (kinds.first { $0 != .page } ?? .page, next)
    }
}
