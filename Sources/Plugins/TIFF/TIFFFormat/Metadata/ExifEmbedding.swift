import FormatKit

/// Puts the contents of an Exif block into a TIFF file that libtiff has finished.
///
/// libtiff knows only some Exif tags and stores rationals as floats. Here every entry keeps its
/// type, count and bytes: the page's directory is written once more, at the end of the file, with
/// the entries added, and the header is made to point to it.
struct ExifEmbedding {
    /// The byte order of the block, which is that of the file.
    let order: ByteOrder
    /// The entries to add.
    private let tree: DirectoryTree

    /// Reads a block, or returns `nil` where it has nothing to embed.
    ///
    /// What must be left out is warned of.
    init?(_ exif: [UInt8], context: CodecContext) throws(ImageError) {
        try context.limits.checkMetadata(exif.count)
        let source = MemorySource(exif)
        do throws(ImageError) {
            let (header, first) = try TIFFHeader.parse(source)
            guard !header.isBig else { throw .malformed(.tiff, "expected version 42") }
            let directory = try TIFFDirectory(parsing: source, header: header, at: first)
            if directory.next ?? 0 != 0 { context.warn("the Exif thumbnail is left out") }
            var reader = DirectoryTreeReader(
                source: source, header: header, context: context, isLenient: true)
            order = header.order
            tree = try reader.tree(of: directory) {
                TIFFTag.descriptive.contains($0) || TIFFTag.accompanying.contains($0)
            }
            Self.warnOfWhatIsLeftOut(directory, context)
        } catch {
            if case .limitExceeded = error { throw error }
            context.warn("the Exif block is damaged and is left out")
            return nil
        }
        if tree.entries.isEmpty { return nil }
    }

    private static func warnOfWhatIsLeftOut(_ directory: TIFFDirectory, _ context: CodecContext) {
        for tag in directory.entries.map(\.tag)
        where !TIFFTag.structural.contains(tag) && !TIFFTag.descriptive.contains(tag)
            && !TIFFTag.accompanying.contains(tag)
        {
            context.warn("Exif entry \(tag) is left out")
        }
    }

    /// Adds the entries to the page of a finished file.
    func embed(in sink: any ImageSink) throws(ImageError) {
        let source = SinkSource(sink)
        let (header, first) = try TIFFHeader.parse(source)
        let page = try TIFFDirectory(parsing: source, header: header, at: first)
        var merged = DirectoryTree()
        merged.entries = page.entries.map {
            .init(tag: $0.tag, type: $0.type, count: $0.count, payload: .field($0.field))
        }
        merged.entries += tree.entries.filter { page[$0.tag] == nil }
        merged.entries.sort { $0.tag < $1.tag }
        let base = sink.byteCount + sink.byteCount % 2
        let bytes = merged.serialized(at: base, header: header, next: page.next ?? 0)
        guard header.isBig || base + bytes.count <= Int(UInt32.max) else {
            throw .unstorable(.tiff, "the file would exceed 4 GiB; bigtiff=on lifts the limit")
        }
        try sink.write(bytes, at: base)
        try sink.write(
            header.order.bytes(base, count: header.wordByteCount), at: header.firstDirectoryField)
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
