internal import CJXLShim
internal import FormatKit
internal import MetadataBlocks

/// Reads the pictures of one JPEG XL file.
final class JXLReader: MultiImageReader {
    private(set) var header: ImageHeader
    let stream: CodedStream?
    let context: CodecContext
    private let memory: MemoryShare
    private let hasOriginalSamples: Bool
    private let isBoxed: Bool
    private let animation: JXLAnimation?
    /// The file, until its only picture has been decoded.
    private(set) var file: [UInt8]
    private var decoder: JXLDecoder?
    /// The picture that is delivered.
    private var index = 0
    /// All rows, once decoded.
    private var image: [UInt8] = []
    private var rowCount = 0

    init(source: any ImageSource, context: CodecContext) throws(ImageError) {
        let limits = context.limits
        try Self.checkSignature(of: source)
        let head = try JXLHead(of: source)
        if let size = head.size { try limits.check(size) }
        try limits.checkMetadata(head.largestMetadata)
        memory = context.memory.makeShare()
        // libjxl would wait for the rest of a box.
        let byteCount = head.end ?? source.byteCount
        try memory.reserve(byteCount)
        file = try source.bytes(at: 0, count: byteCount)
        var contents = try unsafe JXLDecoding.contents(
            of: file, limits: limits, allowsCut: context.isSalvaging)
        defer { unsafe cjxl_free_contents(&contents) }
        let size = unsafe ImageSize(width: Int(contents.width), height: Int(contents.height))
        try limits.check(size)
        guard unsafe contents.has_black == 0 else { throw .unsupported(.jxl, "CMYK") }
        let layout = unsafe Self.layout(contents)
        let frameCount = max(1, Int(unsafe contents.frame_count))
        try limits.checkFrames(frameCount)
        let memoryPerSample = frameCount > 1 ? Self.memoryPerReferenceSample : 0
        try memory.reserve(
            size,
            bytesPerPixel: JXLMemory.reading(layout) + layout.channelCount * memoryPerSample)
        animation = unsafe JXLAnimation(contents)
        let remainder = try Remainder(of: source, from: byteCount)
        let boxLosses =
            (head.hasGainMap ? [.picture("the gain map (HDR) is left out")] : [])
            + Loss.unknown("box", head.unknownBoxes) + [remainder?.loss].compactMap { $0 }
        stream = head.rebuildsJPEG ? CodedStream(format: .jpeg, losses: boxLosses) : nil
        header = unsafe ImageHeader(
            size: size, layout: layout, significantBits: Int(contents.significant_bits),
            frameCount: frameCount,
            animation: animation?.timing(0),
            metadata: Self.metadata(contents),
            losses: Self.losses(contents) + Self.lossesOfDisplay(contents)
                + Self.losses(contents, head) + boxLosses
                + (head.rebuildsJPEG ? [Self.lossOfJPEG] : []),
            details: [
                ImageDetail(
                    "samples",
                    .text(contents.has_original_samples != 0 ? "original space" : "XYB"))
            ])
        hasOriginalSamples = unsafe contents.has_original_samples != 0
        isBoxed = head.isBoxed
        self.context = context
        if let remainder, remainder.loss == nil {
            var warnings = WarningRelay(context)
            remainder.tell(&warnings)
        }
    }

    private static func checkSignature(of source: any ImageSource) throws(ImageError) {
        let head = try source.bytes(at: 0, count: 12)
        let patterns = JXLPlugin.signatures.map(\.bytes)
        if let pattern = patterns.first(where: { head.starts(with: $0) }),
            source.byteCount > pattern.count
        {
            return
        }
        guard patterns.contains(where: { $0.starts(with: head) || head.elementsEqual($0) }) else {
            throw .malformed(.jxl, "expected the signature of JPEG XL", offset: 0)
        }
        throw .truncated(.jxl, "the file ends before its picture does", offset: head.count)
    }

    /// It may keep four pictures for others to be laid on.
    private static let memoryPerReferenceSample = 16

    private static func layout(_ contents: cjxl_contents) -> PixelLayout {
        let channels = unsafe contents.layout.channel_count
        let samples: [Int32: SampleType] = [8: .uint8, 16: .uint16, 32: .float32]
        let alpha: AlphaMode =
            channels % 2 != 0
            ? .opaque : unsafe contents.is_premultiplied != 0 ? .premultiplied : .straight
        return PixelLayout(
            channels < 3 ? .gray : .rgb, samples[unsafe contents.layout.sample_bits] ?? .uint8,
            alpha: alpha)
    }

    private static func metadata(_ contents: cjxl_contents) -> ImageMetadata {
        var metadata = ImageMetadata(
            icc: unsafe array(contents.icc), exif: unsafe array(contents.exif).flatMap(exifBlock),
            xmp: unsafe array(contents.xmp),
            orientation: Orientation(rawValue: Int(unsafe contents.orientation)) ?? .up)
        if unsafe contents.color == .codePoints {
            metadata.codePoints = unsafe ColorCodePoints(
                primaries: contents.primaries, transfer: contents.transfer)
        }
        metadata.adoptExifResolution()
        return metadata
    }

    private static func array(_ bytes: cjxl_bytes) -> [UInt8]? {
        guard unsafe bytes.count > 0 else { return nil }
        return unsafe Array(UnsafeBufferPointer(start: bytes.start, count: bytes.count))
    }

    /// The block in a box that begins with the distance to it, in four bytes.
    private static func exifBlock(_ box: [UInt8]) -> [UInt8]? {
        guard let distance = box.bigEndian(at: 0, count: 4), distance < box.count - 4 else {
            return nil
        }
        let block = Array(box[(4 + distance)...])
        return ExifBlock.removingPrefix(from: block)
    }

    private static func losses(_ contents: cjxl_contents) -> [Loss] {
        let count = Int(unsafe contents.extra_channel_count)
        let isConverted = unsafe contents.color == .converted
        return (count > 0 ? [.channels(count)] : [])
            + (isConverted
                ? [
                    .part(
                        of: .icc,
                        "colors are converted from the space of the original to sRGB")
                ] : [])
    }

    /// What the codestream says of how and when pictures are shown, and no other format, nor our encoder.
    private static func lossesOfDisplay(_ contents: cjxl_contents) -> [Loss] {
        var losses: [Loss] = []
        let shown = unsafe (width: contents.shown_width, height: contents.shown_height)
        let size = unsafe (width: contents.width, height: contents.height)
        if shown.width > 0, shown.height > 0, shown != size {
            losses.append(
                .part(
                    of: .resolution,
                    "the size to be shown at, \(shown.width)x\(shown.height), is left out"))
        }
        // What libjxl takes for white where nothing is said.
        let usual: Float =
            switch unsafe contents.color == .codePoints ? contents.transfer : 0 {
            case 16: 10_000  // PQ
            case 18: 1000  // HLG
            default: 255
            }
        let isUsual =
            unsafe contents.intensity_target == usual && contents.least_intensity == 0
            && contents.linear_below == 0
        if !isUsual {
            losses.append(
                .part(of: .formatBlocks, "the levels of brightness for tone mapping are left out"))
        }
        if unsafe contents.has_time_codes != 0 {
            losses.append(.part(of: .formatBlocks, "the time codes of frames are left out"))
        }
        if unsafe contents.has_frame_names != 0 {
            losses.append(.part(of: .formatBlocks, "the names of frames are left out"))
        }
        return losses
    }

    /// Metadata that are not read.
    private static func losses(_ contents: cjxl_contents, _ head: JXLHead) -> [Loss] {
        let box = unsafe array(contents.exif)
        // A box of zeros says nothing.
        let isDamaged = box.map { exifBlock($0) == nil && $0.contains { $0 != 0 } } ?? false
        return (isDamaged ? [.part(of: .exif, "the Exif block is damaged and is left out")] : [])
            + head.repeatedMetadata.map {
                let name = $0 == .exif ? "Exif block" : "XMP packet"
                return .part(of: $0, "more than one \(name): only the first is read")
            }
    }

    func selectPage(_ index: Int) throws(ImageError) {
        precondition(index < header.frameCount)
        rowCount = 0
        guard header.frameCount > 1 else { return }
        header.animation = animation?.timing(index)
        self.index = index
        image = []
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        if image.isEmpty {
            try context.checkCancellation()
            image = try decode(byteCount: header.size.height * band.bytesPerRow)
        }
        rowCount += band.fill(from: image, row: rowCount)
    }

    private func decode(byteCount: Int) throws(ImageError) -> [UInt8] {
        // The pictures before are passed over, but for those on which it depends.
        let next =
            if let decoder, decoder.index == index { decoder } else {
                try JXLDecoder(
                    layout: header.layout, hasOriginalSamples: hasOriginalSamples,
                    threadCount: context.threadCount, index: index)
            }
        // A decoder that has failed is of no further use.
        decoder = nil
        let (pixels, isWhole) = try next.next(
            of: file, byteCount: byteCount, allowsCut: context.isSalvaging)
        // What is there is a coarse picture, and parts of it are fine: no row is as it was.
        if !isWhole { context.loseRows(0..<header.size.height) }
        if !isBoxed, isWhole, next.index == header.frameCount {
            var warnings = WarningRelay(context)
            try Remainder(of: MemorySource(file), from: next.consumedByteCount)?.tell(&warnings)
        }
        if header.frameCount > 1 { decoder = next } else { file = [] }
        return pixels
    }
}
