internal import FormatKit

/// Writes one TGA file of version 2, rows from the top.
final class TGAWriter: ImageWriter {
    private let sink: any ImageSink
    private let hasRuns: Bool
    private let indices: [RGBAColor: UInt8]?
    private var pictures: WrittenPictures

    init(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings
    ) throws(ImageError) {
        hasRuns = settings.options.choice("compression") != "none"
        self.sink = sink
        pictures = WrittenPictures(in: .tga, header)
        let colors = Self.table(header)
        indices = colors.map { colors in
            Dictionary(zip(colors, (0...255).map { UInt8($0) })) { first, _ in first }
        }
        try sink.append(Self.head(header, colors, hasRuns: hasRuns))
    }

    /// The colors of a picture that has few, if it was stored with them.
    private static func table(_ header: ImageHeader) -> [RGBAColor]? {
        guard case .palette(let palette) = header.storage, header.layout.model == .rgb,
            (1...256).contains(palette.colors.count)
        else { return nil }
        return palette.colors
    }

    private static func head(
        _ header: ImageHeader, _ colors: [RGBAColor]?, hasRuns: Bool
    ) -> [UInt8] {
        func word(_ number: Int) -> [UInt8] { [UInt8(number & 0xFF), UInt8(number >> 8)] }
        let layout = header.layout
        let kind: TGAHeader.Kind =
            colors != nil ? .indices : layout.model == .gray ? .gray : .colors
        let entryBits = layout.hasAlpha ? 32 : 24
        let pixelBits = kind == .indices ? 8 : 8 * layout.bytesPerPixel
        let bytes =
            [0, kind == .indices ? 1 : 0, UInt8(kind.rawValue + (hasRuns ? 8 : 0))]
            + word(0) + word(colors?.count ?? 0) + [colors == nil ? 0 : UInt8(entryBits)]
            + word(0) + word(0) + word(header.size.width) + word(header.size.height)
            + [UInt8(pixelBits), 32 + (layout.hasAlpha ? 8 : 0)]
        let table = (colors ?? []).flatMap { color in
            [color.blue, color.green, color.red] + (layout.hasAlpha ? [color.alpha] : [])
        }
        return bytes + table
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        pictures.add(band)
        var bytes: [UInt8] = []
        for row in 0..<band.rowCount {
            let start = row * band.bytesPerRow
            let stored = try stored(band.bytes[start..<start + band.bytesPerRow], band.layout)
            if hasRuns {
                Self.appendRuns(of: stored, size: stored.count / band.width, to: &bytes)
            } else {
                bytes += stored
            }
        }
        try sink.append(bytes)
    }

    private func stored(
        _ row: ArraySlice<UInt8>, _ layout: PixelLayout
    ) throws(ImageError) -> [UInt8] {
        if layout.model == .gray { return Array(row) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(row.count)
        let size = layout.bytesPerPixel
        for pixel in stride(from: row.startIndex, to: row.endIndex, by: size) {
            let color = RGBAColor(
                red: row[pixel], green: row[pixel + 1], blue: row[pixel + 2],
                alpha: size == 4 ? row[pixel + 3] : 255)
            if let indices {
                guard let index = indices[color] else {
                    throw .codecFailure(.tga, "a pixel has a color that the table has not")
                }
                bytes.append(index)
            } else {
                bytes += [color.blue, color.green, color.red]
                if size == 4 { bytes.append(color.alpha) }
            }
        }
        return bytes
    }

    /// Appends a row in runs of up to 128 pixels, alike or not.
    private static func appendRuns(of row: [UInt8], size: Int, to bytes: inout [UInt8]) {
        func isSame(_ a: Int, _ b: Int) -> Bool {
            (0..<size).allSatisfy { row[a + $0] == row[b + $0] }
        }
        let count = row.count / size
        var pixel = 0
        while pixel < count {
            var length = 1
            while length < 128, pixel + length < count,
                isSame(pixel * size, (pixel + length) * size)
            {
                length += 1
            }
            if length > 1 {
                bytes.append(UInt8(127 + length))
                bytes += row[pixel * size..<(pixel + 1) * size]
            } else {
                // Up to where two are alike.
                while length < 128, pixel + length < count,
                    pixel + length + 1 == count
                        || !isSame((pixel + length) * size, (pixel + length + 1) * size)
                {
                    length += 1
                }
                bytes.append(UInt8(length - 1))
                bytes += row[pixel * size..<(pixel + length) * size]
            }
            pixel += length
        }
    }

    func finish() throws(ImageError) {
        try pictures.endPicture()
        func word(_ number: Int) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
        let place = sink.byteCount
        guard place <= Int(UInt32.max) else {
            throw .codecFailure(.tga, "a file has at most 4 GiB")
        }
        var area = [UInt8](repeating: 0, count: TGAEnd.areaByteCount)
        (area[0], area[1]) = (UInt8(TGAEnd.areaByteCount & 0xFF), UInt8(TGAEnd.areaByteCount >> 8))
        let alphas: [AlphaMode: UInt8] = [.opaque: 0, .straight: 3, .premultiplied: 4]
        area[494] = alphas[pictures.header.layout.alpha] ?? 0
        try sink.append(area + word(place) + word(0) + TGAEnd.mark)
    }
}
