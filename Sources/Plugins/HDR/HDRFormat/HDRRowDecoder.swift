internal import FormatKit

/// Decodes rows of pixels of four bytes.
///
/// A row of 8 to 32 767 pixels may begin with 2, 2 and its length: then all first bytes follow, all
/// second ones and so on, each in runs. Other rows are pixels as they are, of which 1, 1, 1, n stands for
/// n more like the last; of several such in turn, each counts 256 times as much as the one before.
struct HDRRowDecoder {
    private let source: any ImageSource
    private let width: Int
    private var bytes: SourceBytes

    /// The widths of rows in runs of bytes.
    static let widths = 8..<32_768
    static let mark: [UInt8] = [2, 2]

    init(_ source: any ImageSource, _ header: HDRHeader) {
        self.source = source
        width = header.size.width
        bytes = SourceBytes(of: source, at: header.pixelOffset)
    }

    /// Where the next byte lies.
    var offset: Int { bytes.offset }

    /// Decodes the next row.
    ///
    /// - Parameter row: Gets four bytes for each pixel.
    /// - Throws: ``ImageError`` if the file is damaged or ends.
    mutating func decode(into row: inout [UInt8]) throws(ImageError) {
        let start = offset
        for place in 0..<4 { row[place] = try byte() }
        let isInRuns =
            Self.widths.contains(width) && row[0] == Self.mark[0] && row[1] == Self.mark[1]
            && row[2] < 128
        guard isInRuns else { return try decodePixels(into: &row) }
        let count = Int(row[2]) << 8 | Int(row[3])
        guard count == width else {
            throw .malformed(
                .hdr, "a row has \(count) pixels, expected \(width)", offset: start + 2)
        }
        for channel in 0..<4 { try decodeBytes(of: channel, into: &row) }
    }

    private mutating func byte() throws(ImageError) -> UInt8 {
        guard let byte = try bytes.next() else {
            throw .truncated(.hdr, "pixels are missing", offset: source.byteCount)
        }
        return byte
    }

    private mutating func decodeBytes(
        of channel: Int, into row: inout [UInt8]
    ) throws(ImageError) {
        var column = 0
        while column < width {
            let start = offset
            let code = Int(try byte())
            let isRun = code > 128
            let count = isRun ? code - 128 : code
            guard count > 0, count <= width - column else {
                throw .malformed(
                    .hdr, "a run of \(count) bytes, with \(width - column) left in the row",
                    offset: start)
            }
            var value = isRun ? try byte() : 0
            for _ in 0..<count {
                if !isRun { value = try byte() }
                row[4 * column + channel] = value
                column += 1
            }
        }
    }

    /// Decodes pixels, of which the first four bytes are there.
    private mutating func decodePixels(into row: inout [UInt8]) throws(ImageError) {
        var (column, shift) = (0, 0)
        var pixel = Array(row[..<4])
        while true {
            if pixel[0] == 1, pixel[1] == 1, pixel[2] == 1 {
                let count = Int(pixel[3]) << shift
                guard column > 0, count <= width - column else {
                    throw .malformed(
                        .hdr, "a run of \(count) pixels, with \(width - column) left in the row",
                        offset: offset - 4)
                }
                for place in 4 * column..<4 * (column + count) { row[place] = row[place - 4] }
                column += count
                // More would be longer than any row.
                shift = min(shift + 8, 24)
            } else {
                for place in 0..<4 { row[4 * column + place] = pixel[place] }
                column += 1
                shift = 0
            }
            if column == width { return }
            for place in 0..<4 { pixel[place] = try byte() }
        }
    }
}
