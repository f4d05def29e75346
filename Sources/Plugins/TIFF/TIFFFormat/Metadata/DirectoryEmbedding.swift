import FormatKit
import MetadataBlocks

/// Puts tags into the pages of a TIFF file that libtiff has finished.
///
/// The directory of each page that has some is written once more, at the end of the file, with the
/// entries added, and what pointed to it is made to point there.
struct DirectoryEmbedding {
    /// The byte order of the file.
    let order: ByteOrder
    private let memory: MemoryShare
    private var pages: [DirectoryTree] = []

    init(order: ByteOrder, memory budget: MemoryBudget) {
        self.order = order
        memory = budget.makeShare()
    }

    /// The number of pages so far.
    var pageCount: Int { pages.count }

    /// Keeps the tags of the next page until all pages are written.
    mutating func add(_ tags: CarriedTags) throws(ImageError) {
        let tree = tags.tree(in: order)
        try memory.reserve(tree.byteCount)
        pages.append(tree)
    }

    /// Adds the entries to the pages of a finished file.
    func embed(in sink: any ImageSink, context: CodecContext) throws(ImageError) {
        guard pages.contains(where: { !$0.entries.isEmpty }) else { return }
        let source = SinkSource(sink)
        let (header, first) = try TIFFHeader.parse(source)
        var offset = first
        var link = header.firstDirectoryField
        for tree in pages {
            try context.checkCancellation()
            let page = try TIFFDirectory(parsing: source, header: header, at: offset)
            if !tree.entries.isEmpty {
                let place = try append(tree, to: page, sink)
                try sink.write(header.order.bytes(place, count: header.wordByteCount), at: link)
                link = Self.nextField(
                    header, at: place, entryCount: Self.merged(page, tree).entries.count)
            } else {
                link = Self.nextField(header, at: offset, entryCount: page.entries.count)
            }
            offset = page.next ?? 0
        }
    }

    private static func nextField(_ header: TIFFHeader, at offset: Int, entryCount: Int) -> Int {
        offset + header.entryCountByteCount + entryCount * header.entryByteCount
    }

    /// The entries of a page and of a tree, in the order of their tags.
    private static func merged(_ page: TIFFDirectory, _ tree: DirectoryTree) -> DirectoryTree {
        var merged = DirectoryTree()
        merged.entries = page.entries.map {
            .init(tag: $0.tag, type: $0.type, count: $0.count, payload: .field($0.field))
        }
        merged.entries += tree.entries.filter { page[$0.tag] == nil }
        merged.entries.sort { $0.tag < $1.tag }
        return merged
    }

    /// Writes a directory that has the entries of both at the end, and returns its place.
    private func append(
        _ tree: DirectoryTree, to page: TIFFDirectory, _ sink: any ImageSink
    ) throws(ImageError) -> Int {
        let base = sink.byteCount + sink.byteCount % 2
        let bytes = Self.merged(page, tree)
            .serialized(at: base, header: page.header, next: page.next ?? 0)
        guard page.header.isBig || base + bytes.count <= Int(UInt32.max) else {
            throw .unstorable(.tiff, "the file would exceed 4 GiB; bigtiff=on lifts the limit")
        }
        try sink.write(bytes, at: base)
        return base
    }
}

/// What has been written to a sink, to be read.
private final class SinkSource: ImageSource {
    private let sink: any ImageSink

    init(_ sink: any ImageSink) {
        self.sink = sink
    }

    var byteCount: Int { sink.byteCount }

    func read(
        at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        try unsafe sink.read(at: offset, into: buffer)
    }
}

extension ImageSink {
    fileprivate func write(_ bytes: [UInt8], at offset: Int) throws(ImageError) {
        try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(ImageError) in
            try unsafe write(UnsafeRawBufferPointer(buffer), at: offset)
        }
    }
}
