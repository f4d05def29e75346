import FormatKit
import MetadataBlocks

import CTIFFShim

/// Writes pages, in strips of about 256 KiB or in tiles.
final class TIFFWriter: MultiImageWriter {
    private let encoder: TIFFEncoder
    private let options: TIFFOptions
    private let sink: any ImageSink
    private let context: CodecContext
    private let pageCount: Int
    private var page: PageWriter
    private var embedding: DirectoryEmbedding

    /// Starts a file.
    init(
        sink: any ImageSink, header: ImageHeader, options: TIFFOptions, context: CodecContext
    ) throws(ImageError) {
        self.sink = sink
        self.options = options
        self.context = context
        pageCount = header.frameCount
        let encoding = try PageEncoding(header, options)
        var trees = try Self.tags(of: header, options, context)
        let isBig = Self.isBig(header, options)
        let notes = trees.notes(behind: isBig ? 16 : 8)
        if notes == nil { trees = trees.releasingNotes() }
        // Values are copied as they are, so the file takes their byte order.
        embedding = DirectoryEmbedding(order: trees.order ?? .little, memory: context.memory)
        try embedding.add(trees)
        encoder = try TIFFEncoder(
            sink: sink, isBigEndian: embedding.order == .big, isBig: isBig)
        try Self.write(notes ?? [], to: sink)
        try encoder.beginPage(header, encoding, options, page: 0)
        page = try PageWriter(encoder, header, encoding, memory: context.memory)
    }

    /// The tags of a page; those of samples only where samples stay as they are.
    private static func tags(
        of header: ImageHeader, _ options: TIFFOptions, _ context: CodecContext
    ) throws(ImageError) -> CarriedTags {
        var metadata = header.metadata
        if !options.isExact { metadata.blocks = [] }
        return try CarriedTags(metadata, context: context.withoutWarnings)
    }

    /// Writes notes where they have to lie, in front of all that libtiff will write.
    private static func write(
        _ notes: [(place: Int, bytes: [UInt8])], to sink: any ImageSink
    ) throws(ImageError) {
        for note in notes.sorted(by: { $0.place < $1.place }) {
            let gap = note.place - sink.byteCount
            if gap > 0 { try sink.append([UInt8](repeating: 0, count: gap)) }
            try sink.append(note.bytes)
        }
    }

    /// Whether offsets have 64 bits; of pages that are still to come, only the number is known.
    private static func isBig(_ header: ImageHeader, _ options: TIFFOptions) -> Bool {
        let metadata = header.metadata
        let blocks = [
            metadata.icc, metadata.xmp, metadata.exif, metadata.iptc, metadata.photoshop,
            metadata.geotiff,
        ]
        let metadataByteCount =
            blocks.reduce(0) { $0 + ($1?.count ?? 0) }
            + metadata.blocks.reduce(0) { $0 + $1.bytes.count }
        func product(_ first: Int, _ second: Int) -> Int {
            let (product, overflow) = first.multipliedReportingOverflow(by: second)
            return overflow ? .max : product
        }
        let pixels = product(header.size.pixelCount, header.layout.bytesPerPixel)
        return options.isBig(
            sampleByteCount: product(pixels, max(1, header.frameCount)),
            metadataByteCount: min(
                product(metadataByteCount, max(1, header.frameCount)), Int.max / 4))
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        try page.writeRows(band)
    }

    func beginPage(_ header: ImageHeader) throws(ImageError) {
        try finishPage()
        let encoding = try PageEncoding(header, options)
        // Only the first page has its notes in front.
        let tags = try Self.tags(of: header, options, context)
        try embedding.add(tags.releasingNotes())
        try encoder.beginPage(
            header, encoding, options, page: embedding.pageCount - 1, pageCount: pageCount)
        page = try PageWriter(encoder, header, encoding, memory: context.memory)
    }

    func finish() throws(ImageError) {
        try finishPage()
        try embedding.embed(in: sink, context: context)
    }

    private func finishPage() throws(ImageError) {
        try page.finish()
        try encoder.finishPage()
    }
}

extension CodecContext {
    /// The context for work whose losses the descriptor has told of.
    fileprivate var withoutWarnings: CodecContext {
        var context = self
        context.warn = { _ in }
        return context
    }
}
