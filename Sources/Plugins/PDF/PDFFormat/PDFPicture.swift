internal import FormatKit
internal import PNGFormat

/// Writes one picture of a document, and the mask that is its alpha (ISO 32000-1 §8.9.5).
///
/// Colors go into the file as they come. Alpha is another picture, which can only follow: compressed, it
/// waits in memory.
final class PDFPicture {
    private let document: PDFDocument
    private let header: ImageHeader
    private let colors: any ImageWriter
    /// Whether the codec of colors is PNG's.
    private let isFlate: Bool
    private let mask: Mask?

    /// What a picture says of itself, beside how it is compressed.
    struct Frame {
        /// Its object.
        let number: Int
        let header: ImageHeader
        /// The color space of samples that are no indices.
        let space: PDFValue
        /// The XMP packet of the picture, if it has one of its own.
        let xmpNumber: Int?
        let maskNumber: Int?

        /// The entries of a picture whose samples have so many bits.
        func entries(_ bitCount: Int?, space: PDFValue?, _ coding: [PDFEntry]) -> [PDFEntry] {
            var entries = PDFPicture.entries(header.size)
            if let space { entries.append(PDFEntry("ColorSpace", space)) }
            if let bitCount { entries.append(PDFEntry("BitsPerComponent", .integer(bitCount))) }
            entries += coding
            if let maskNumber { entries.append(PDFEntry("SMask", .reference(maskNumber))) }
            if let xmpNumber { entries.append(PDFEntry("Metadata", .reference(xmpNumber))) }
            return entries
        }
    }

    /// Begins a picture.
    ///
    /// - Parameters:
    ///   - frame: The picture.
    ///   - coding: How it is compressed.
    ///   - settings: Those of the codec.
    ///   - jpeg: The codec, if it is JPEG.
    ///   - document: Where it goes.
    ///   - context: Limits.
    /// - Throws: ``ImageError`` as codecs and sink do.
    init(
        _ frame: Frame, _ coding: PDFOptions.Coding, _ settings: WriteSettings,
        jpeg: (any FormatPlugin)?, in document: PDFDocument, context: CodecContext
    ) throws(ImageError) {
        self.document = document
        header = frame.header
        isFlate = coding == .flate
        colors =
            switch coding {
            case .flate: try Self.flate(frame, settings, in: document, context)
            case .group4: try Self.group4(frame, in: document)
            case .jpeg:
                try Self.jpeg(frame, settings, try Self.codec(jpeg), in: document, context)
            }
        mask =
            if let number = frame.maskNumber {
                try Mask(frame.header, number, effort: settings.effort, context)
            } else {
                nil
            }
    }

    func write(_ band: PixelBand) throws(ImageError) {
        guard let mask else { return try writeColors(band) }
        let (colorBand, alphaBand) = Self.divided(band)
        try writeColors(colorBand)
        try mask.write(alphaBand)
    }

    private func writeColors(_ band: PixelBand) throws(ImageError) {
        try colors.writeRows(isFlate ? Self.codable(band) : band)
    }

    func finish() throws(ImageError) {
        try colors.finish()
        try document.endStream()
        try mask?.finish(in: document)
    }

    static func entries(_ size: ImageSize) -> [PDFEntry] {
        [
            PDFEntry("Type", .name("XObject")), PDFEntry("Subtype", .name("Image")),
            PDFEntry("Width", .integer(size.width)), PDFEntry("Height", .integer(size.height)),
        ]
    }

    private static func codec(
        _ jpeg: (any FormatPlugin)?
    ) throws(ImageError) -> any FormatPlugin {
        guard let jpeg else { throw .unsupported(.pdf, "writing JPEG, which is not built in") }
        return jpeg
    }
}

// MARK: Codings

extension PDFPicture {
    /// What stays the same of how pictures of PNG's making are compressed.
    static func flateEntries(
        _ size: ImageSize, channelCount: Int, bitCount: Int
    ) -> [PDFEntry] {
        let parameters = [
            // Each row says which predictor is its own.
            PDFEntry("Predictor", .integer(15)), PDFEntry("Colors", .integer(channelCount)),
            PDFEntry("BitsPerComponent", .integer(bitCount)),
            PDFEntry("Columns", .integer(size.width)),
        ]
        return [
            PDFEntry("Filter", .name("FlateDecode")),
            PDFEntry("DecodeParms", .dictionary(parameters)),
        ]
    }

    private static func flate(
        _ frame: Frame, _ settings: WriteSettings, in document: PDFDocument, _ context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        let (size, layout) = (frame.header.size, opaque(frame.header.layout))
        let channelCount = layout.channelCount
        let sink = PNGPixels { (head) throws(ImageError) in
            let isPalette = !head.palette.isEmpty
            let space =
                isPalette
                ? PDFValue.array([
                    .name("Indexed"), frame.space, .integer(head.palette.count / 3 - 1),
                    .bytes(head.palette),
                ]) : frame.space
            try document.beginStream(
                frame.entries(
                    head.bitCount, space: space,
                    Self.flateEntries(
                        size, channelCount: isPalette ? 1 : channelCount,
                        bitCount: head.bitCount)),
                as: frame.number)
        } pass: { (bytes) throws(ImageError) in
            try document.appendToStream(bytes)
        }
        let header = ImageHeader(
            size: size, layout: codable(layout), storage: storage(of: frame.header))
        return try PNGPlugin().makeWriter(
            sink: sink, header: header, settings: settings, context: context)
    }

    /// The layout of colors, without the alpha that a mask has.
    private static func opaque(_ layout: PixelLayout) -> PixelLayout {
        PixelLayout(layout.model, layout.sample)
    }

    /// How colors are stored.
    private static func storage(of header: ImageHeader) -> SampleStorage? {
        guard header.layout.hasAlpha else { return header.storage }
        guard case .palette(var palette) = header.storage else { return nil }
        for index in palette.colors.indices { palette.colors[index].alpha = 255 }
        return .palette(palette)
    }

    /// PNG has no inks, but four channels: what they mean is not its concern here.
    private static func codable(_ layout: PixelLayout) -> PixelLayout {
        layout.model == .cmyk ? PixelLayout(.rgb, layout.sample, alpha: .straight) : layout
    }

    private static func group4(
        _ frame: Frame, in document: PDFDocument
    ) throws(ImageError) -> any ImageWriter {
        let size = frame.header.size
        let parameters = [
            // Each row refers to the one above.
            PDFEntry("K", .integer(-1)), PDFEntry("Columns", .integer(size.width)),
            PDFEntry("Rows", .integer(size.height)),
        ]
        try document.beginStream(
            frame.entries(
                1, space: frame.space,
                [
                    PDFEntry("Filter", .name("CCITTFaxDecode")),
                    PDFEntry("DecodeParms", .dictionary(parameters)),
                ]), as: frame.number)
        return Group4Writer(width: size.width) { (bytes) throws(ImageError) in
            try document.appendToStream(bytes)
        }
    }

    private static func jpeg(
        _ frame: Frame, _ settings: WriteSettings, _ codec: any FormatPlugin,
        in document: PDFDocument, _ context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        let header = ImageHeader(size: frame.header.size, layout: opaque(frame.header.layout))
        let limit = codec.descriptor.write?.maximumDimension ?? 0
        guard max(header.size.width, header.size.height) <= limit else {
            throw .invalidOption(
                name: "pdf.compression",
                reason: "jpeg stores at most \(limit) pixels a side, not \(header.size)")
        }
        let entries = dctEntries(isInverted: header.layout.model == .cmyk)
        try document.beginStream(
            frame.entries(8, space: frame.space, entries), as: frame.number)
        let sink = PassingSink { (bytes) throws(ImageError) in
            try document.appendToStream(bytes)
        }
        return try codec.makeWriter(
            sink: sink, header: header, settings: settings, context: context)
    }

    /// How a JPEG file is decoded.
    ///
    /// - Parameters:
    ///   - isInverted: Whether no ink is 255.
    ///   - isRGB: Whether its channels are red, green and blue, where the file does not say so.
    /// - Returns: The entries of its dictionary.
    static func dctEntries(isInverted: Bool, isRGB: Bool = false) -> [PDFEntry] {
        var entries = [PDFEntry("Filter", .name("DCTDecode"))]
        if isRGB {
            let parameters = [PDFEntry("ColorTransform", .integer(0))]
            entries.append(PDFEntry("DecodeParms", .dictionary(parameters)))
        }
        if isInverted {
            let ranges = (0..<4).flatMap { _ in [PDFValue.integer(1), .integer(0)] }
            entries.append(PDFEntry("Decode", .array(ranges)))
        }
        return entries
    }
}

// MARK: Alpha

extension PDFPicture {
    /// The picture of alpha, compressed while that of colors is written.
    private final class Mask {
        private let number: Int
        private let header: ImageHeader
        private let writer: any ImageWriter
        private let pieces: Pieces

        /// What waits, in pieces, as one array would be copied when it grows.
        private final class Pieces {
            private(set) var pieces: [[UInt8]] = []
            private let memory: MemoryShare

            init(_ memory: MemoryShare) { self.memory = memory }

            func append(_ piece: [UInt8]) throws(ImageError) {
                try memory.reserve(piece.count)
                pieces.append(piece)
            }
        }

        init(
            _ picture: ImageHeader, _ number: Int, effort: Int?, _ context: CodecContext
        ) throws(ImageError) {
            self.number = number
            header = ImageHeader(
                size: picture.size, layout: PixelLayout(.gray, picture.layout.sample))
            let pieces = Pieces(context.memory.makeShare())
            let sink = PNGPixels(pass: pieces.append)
            writer = try PNGPlugin().makeWriter(
                sink: sink, header: header, settings: WriteSettings(effort: effort),
                context: context)
            self.pieces = pieces
        }

        func write(_ band: PixelBand) throws(ImageError) {
            try writer.writeRows(band)
        }

        func finish(in document: PDFDocument) throws(ImageError) {
            try writer.finish()
            let bitCount = header.layout.sample.bitCount
            let entries =
                PDFPicture.entries(header.size)
                + [
                    PDFEntry("ColorSpace", .name("DeviceGray")),
                    PDFEntry("BitsPerComponent", .integer(bitCount)),
                ] + PDFPicture.flateEntries(header.size, channelCount: 1, bitCount: bitCount)
            try document.beginStream(entries, as: number)
            for piece in pieces.pieces { try document.appendToStream(piece) }
            try document.endStream()
        }
    }

    /// What waits in memory at most, in bytes: noise, which deflate makes a little longer.
    static func heldByteCount(_ header: ImageHeader) -> Int {
        guard header.layout.hasAlpha else { return 0 }
        let byteCount = header.size.byteCount(perPixel: header.layout.sample.byteCount)
        return header.size.byteCount(
            perPixel: header.layout.sample.byteCount,
            besides: byteCount / 1000 + header.size.height + 1024)
    }

    /// Rows as the codec takes them.
    private static func codable(_ band: PixelBand) -> PixelBand {
        let layout = codable(band.layout)
        guard layout != band.layout, band.rowCount > 0 else { return band }
        return PixelBand(width: band.width, layout: layout, bytes: Array(band.filledBytes))
    }

    /// Colors and alpha, each by itself.
    private static func divided(_ band: PixelBand) -> (colors: PixelBand, alpha: PixelBand) {
        let layout = opaque(band.layout)
        let rowCapacity = max(band.rowCount, 1)
        var colors = PixelBand(width: band.width, layout: layout, rowCapacity: rowCapacity)
        var alpha = PixelBand(
            width: band.width, layout: PixelLayout(.gray, layout.sample), rowCapacity: rowCapacity)
        let (colorByteCount, alphaByteCount) = (layout.bytesPerPixel, layout.sample.byteCount)
        unsafe band.withFilledBytes { source in
            unsafe colors.fill(rowCount: band.rowCount) { colors in
                unsafe alpha.fill(rowCount: band.rowCount) { alpha in
                    var (place, colorPlace, alphaPlace) = (0, 0, 0)
                    while place < source.count {
                        for _ in 0..<colorByteCount {
                            unsafe colors[colorPlace] = source[place]
                            place += 1
                            colorPlace += 1
                        }
                        for _ in 0..<alphaByteCount {
                            unsafe alpha[alphaPlace] = source[place]
                            place += 1
                            alphaPlace += 1
                        }
                    }
                }
            }
        }
        return (colors, alpha)
    }
}
