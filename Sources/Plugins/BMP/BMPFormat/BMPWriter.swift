internal import FormatKit

/// Writes one BMP file: grays as indices of a table of 256, colors in 24 bits, with alpha in 32.
final class BMPWriter: ImageWriter {
    private let sink: any ImageSink
    private let layout: BMPFileLayout
    private var pictures: WrittenPictures

    init(sink: any ImageSink, header: ImageHeader) throws(ImageError) {
        layout = try BMPFileLayout(header)
        self.sink = sink
        pictures = WrittenPictures(in: .bmp, header)
        try sink.append(layout.head(header))
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        // The last row of the picture is the first of the file.
        let lowest = pictures.header.size.height - pictures.rowCount - band.rowCount
        pictures.add(band)
        var rows: [UInt8] = []
        rows.reserveCapacity(band.rowCount * layout.bytesPerRow)
        for row in (0..<band.rowCount).reversed() {
            let start = row * band.bytesPerRow
            append(band.bytes[start..<start + band.bytesPerRow], to: &rows)
        }
        let offset = layout.pixelOffset + lowest * layout.bytesPerRow
        try unsafe rows.withUnsafeBufferPointer { (buffer) throws(ImageError) in
            try unsafe sink.write(UnsafeRawBufferPointer(buffer), at: offset)
        }
    }

    /// Appends a row with blue first, filled up to a whole number of 32 bits.
    private func append(_ row: ArraySlice<UInt8>, to rows: inout [UInt8]) {
        let end = rows.count + layout.bytesPerRow
        let channelCount = layout.bytesPerPixel
        if channelCount == 1 {
            rows += row
        } else {
            for pixel in stride(from: row.startIndex, to: row.endIndex, by: channelCount) {
                rows.append(row[pixel + 2])
                rows.append(row[pixel + 1])
                rows.append(row[pixel])
                if channelCount == 4 { rows.append(row[pixel + 3]) }
            }
        }
        while rows.count < end { rows.append(0) }
    }

    func finish() throws(ImageError) {
        try pictures.endPicture()
        if let icc = layout.profile { try sink.append(icc) }
    }
}

/// Where the parts of a file lie.
struct BMPFileLayout {
    let bytesPerPixel: Int
    let bytesPerRow: Int
    let pixelOffset: Int
    /// The profile, which follows the pixels.
    let profile: [UInt8]?
    private let pixelByteCount: Int
    /// The size of the header of the picture: that of 40 bytes is known to every program.
    private let headerByteCount: Int

    init(_ header: ImageHeader) throws(ImageError) {
        let metadata = header.metadata
        profile = metadata.icc.flatMap {
            BMPColors.takes($0, header.layout.model) ? $0 : nil
        }
        let isLong =
            header.layout.hasAlpha || profile != nil || metadata.renderingIntent != nil
        headerByteCount = isLong ? 124 : 40
        bytesPerPixel = header.layout.bytesPerPixel
        bytesPerRow = (header.size.width * bytesPerPixel + 3) / 4 * 4
        pixelOffset = 14 + headerByteCount + (bytesPerPixel == 1 ? 4 * 256 : 0)
        let (count, overflow) = bytesPerRow.multipliedReportingOverflow(by: header.size.height)
        let further = pixelOffset + (profile?.count ?? 0)
        guard !overflow, count <= Int(UInt32.max) - further else {
            throw .unstorable(.bmp, "size \(header.size): a file has at most 4 GiB")
        }
        pixelByteCount = count
    }

    /// What precedes the pixels.
    func head(_ header: ImageHeader) -> [UInt8] {
        let byteCount = pixelOffset + pixelByteCount + (profile?.count ?? 0)
        var bytes = Array("BM".utf8) + Self.words(byteCount, 0, pixelOffset)
        let density = Self.density(header.metadata.resolution) ?? (0, 0)
        let usesMasks = bytesPerPixel == 4
        bytes += Self.words(headerByteCount, header.size.width, header.size.height)
        bytes += [1, 0, UInt8(8 * bytesPerPixel), 0]
        bytes += Self.words(
            usesMasks ? 3 : 0, pixelByteCount, density.0, density.1, bytesPerPixel == 1 ? 256 : 0,
            0)
        if headerByteCount == 124 { bytes += colors(header.metadata, usesMasks: usesMasks) }
        if bytesPerPixel == 1 {
            bytes += (0...255).flatMap { [UInt8($0), UInt8($0), UInt8($0), 0] }
        }
        return bytes
    }

    /// Masks, and what the pixels mean as colors.
    private func colors(_ metadata: ImageMetadata, usesMasks: Bool) -> [UInt8] {
        let kind: BMPColors.Kind =
            profile != nil ? .embedded : metadata.renderingIntent != nil ? .sRGB : .windows
        let intent = metadata.renderingIntent.map { BMPColors.intents[Int($0.rawValue)] }
        return Self.words(
            usesMasks ? 0xFF_0000 : 0, usesMasks ? 0xFF00 : 0, usesMasks ? 0xFF : 0,
            usesMasks ? 0xFF00_0000 : 0, kind.rawValue)
            + [UInt8](repeating: 0, count: 48)
            + Self.words(
                intent ?? BMPColors.intents[0],
                profile == nil ? 0 : pixelOffset + pixelByteCount - 14, profile?.count ?? 0, 0)
    }

    private static func words(_ words: Int...) -> [UInt8] {
        words.flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
    }

    /// Pixels per meter, or `nil` if they have no place.
    static func density(_ resolution: Resolution?) -> (Int, Int)? {
        guard let meter = resolution?.pixelsPerMeter else { return nil }
        let (x, y) = (meter.horizontal.rounded(), meter.vertical.rounded())
        let range = 1...Double(Int32.max)
        return range.contains(x) && range.contains(y) ? (Int(x), Int(y)) : nil
    }

    /// What has no place in a file.
    static func losses(_ header: ImageHeader) -> [Loss] {
        let metadata = header.metadata
        var losses: [Loss] = []
        if metadata.resolution != nil, density(metadata.resolution) == nil {
            losses.append(.metadata(.resolution))
        }
        if let icc = metadata.icc {
            if !BMPColors.takes(icc, header.layout.model) {
                losses.append(.metadata(.icc))
            } else if metadata.renderingIntent != nil {
                losses.append(.metadata(.renderingIntent))
            }
        }
        return losses
    }
}
