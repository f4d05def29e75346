internal import FormatKit

/// Writes one document, a page for each picture.
final class PDFWriter: StreamWriter {
    private let document: PDFDocument
    private let format: FormatDescriptor
    private let options: PDFOptions
    private let jpeg: (any FormatPlugin)?
    private let context: CodecContext
    private let memory: MemoryShare
    /// What holds for the document.
    private let first: ImageHeader
    private let catalogNumber: Int
    private let pagesNumber: Int
    private var pageNumbers: [Int] = []
    private var colorSpaces = PDFColors()
    /// The XMP packet of the document.
    private var xmpNumber: Int?
    private var pictures: WrittenPictures
    /// The picture of which rows come.
    private var picture: PDFPicture?
    /// The object of the picture of the page, once that has begun.
    private var pictureNumber: Int?
    /// Whether the page is a stream.
    private var isStream = false

    /// Starts a document.
    ///
    /// - Parameters:
    ///   - sink: Where it goes.
    ///   - header: The first picture, which tells of how many will come.
    ///   - options: How pictures are compressed.
    ///   - jpeg: The codec of JPEG, if there is one.
    ///   - format: What pages are checked against.
    ///   - context: Limits; told of what a page says that only a document can say.
    /// - Throws: ``ImageError`` if the picture cannot be compressed as it is asked for, or as the sink
    ///   does.
    init(
        sink: any ImageSink, header: ImageHeader, options: PDFOptions,
        jpeg: (any FormatPlugin)?, format: FormatDescriptor, context: CodecContext
    ) throws(ImageError) {
        _ = try options.coding(of: header)
        memory = context.memory.makeShare()
        document = try PDFDocument(sink: sink, memory: memory)
        catalogNumber = try document.makeNumber()
        pagesNumber = try document.makeNumber()
        self.format = format
        self.options = options
        self.jpeg = jpeg
        self.context = context
        first = header
        pictures = WrittenPictures(in: .pdf, header)
    }

    private var header: ImageHeader { pictures.header }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        precondition(!isStream, "the page is a stream")
        pictures.add(band)
        try context.checkCancellation()
        let picture: PDFPicture
        if let begun = self.picture {
            picture = begun
        } else {
            picture = try beginPicture()
            self.picture = picture
        }
        try picture.write(band)
    }

    private func beginPicture() throws(ImageError) -> PDFPicture {
        let coding = try options.coding(of: header)
        let frame = try makeFrame(hasMask: header.layout.hasAlpha)
        return try PDFPicture(
            frame, coding, options.settings(for: coding), jpeg: jpeg, in: document,
            context: context)
    }

    func writeStream(_ stream: [UInt8]) throws(ImageError) {
        precondition(picture == nil && !isStream, "no row of the page has been written")
        let jpegHead = try Self.head(of: stream, header)
        try context.checkCancellation()
        isStream = true
        let frame = try makeFrame(hasMask: false)
        let entries: [PDFEntry]
        if let jpegHead {
            let isInverted =
                header.layout.model == .cmyk
                && (jpegHead.hasAdobeSegment || !context.takesPlainCMYK)
            entries = frame.entries(
                8, space: frame.space,
                PDFPicture.dctEntries(isInverted: isInverted, isRGB: jpegHead.isRGBByName))
        } else {
            // The file says how many bits there are, and which colors unless they have a profile.
            let hasProfile =
                header.metadata.icc.map { PDFColors.isUsable($0, header.layout.model) } ?? false
            entries = frame.entries(
                nil, space: hasProfile ? frame.space : nil,
                [PDFEntry("Filter", .name("JPXDecode"))])
        }
        try document.write(stream, entries, as: frame.number)
    }

    /// The head of a JPEG file, or `nil` of a JPEG 2000 file.
    ///
    /// - Throws: ``ImageError/streamRefused(_:_:)`` if a stream is neither, or not what the header says.
    static func head(
        of stream: [UInt8], _ header: ImageHeader
    ) throws(ImageError) -> JPEGHead? {
        if stream.starts(with: jp2Signature) { return nil }
        guard let head = JPEGHead(of: stream),
            head.channelCount == header.layout.model.channelCount
        else { throw .streamRefused(.pdf, "the head of the file is not as expected") }
        return head
    }

    /// The first box of a JPEG 2000 file.
    private static let jp2Signature: [UInt8] =
        [0, 0, 0, 12, 0x6A, 0x50, 0x20, 0x20, 0x0D, 0x0A, 0x87, 0x0A]

    /// Writes what the picture of the page refers to.
    private func makeFrame(hasMask: Bool) throws(ImageError) -> PDFPicture.Frame {
        let space = try colorSpaces.space(
            of: header.layout.model, profile: header.metadata.icc, in: document)
        let xmp = try writeXMP()
        let isAlone = first.frameCount == 1
        if isAlone { xmpNumber = xmp }
        let number = try document.makeNumber()
        pictureNumber = number
        return PDFPicture.Frame(
            number: number, header: header, space: space,
            xmpNumber: isAlone ? nil : xmp,
            maskNumber: hasMask ? try document.makeNumber() : nil)
    }

    private func writeXMP() throws(ImageError) -> Int? {
        guard let xmp = header.metadata.xmp else { return nil }
        let number = try document.makeNumber()
        // As it is, so that programs which do not know PDF find it (§14.3.2).
        try document.write(
            xmp, [PDFEntry("Type", .name("Metadata")), PDFEntry("Subtype", .name("XML"))],
            as: number)
        return number
    }

    func beginPage(_ header: ImageHeader) throws(ImageError) {
        precondition(pageNumbers.count + 1 < first.frameCount, "the first header tells")
        try endPage()
        try format.checkStorable(header)
        _ = try options.coding(of: header)
        pictures = WrittenPictures(in: .pdf, header)
        tellLosses(of: header.metadata)
    }

    /// What is said of a later page that only a document can say, and does not say.
    private func tellLosses(of metadata: ImageMetadata) {
        let page = pageNumbers.count + 1
        let texts = metadata.texts.filter { !first.metadata.texts.contains($0) }
        for loss in Loss.texts(texts) {
            context.lose(.part(of: .texts, "page \(page): \(loss)"))
        }
        if let time = metadata.modificationTime, time != first.metadata.modificationTime {
            context.lose(
                .part(of: .modificationTime, "page \(page): the modification time is left out"))
        }
    }

    func finish() throws(ImageError) {
        try endPage()
        guard pageNumbers.count == first.frameCount else {
            throw .codecFailure(
                .pdf, "\(pageNumbers.count) pages written, expected \(first.frameCount)")
        }
        try document.write(
            .dictionary([
                PDFEntry("Type", .name("Pages")),
                PDFEntry("Kids", .array(pageNumbers.map(PDFValue.reference))),
                PDFEntry("Count", .integer(pageNumbers.count)),
            ]), as: pagesNumber)
        var catalog = [
            PDFEntry("Type", .name("Catalog")), PDFEntry("Pages", .reference(pagesNumber)),
        ]
        if let xmpNumber { catalog.append(PDFEntry("Metadata", .reference(xmpNumber))) }
        try document.write(.dictionary(catalog), as: catalogNumber)
        try document.finish(root: catalogNumber, information: try writeInformation())
    }

    private func writeInformation() throws(ImageError) -> Int? {
        let information = PDFInformation(first.metadata)
        guard !information.entries.isEmpty else { return nil }
        let number = try document.makeNumber()
        try document.write(.dictionary(information.entries), as: number)
        return number
    }

    private func endPage() throws(ImageError) {
        if !isStream { try pictures.endPicture() }
        try picture?.finish()
        (picture, isStream) = (nil, false)
        guard let pictureNumber else { preconditionFailure("pages have rows") }
        let placement = PDFPlacement(header)
        let name = "Im"
        let contentNumber = try document.makeNumber()
        try document.write(placement.content(drawing: name), as: contentNumber)
        let drawn = PDFValue.dictionary([PDFEntry(name, .reference(pictureNumber))])
        try memory.reserve(MemoryLayout<Int>.size)
        let pageNumber = try document.makeNumber()
        try document.write(
            .dictionary(
                [PDFEntry("Type", .name("Page")), PDFEntry("Parent", .reference(pagesNumber))]
                    + placement.entries
                    + [
                        PDFEntry("Resources", .dictionary([PDFEntry("XObject", drawn)])),
                        PDFEntry("Contents", .reference(contentNumber)),
                    ]), as: pageNumber)
        pageNumbers.append(pageNumber)
        self.pictureNumber = nil
        context.progress(
            Progress(fraction: Double(pageNumbers.count) / Double(max(1, first.frameCount))))
    }
}
