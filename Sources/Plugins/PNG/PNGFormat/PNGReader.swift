internal import CPNGShim
internal import FormatKit
internal import ShimKit

/// Reads one PNG file.
///
/// Unless a frame of an animation is selected, it delivers the default image, which streams.
final class PNGReader: MultiImageReader {
    private(set) var header: ImageHeader
    private let source: any ImageSource
    private let structure: PNGStructure
    private let animation: PNGAnimation?
    private var composer: PNGFrameComposer?
    /// The frame that is delivered, if one has been selected.
    private var frame: Int?
    private var decoder: PNGDecoder
    private let context: CodecContext
    private let memory: MemoryShare
    private let passCount: Int
    private var rowCount = 0
    private var warnings: WarningRelay
    private var takenWarningCount = 0
    /// The number of colors in the palette, until it has been told that a pixel has none of them.
    private var colorCount: Int?
    private let isFrame: Bool
    /// All rows, of an interlaced image: its last pass touches every one.
    private var image: [UInt8]?

    /// An interlaced image; of a frame the canvas, what it covers, and the frame in two layouts.
    var heldByteCount: Int? {
        let pictureCount = frame != nil ? 4 : passCount > 1 ? 1 : 0
        return header.size.byteCount(perPixel: header.layout.bytesPerPixel * pictureCount)
    }

    var hasSeparateImage: Bool { animation?.frames.first.map { !$0.isDefaultImage } ?? false }

    func selectPage(_ index: Int) throws(ImageError) {
        precondition(index < header.frameCount)
        guard let animation else { return try restart() }
        if composer == nil {
            // What no frame covers is transparent.
            if animation.isUncovering(structure.size), !header.layout.hasAlpha {
                header.layout.alpha = .straight
                header.metadata.significantBits?.append(header.layout.sample.bitCount)
            }
            header.storage = nil
            composer = try PNGFrameComposer(
                of: source, structure, animation, layout: header.layout, context: context)
        }
        header.animation = animation.timing(index)
        frame = index
        image = nil
        rowCount = 0
    }

    /// Goes back before the first row of the only picture.
    private func restart() throws(ImageError) {
        // Nothing has been asked of the decoder, or all passes of an interlaced picture are here.
        if rowCount > 0, image == nil {
            decoder = try PNGDecoder(
                input: PNGInput(source, structure: structure, metadata: []), context)
            _ = try decoder.readHeader()
            takenWarningCount = decoder.warningCount
        }
        rowCount = 0
    }

    /// Opens a file; what is said of a frame is said of all of them at once.
    init(
        source: any ImageSource, context: CodecContext, isFrame: Bool = false
    ) throws(ImageError) {
        let structure = try PNGStructure(of: source, context: context)
        var ancillary = try PNGAncillary(
            of: source, structure: structure, limits: context.limits)
        let input = PNGInput(source, structure: structure, metadata: ancillary.compressed)
        // libpng holds a row in several forms.
        memory = context.memory.makeShare()
        try memory.reserve(structure.size.width * Self.rowMemoryPerPixel)
        let decoder = try PNGDecoder(input: input, context)
        let form = try decoder.readHeader()
        ancillary.take(decompressed: decoder.texts)
        let description = try PNGDescription(
            of: source, structure: structure, isOpaque: decoder.hasLostTransparency)
        let layout = try Self.layout(form, width: structure.size.width)
        let chunk = ancillary.compressed.first { $0.type == .profile }
        let disliked = try decoder.icc == nil ? chunk?.content(in: source, context.limits) : nil
        var metadata = ancillary.metadata(
            icc: decoder.icc
                ?? disliked.flatMap {
                    PNGProfile.profile(in: $0, model: layout.model, limits: context.limits)
                })
        var damage = ancillary.damage
        if decoder.hasLostTransparency {
            damage.append(.picture("the transparency (tRNS) is damaged and left out"))
        }
        if metadata.icc == nil, chunk != nil {
            damage.append(
                .part(
                    of: .icc,
                    "the ICC profile is damaged or not one for such pixels, and is left out"))
        }
        if let content = ancillary.significantBits {
            metadata.significantBits = description.significantBits(content, layout: layout)
            if metadata.significantBits == nil {
                damage.append(
                    .part(of: .significantBits, "the sBIT chunk is malformed and ignored"))
            }
        }
        damage += description.take(ancillary, of: structure.size, into: &metadata)
        let parsed = try Self.animation(ancillary, structure, source, context)
        animation = parsed.animation
        let structural = [structure.damage, parsed.loss].compactMap { $0 }
        header = ImageHeader(
            size: structure.size, layout: layout, significantBits: description.significantBits,
            frameCount: animation?.frames.count ?? 1, animation: animation?.timing(0),
            storage: description.storage(of: layout), metadata: metadata,
            losses: ancillary.losses + structural, details: description.details + ancillary.details)
        (self.source, self.structure) = (source, structure)
        self.decoder = decoder
        self.context = context
        self.isFrame = isFrame
        colorCount = description.palette?.colors.count
        passCount = Int(form.pass_count)
        warnings = WarningRelay(context)
        damage.forEach { warnings.take($0) }
        if structure.isComplete {
            try Remainder(of: source, from: structure.end)?.tell(&warnings)
        }
        takeLibraryWarnings()
    }

    /// The animation, if there is one, and what is lost if it is damaged.
    private static func animation(
        _ ancillary: PNGAncillary, _ structure: PNGStructure, _ source: any ImageSource,
        _ context: CodecContext
    ) throws(ImageError) -> (animation: PNGAnimation?, loss: Loss?) {
        guard let content = ancillary.animation else {
            // A chunk acTL that is no use is a loss already.
            let types = Set(structure.chunks.map(\.type))
            let hasFrames = !types.isDisjoint(with: [.frameControl, .framePixels])
            return (
                nil,
                hasFrames && !types.contains(.animation)
                    ? .animation("frames without an acTL chunk are left out") : nil
            )
        }
        switch try PNGAnimation.parse(content, structure, of: source, context.limits) {
        case .success(let animation): return (animation, nil)
        case .failure(let damage):
            let words =
                "the animation is damaged (\(damage.reason)): only the default image is read"
            return (nil, .animation(words))
        }
    }

    /// Up to 8 bytes a pixel: the row, the one before, and what libpng needs to transform them.
    private static let rowMemoryPerPixel = 32

    private static func layout(
        _ form: cpng_pixel_form, width: Int
    ) throws(ImageError) -> PixelLayout {
        let layout = PixelLayout(
            form.channel_count > 2 ? .rgb : .gray, form.sample_bits > 8 ? .uint16 : .uint8,
            alpha: form.channel_count % 2 == 0 ? .straight : .opaque)
        guard form.bytes_per_row == layout.bytesPerRow(width: width) else {
            throw .codecFailure(
                .png, "libpng delivers \(form.bytes_per_row) bytes a row, expected \(layout)")
        }
        return layout
    }

    /// What libpng says of them.
    private static let dataBehindPixels = ["Extra compressed data", "Too much image data"]

    private func takeLibraryWarnings() {
        while takenWarningCount < decoder.warningCount {
            let warning = decoder.warning(at: takenWarningCount)
            takenWarningCount += 1
            guard let warning else {
                warnings.take(nil)
                continue
            }
            if Self.dataBehindPixels.contains(where: warning.hasSuffix) {
                context.lose(.part(of: .formatBlocks, "data behind the last pixel are left out"))
            } else if warning == "tRNS: duplicate" {
                context.lose(.picture("more than one tRNS chunk: only the first is read"))
            } else if let (type, words) = Self.complaint(warning) {
                // What becomes of these has been told already.
                if type.isText || type == .profile || type == .transparency { continue }
                warnings.take("the \(type) chunk is odd (\(words))")
            } else {
                warnings.take("libpng: \(warning)")
            }
        }
    }

    /// The chunk that a warning of libpng's is about, and what it says of it, if it is about one.
    private static func complaint(_ warning: String) -> (PNGChunkType, Substring)? {
        guard let separator = warning.firstRange(of: ": "),
            let type = PNGChunkType(named: String(warning[..<separator.lowerBound]))
        else { return nil }
        return (type, warning[separator.upperBound...])
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        if image == nil { image = try wholeImage(bytesPerRow: band.bytesPerRow) }
        if let image {
            rowCount += band.fill(from: image, row: rowCount)
        } else {
            let count = min(band.rowCapacity, header.size.height - rowCount)
            let (decoder, bytesPerRow) = (decoder, band.bytesPerRow)
            try unsafe band.fill(rowCount: count) { (buffer) throws(ImageError) in
                try unsafe decoder.readRows(into: buffer, bytesPerRow: bytesPerRow)
            }
            rowCount += count
            tellLackingColor()
            if count > 0, rowCount == header.size.height { try finish() }
        }
    }

    /// Tells, once, that a color is made up.
    private func tellLackingColor() {
        guard let colorCount, let row = decoder.firstRowLackingColor else { return }
        self.colorCount = nil
        context.lose(.colorsBeyond(paletteOf: colorCount, fromRow: isFrame ? nil : row))
    }

    private func finish() throws(ImageError) {
        try decoder.finish()
        takeLibraryWarnings()
        warnings.finish()
    }

    /// All rows, of a picture that cannot be read row by row.
    private func wholeImage(bytesPerRow: Int) throws(ImageError) -> [UInt8]? {
        if let frame, let composer { return try composer.image(at: frame) }
        return passCount > 1 ? try readInterlaced(bytesPerRow: bytesPerRow) : nil
    }

    private func readInterlaced(bytesPerRow: Int) throws(ImageError) -> [UInt8] {
        let byteCount = header.size.byteCount(perPixel: header.layout.bytesPerPixel)
        try memory.reserve(byteCount)
        var image = [UInt8](repeating: 0, count: byteCount)
        let sliceByteCount = max(1, (1 << 20) / bytesPerRow) * bytesPerRow
        let (decoder, context, passCount) = (decoder, context, passCount)
        try unsafe image.withUnsafeMutableBufferPointer { (buffer) throws(ImageError) in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            for _ in 0..<passCount {
                for start in stride(from: 0, to: byteCount, by: sliceByteCount) {
                    try context.checkCancellation()
                    let end = min(start + sliceByteCount, byteCount)
                    try unsafe decoder.readRows(
                        into: UnsafeMutableRawBufferPointer(rebasing: bytes[start..<end]),
                        bytesPerRow: bytesPerRow)
                }
            }
        }
        tellLackingColor()
        try finish()
        return image
    }
}
