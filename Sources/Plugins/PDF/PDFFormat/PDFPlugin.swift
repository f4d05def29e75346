public import FormatKit
internal import PNGFormat

extension FormatID {
    static let pdf = FormatID("pdf")
    /// Formats whose files are pictures of a document as they are.
    static let jpeg = FormatID("jpeg")
    static let jp2 = FormatID("jp2")
}

/// Documents of pictures, without a library of their own: a page for each, as large as its resolution
/// makes it.
///
/// JPEG and JPEG 2000 files pass as they are. Other pictures become what PNG's plugin makes of their
/// pixels, which PDF decodes, too; Group 4 if they are black and white; or JPEG if a quality is asked
/// for. Documents are only written.
public struct PDFPlugin: StreamPlugin {
    private let jpeg: (any FormatPlugin)?

    /// Creates the plugin.
    ///
    /// - Parameter jpeg: What encodes JPEG, if anything does.
    public init(jpeg: (any FormatPlugin)? = nil) {
        self.jpeg = jpeg
    }

    /// What documents can hold, and the writer's options.
    public var descriptor: FormatDescriptor {
        FormatDescriptor(
            id: .pdf, name: "Portable Document Format", fileExtensions: ["pdf"],
            mediaTypes: ["application/pdf"], signatures: [], read: nil,
            write: WriteCapabilities(
                layouts: Self.layouts, maximumDimension: Int(Int32.max), metadata: Self.metadata,
                losslessness: .always, streaming: .rows, pages: .pages,
                streams: [FormatID.jpeg, .jp2].map {
                    StreamCapability(format: $0, isPageable: true)
                }),
            options: PDFOptions.specs(hasJPEG: jpeg != nil))
    }

    /// The libraries that make the streams in it, with their versions.
    public var library: String {
        let names = [PNGPlugin().library, jpeg?.library]
        return names.compactMap(\.self).joined(separator: ", ")
    }

    /// Refuses to read.
    ///
    /// - Throws: ``ImageError/unsupported(_:_:)``.
    public func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        throw .unsupported(.pdf, "reading")
    }

    /// Starts a document.
    ///
    /// - Parameters:
    ///   - sink: Where the bytes go, one after the other.
    ///   - header: The first picture.
    ///   - settings: `effort` is that of PNG or JPEG.
    ///   - context: Limits.
    /// - Returns: A writer that streams rows, and holds compressed alpha.
    /// - Throws: ``ImageError`` if such an image cannot be stored or a setting is out of range.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try makeWriter(sink, header, settings, context)
    }

    private func makeWriter(
        _ sink: any ImageSink, _ header: ImageHeader, _ settings: WriteSettings,
        _ context: CodecContext
    ) throws(ImageError) -> PDFWriter {
        let format = descriptor
        try format.checkStorable(header)
        return try PDFWriter(
            sink: sink, header: header,
            options: try PDFOptions(settings, hasJPEG: jpeg != nil), jpeg: jpeg, format: format,
            context: context)
    }

    /// JPEG loses, nothing else does; alpha is held, and what JPEG holds.
    ///
    /// - Throws: ``ImageError`` if a setting is out of range or does not go with the picture.
    public func treatment(
        of header: ImageHeader, with settings: WriteSettings
    ) throws(ImageError) -> WriteTreatment {
        let options = try PDFOptions(settings, hasJPEG: jpeg != nil)
        let coding = try options.coding(of: header)
        var heldByteCount = PDFPicture.heldByteCount(header)
        if coding == .jpeg, let jpeg {
            let encoding = try jpeg.treatment(of: header, with: options.settings(for: coding))
            heldByteCount = heldByteCount.addingClamped(encoding.heldByteCount ?? 0)
        }
        return WriteTreatment(
            isExact: coding != .jpeg, bitsPerSample: header.layout.sample.bitCount,
            heldByteCount: heldByteCount)
    }

    /// Other encodings than the stream's are asked for.
    package func objection(to stream: CodedStream, with settings: WriteSettings) -> String? {
        PDFOptions.objection(stream, settings)
    }

    /// Writes a document of one page, which is a JPEG or JPEG 2000 file as it is.
    ///
    /// - Throws: ``ImageError`` as the sink does.
    package func embed(
        _ stream: [UInt8], of header: ImageHeader, to sink: any ImageSink,
        _ settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        // Before anything is written.
        _ = try PDFWriter.head(of: stream, header)
        let writer = try makeWriter(sink, header, settings, context)
        try writer.writeStream(stream)
        try writer.finish()
    }

    private static let metadata: Set<MetadataKind> = [
        .icc, .xmp, .texts, .modificationTime, .resolution, .orientation,
    ]

    static let layouts = Set(
        [SampleType.uint8, .uint16].flatMap { sample in
            ColorModel.allCases.flatMap { model in
                [PixelLayout(model, sample), PixelLayout(model, sample, alpha: .straight)]
            }
        })
}

extension PDFPlugin: FormatPlanning {
    package func losses(of header: ImageHeader, with settings: WriteSettings) -> [Loss] {
        PDFColors.losses(header) + PDFPlacement.losses(header)
            + PDFInformation(header.metadata).losses
    }
}
