internal import FormatKit

/// Writes one file.
final class PNMWriter: ImageWriter {
    private let kind: PNMKind
    private let sink: any ImageSink
    private let isPlain: Bool
    private let rasterOffset: Int
    private var pictures: WrittenPictures

    init(
        kind: PNMKind, sink: any ImageSink, header: ImageHeader, settings: WriteSettings
    ) throws(ImageError) {
        isPlain = settings.options.boolean("plain") ?? false
        var text = Self.header(kind, header, isPlain: isPlain)
        if let place = text.firstIndex(of: "\n") {
            text.insert(contentsOf: Self.comments(header.metadata), at: text.index(after: place))
        }
        try sink.append(Array(text.utf8))
        rasterOffset = sink.byteCount
        self.kind = kind
        self.sink = sink
        pictures = WrittenPictures(in: kind.id, header)
    }

    private static func header(
        _ kind: PNMKind, _ header: ImageHeader, isPlain: Bool
    ) -> String {
        let (size, layout) = (header.size, header.layout)
        let maximum = layout.sample == .uint16 ? 65_535 : 255
        let lines = "\(size.width) \(size.height)\n"
        switch kind {
        case .bitmap: return "\(kind.magics[isPlain ? 0 : 1])\n" + lines
        case .graymap, .pixmap:
            return "\(kind.magics[isPlain ? 0 : 1])\n" + lines + "\(maximum)\n"
        // A negative scale says little-endian.
        case .float: return (layout.model == .rgb ? "PF\n" : "Pf\n") + lines + "-1.0\n"
        case .arbitrary:
            let model: [ColorModel: String] = [.gray: "GRAYSCALE", .rgb: "RGB", .cmyk: "CMYK"]
            let type = (model[layout.model] ?? "") + (layout.hasAlpha ? "_ALPHA" : "")
            return """
                P7
                WIDTH \(size.width)
                HEIGHT \(size.height)
                DEPTH \(layout.channelCount)
                MAXVAL \(maximum)
                TUPLTYPE \(type)
                ENDHDR

                """
        }
    }

    /// Comments, a line each, behind the magic number.
    private static func comments(_ metadata: ImageMetadata) -> String {
        metadata.texts.filter(isStorable).map { "# \($0.value)\n" }.joined()
    }

    private static func isStorable(_ text: TextEntry) -> Bool {
        text.keyword == "Comment" && text.language.isEmpty && text.translatedKeyword.isEmpty
            && !text.value.utf8.contains { [0x0A, 0x0D].contains($0) }
    }

    /// The texts that are no comments of one line.
    static func losses(_ header: ImageHeader) -> [Loss] {
        header.metadata.texts.filter { !isStorable($0) }.map {
            .part(of: .texts, "the text \"\($0.keyword.prefix(80))\" is left out")
        }
    }

    func writeRows(_ band: PixelBand) throws(ImageError) {
        let row = pictures.rowCount
        pictures.add(band)
        switch band.layout.sample {
        case .float32: try writeFloats(band, at: row)
        case .uint8 where kind == .bitmap: try writeBits(band, at: row)
        case .uint8, .uint16:
            if isPlain {
                try writeText(band)
            } else {
                try sink.append(Self.bigEndian(band))
            }
        }
    }

    func finish() throws(ImageError) {
        try pictures.endPicture()
    }

    /// The bytes of the band's samples, the most significant first.
    private static func bigEndian(_ band: PixelBand) -> [UInt8] {
        var bytes = Array(band.filledBytes)
        guard band.layout.sample == .uint16, Int(1).bigEndian != 1 else { return bytes }
        unsafe bytes.withUnsafeMutableBytes { buffer in
            for index in stride(from: 0, to: buffer.count, by: 2) {
                let sample = unsafe buffer.loadUnaligned(fromByteOffset: index, as: UInt16.self)
                unsafe buffer.storeBytes(
                    of: sample.byteSwapped, toByteOffset: index, as: UInt16.self)
            }
        }
        return bytes
    }

    /// Writes samples as numbers, in lines of at most 70 characters as the format asks.
    private func writeText(_ band: PixelBand) throws(ImageError) {
        let samples = Self.bigEndian(band)
        let size = band.layout.sample.byteCount
        let samplesPerRow = band.width * band.layout.channelCount
        let samplesPerLine = size == 1 ? 17 : 11
        var text: [UInt8] = []
        for row in 0..<band.rowCount {
            for index in 0..<samplesPerRow {
                let start = (row * samplesPerRow + index) * size
                let value = samples[start..<start + size].reduce(0) { $0 << 8 | Int($1) }
                text += "\(value)".utf8
                let isLast = index + 1 == samplesPerRow || (index + 1) % samplesPerLine == 0
                text.append(isLast ? 0x0A : 0x20)
            }
        }
        try sink.append(text)
    }

    /// Writes black and white; there is nothing between in a bitmap.
    private func writeBits(_ band: PixelBand, at firstRow: Int) throws(ImageError) {
        var output: [UInt8] = []
        let samples = band.filledBytes
        for row in 0..<band.rowCount {
            var (packed, digits) = (UInt8(0), 0)
            for column in 0..<band.width {
                let sample = samples[row * band.width + column]
                guard sample == 0 || sample == 255 else { throw grayFound(firstRow + row, column) }
                let bit: UInt8 = sample == 0 ? 1 : 0
                if isPlain {
                    digits += 1
                    output.append(0x30 + bit)
                    if digits % 70 == 0 { output.append(0x0A) }
                } else {
                    packed |= bit << (7 - column % 8)
                    if column % 8 == 7 || column + 1 == band.width {
                        output.append(packed)
                        packed = 0
                    }
                }
            }
            if isPlain, digits % 70 != 0 { output.append(0x0A) }
        }
        try sink.append(output)
    }

    private func grayFound(_ row: Int, _ column: Int) -> ImageError {
        .unstorable(
            kind.id,
            "the pixel at \(column),\(row) is neither black nor white; pgm stores grays")
    }

    /// Writes rows from the bottom, in little-endian order on every machine.
    private func writeFloats(_ band: PixelBand, at firstRow: Int) throws(ImageError) {
        let bytesPerRow = band.bytesPerRow
        var bytes = Array(band.filledBytes)
        if Int(1).bigEndian == 1 {
            for start in stride(from: 0, to: bytes.count, by: 4) {
                bytes[start..<start + 4].reverse()
            }
        }
        for row in 0..<band.rowCount {
            let fileRow = pictures.header.size.height - 1 - firstRow - row
            try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(ImageError) in
                let part = unsafe UnsafeRawBufferPointer(
                    UnsafeBufferPointer(
                        rebasing: buffer[row * bytesPerRow..<(row + 1) * bytesPerRow]))
                try unsafe sink.write(part, at: rasterOffset + fileRow * bytesPerRow)
            }
        }
    }
}
