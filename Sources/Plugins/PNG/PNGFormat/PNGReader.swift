internal import CPNGShim
internal import FormatKit

/// Reads one PNG file.
final class PNGReader: ImageReader {
    let header: ImageHeader
    private let decoder: PNGDecoder
    private let context: CodecContext
    private let passCount: Int
    private var rowCount = 0
    private var warnings: WarningRelay
    private var takenWarningCount = 0
    /// All rows, of an interlaced image: its last pass touches every one.
    private var image: [UInt8]?

    init(source: any ImageSource, context: CodecContext) throws(ImageError) {
        let structure = try PNGStructure(of: source, context: context)
        var ancillary = try PNGAncillary(
            of: source, structure: structure, limits: context.limits)
        let input = PNGInput(source, structure: structure, metadata: ancillary.compressed)
        // libpng holds a row in several forms.
        try context.limits.checkMemory(structure.size.width * Self.rowMemoryPerPixel)
        let decoder = try PNGDecoder(input: input, limits: context.limits)
        let form = try decoder.readHeader()
        decoder.texts.forEach { ancillary.take($0) }
        let icc = decoder.icc
        let description = try PNGDescription(of: source, structure: structure)
        let layout = try Self.layout(form, width: structure.size.width)
        if let frameCount = ancillary.animationFrameCount {
            try context.limits.checkFrames(frameCount)
        }
        header = ImageHeader(
            size: structure.size, layout: layout, significantBits: description.significantBits,
            frameCount: max(1, ancillary.animationFrameCount ?? 1),
            metadata: ancillary.metadata(icc: icc),
            details: description.details + ancillary.details)
        self.decoder = decoder
        self.context = context
        passCount = Int(form.pass_count)
        warnings = WarningRelay(context)
        let texts =
            ancillary.warnings + ancillary.color.warnings(hasProfile: icc != nil)
            + Self.warningsOfTheUnread(ancillary, structure, byteCount: source.byteCount)
        texts.forEach { warnings.take($0) }
        takeLibraryWarnings()
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

    private static func warningsOfTheUnread(
        _ ancillary: PNGAncillary, _ structure: PNGStructure, byteCount: Int
    ) -> [String] {
        var texts: [String] = []
        if let count = ancillary.animationFrameCount {
            texts.append("an animation of \(count) frames: only the default image is read")
        }
        if structure.isComplete, byteCount > structure.end {
            texts.append(
                "\(byteCount - structure.end) bytes after the end of the image are ignored")
        }
        return texts
    }

    private func takeLibraryWarnings() {
        while takenWarningCount < decoder.warningCount {
            warnings.take(decoder.warning(at: takenWarningCount).map { "libpng: \($0)" })
            takenWarningCount += 1
        }
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        let count = min(band.rowCapacity, header.size.height - rowCount)
        if passCount > 1 {
            try copyRows(count, into: &band)
        } else {
            let (decoder, bytesPerRow) = (decoder, band.bytesPerRow)
            try unsafe band.fill(rowCount: count) { (buffer) throws(ImageError) in
                try unsafe decoder.readRows(into: buffer, bytesPerRow: bytesPerRow)
            }
            if count > 0, rowCount + count == header.size.height { try finish() }
        }
        rowCount += count
    }

    private func finish() throws(ImageError) {
        try decoder.finish()
        takeLibraryWarnings()
        warnings.finish()
    }

    private func copyRows(_ count: Int, into band: inout PixelBand) throws(ImageError) {
        if image == nil { image = try readInterlaced(bytesPerRow: band.bytesPerRow) }
        let rows = image?[(rowCount * band.bytesPerRow)...] ?? []
        unsafe band.fill(rowCount: count) { buffer in
            unsafe buffer.copyBytes(from: rows.prefix(buffer.count))
        }
    }

    private func readInterlaced(bytesPerRow: Int) throws(ImageError) -> [UInt8] {
        let (byteCount, overflow) = bytesPerRow.multipliedReportingOverflow(
            by: header.size.height)
        try context.limits.checkMemory(overflow ? .max : byteCount)
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
        try finish()
        return image
    }
}
