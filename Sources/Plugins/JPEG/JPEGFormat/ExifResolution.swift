internal import FormatKit

/// Reads the density of pixels from the first directory of an Exif block (TIFF 6.0 §2 and §8).
enum ExifResolution {
    /// The density, or `nil` where the block does not say it.
    static func read(from exif: [UInt8]) -> Resolution? {
        guard let directory = Directory(exif), let x = directory.rational(tag: 282),
            let y = directory.rational(tag: 283)
        else { return nil }
        let unit: Resolution.Unit =
            switch directory.short(tag: 296) {
            case 1: .none
            case 3: .centimeter
            default: .inch
            }
        return Resolution(horizontal: x, vertical: y, unit: unit)
    }

    private struct Directory {
        let exif: [UInt8]
        let isLittleEndian: Bool
        let start: Int
        let count: Int

        init?(_ exif: [UInt8]) {
            switch exif.prefix(4) {
            case [0x49, 0x49, 0x2A, 0]: isLittleEndian = true
            case [0x4D, 0x4D, 0, 0x2A]: isLittleEndian = false
            default: return nil
            }
            self.exif = exif
            guard let offset = Self.integer(exif, 4, 4, isLittleEndian),
                let count = Self.integer(exif, offset, 2, isLittleEndian)
            else { return nil }
            start = offset + 2
            self.count = count
        }

        private static func integer(
            _ bytes: [UInt8], _ offset: Int, _ count: Int, _ isLittleEndian: Bool
        ) -> Int? {
            guard offset >= 0, offset <= bytes.count - count else { return nil }
            let field = bytes[offset..<offset + count]
            return (isLittleEndian ? Array(field.reversed()) : Array(field))
                .reduce(0) { $0 << 8 | Int($1) }
        }

        private func integer(_ offset: Int, _ count: Int) -> Int? {
            Self.integer(exif, offset, count, isLittleEndian)
        }

        /// The offset of the entry with a tag and a type.
        private func entry(tag: Int, type: Int) -> Int? {
            (0..<count).lazy.map { start + 12 * $0 }.first {
                integer($0, 2) == tag && integer($0 + 2, 2) == type
            }
        }

        func short(tag: Int) -> Int? {
            entry(tag: tag, type: 3).flatMap { integer($0 + 8, 2) }
        }

        func rational(tag: Int) -> Double? {
            guard let entry = entry(tag: tag, type: 5), let offset = integer(entry + 8, 4),
                let numerator = integer(offset, 4), let denominator = integer(offset + 4, 4),
                numerator > 0, denominator > 0
            else { return nil }
            return Double(numerator) / Double(denominator)
        }
    }
}
