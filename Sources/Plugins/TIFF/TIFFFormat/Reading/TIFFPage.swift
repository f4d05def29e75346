import FormatKit

import CTIFFShim
import MetadataBlocks

/// A page of a file: everything that is known and checked before a sample is decoded.
struct TIFFPage {
    let header: ImageHeader
    let decoder: TIFFDecoder
    let samples: SampleInterpretation
    let geometry: BlockGeometry
    /// The number of samples of a pixel that lie side by side in a decoded row.
    let samplesPerRowPixel: Int
    /// How each sample is stored.
    let bitsPerSample: Int
    let isFloat: Bool
    /// Whether integers of 32 bits are delivered as they are.
    var deliversStoredSamples = false
    let isSigned: Bool

    /// Opens the directory at an offset of the file.
    init(
        source: any ImageSource, fileHeader: TIFFHeader, directoryOffset: Int, pageCount: Int,
        fileLosses: [Loss], context: CodecContext
    ) throws(ImageError) {
        let page = try TIFFDirectory(parsing: source, header: fileHeader, at: directoryOffset)
        let size = try Self.checkedSize(page, source, context.limits)
        var reading = MetadataReading(
            source: source, directory: page, context: context, pageCount: pageCount)
        var metadata = try reading.metadata()
        decoder = try TIFFDecoder(
            source: source, directory: page, context: context)
        let fields = try Self.checkedLayout(decoder, size)
        samples = try SampleInterpretation(decoder, fields, context: context)
        geometry = try BlockGeometry(fields, samples, context: context)
        samplesPerRowPixel = fields.is_planar != 0 ? 1 : Int(fields.samples_per_pixel)
        bitsPerSample = Int(fields.bits_per_sample)
        (isFloat, isSigned) = (fields.sample_format == 3, fields.sample_format == 2)
        metadata.blocks = try reading.sampleBlocks(
            fields, areDelivered: samples.areAsStored(fields), size: size)
        var losses = samples.losses + reading.losses + fileLosses
        if let icc = metadata.icc, !Self.describes(icc, samples.layout.model) {
            losses.append(.metadata(.icc))
            metadata.icc = nil
        }
        if fields.photometric == 0 {  // white is 0: samples are delivered the other way round
            let isCounted = bitsPerSample <= 16 && !isSigned && !isFloat
            let inverted = metadata.invertingNoData(
                maximum: isCounted ? 1 << bitsPerSample - 1 : nil)
            metadata = inverted.metadata.invertingTransferFunction()
            losses += inverted.losses
        }
        metadata.codePoints = samples.codePoints
        if samples.layout.model != .rgb { metadata.chromaticities = nil }
        header = ImageHeader(
            size: size, layout: samples.layout, significantBits: samples.significantBits,
            frameCount: pageCount, storage: samples.storage, form: samples.form,
            metadata: metadata,
            losses: losses, details: Self.details(fields, fileHeader))
    }
}

// MARK: Checks

extension TIFFPage {
    /// Whether a profile can be for such colors (ICC.1:2022 §7.2.6); one without a color space is
    /// left to others to judge.
    private static func describes(_ icc: [UInt8], _ model: ColorModel) -> Bool {
        guard let header = ICCHeader(icc) else { return true }
        // Gray is R = G = B.
        return header.model == model || (model == .gray && header.model == .rgb)
    }

    /// The size of the page, within the limits.
    private static func checkedSize(
        _ page: TIFFDirectory, _ source: any ImageSource, _ limits: Limits
    ) throws(ImageError) -> ImageSize {
        guard let width = try page.integer(TIFFTag.imageWidth, in: source),
            let height = try page.integer(TIFFTag.imageLength, in: source)
        else {
            if page[TIFFTag.subdirectories] != nil {
                throw .unsupported(.tiff, "a picture in a subdirectory, as in camera raw files")
            }
            throw .malformed(.tiff, "the size is missing", offset: page.offset)
        }
        let size = ImageSize(width: width, height: height)
        guard width > 0, height > 0 else {
            throw .malformed(.tiff, "the image is \(size)", offset: page.offset)
        }
        try limits.check(size)
        try checkTags(page, source)
        try checkRow(page, source, width: width)
        return size
    }

    /// More than a byte of the file becomes in any compression but those of facsimiles, in bytes.
    private static let greatestExpansion = 1 << 17

    /// Refuses rows that the file cannot hold, before any memory is taken for one.
    private static func checkRow(
        _ page: TIFFDirectory, _ source: any ImageSource, width: Int
    ) throws(ImageError) {
        let compression = try page.integer(TIFFTag.compression, in: source) ?? 1
        if [2, 3, 4, 32771].contains(compression) { return }
        let bits = try page.integer(TIFFTag.bitsPerSample, in: source) ?? 1
        let isPlanar = try page.integer(TIFFTag.planarConfiguration, in: source) == 2
        let samples = isPlanar ? 1 : try page.integer(TIFFTag.samplesPerPixel, in: source) ?? 1
        let (bitCount, overflow) = width.multipliedReportingOverflow(
            by: min(bits, 1 << 16) * min(samples, 1 << 16))
        let byteCount = overflow ? .max : bitCount / 8
        guard byteCount / greatestExpansion <= source.byteCount else {
            throw .malformed(
                .tiff,
                "a row of \(byteCount) bytes is more than a file of \(source.byteCount) can hold")
        }
    }

    /// Refuses what libtiff would allocate too much for, or name only by a number.
    private static func checkTags(
        _ page: TIFFDirectory, _ source: any ImageSource
    ) throws(ImageError) {
        for entry in page.entriesForDecoding(source) where entry.byteCount ?? 0 > source.byteCount {
            throw .malformed(
                .tiff, "tag \(entry.name) says to have more values than the file has bytes",
                offset: page.offset)
        }
        let places = page[TIFFTag.stripOffsets] ?? page[TIFFTag.tileOffsets]
        guard places?.count ?? 0 > 0 || page[TIFFTag.interchangeFormat] != nil else {
            throw .malformed(.tiff, "there are no strips and no tiles", offset: page.offset)
        }
        let depths = try page.integers(TIFFTag.bitsPerSample, limit: 16, in: source) ?? []
        if Set(depths).count > 1 {
            let list = depths.map(String.init).joined(separator: ", ")
            throw .unsupported(.tiff, "samples of different depths (\(list) bits)")
        }
    }

    /// The layout as libtiff sees it, with JPEG decoded to RGB and SGILog to floats.
    private static func checkedLayout(
        _ decoder: TIFFDecoder, _ size: ImageSize
    ) throws(ImageError) -> ctiff_layout {
        var fields = decoder.layout
        guard Int(fields.width) == size.width, Int(fields.height) == size.height else {
            throw .malformed(.tiff, "the size is ambiguous")
        }
        guard fields.is_codec_available != 0 else {
            throw .unsupported(.tiff, "\(TIFFName.compression(fields.compression)) compression")
        }
        if Photometric.isDecodedToRGB(fields) {
            try decoder.decodeAsRGB()
            fields = decoder.layout
        } else if Photometric.isLogLuv(fields) {
            try decoder.decodeAsFloat()
            fields = decoder.layout
        }
        return fields
    }

    /// What `convert info` prints.
    private static func details(_ fields: ctiff_layout, _ header: TIFFHeader) -> [ImageDetail] {
        let isTiled = fields.is_tiled != 0
        let name = isTiled ? "tile" : "strip"
        return [
            ImageDetail("compression", .text(TIFFName.compression(fields.compression))),
            ImageDetail("predictor", .integer(Int(fields.predictor))),
            ImageDetail("photometric", .text(TIFFName.photometric(fields))),
            ImageDetail("bits_per_sample", .integer(Int(fields.bits_per_sample))),
            ImageDetail("sample_format", .text(TIFFName.sampleFormat(fields.sample_format))),
            ImageDetail("samples_per_pixel", .integer(Int(fields.samples_per_pixel))),
            ImageDetail("planar", .text(fields.is_planar != 0 ? "separate" : "interleaved")),
            ImageDetail("organization", .text(isTiled ? "tiles" : "strips")),
            ImageDetail("\(name)_width", .integer(Int(fields.block_width))),
            ImageDetail("\(name)_height", .integer(Int(fields.block_height))),
            ImageDetail(
                "byte_order", .text(header.order == .little ? "little-endian" : "big-endian")),
            ImageDetail("container", .text(header.isBig ? "BigTIFF" : "TIFF")),
        ]
    }
}
