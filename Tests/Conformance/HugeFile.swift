import Testing

/// A small file whose header promises a huge image.
struct HugeFile: Sendable, CustomTestStringConvertible {
    let format: String
    let width: UInt32
    let height: UInt32
    let bytes: [UInt8]

    var testDescription: String { "\(format) \(width)x\(height)" }

    static let all: [HugeFile] =
        [(65_535, 65_535), (0x7FFF_FFFF, 0x7FFF_FFFF), (0, 5)].map(HugeFile.png)
        + [(65_535, 65_535), (0x8000_0000, 0x8000_0000), (0, 5)].map(HugeFile.tiff)
        + [(65_535, 65_535), (0x7FFF_FFFF, 0x7FFF_FFFF), (0, 5)].map(HugeFile.ppm)
        + [(65_535, 65_535), (5, 0)].map(HugeFile.jpeg)
        + [(65_535, 65_535)].map(HugeFile.gif)
        + [(65_535, 65_535), (0x7FFF_FFFF, 0x7FFF_FFFF), (0, 5)].map(HugeFile.bmp)
        + [(65_535, 65_535), (0x8000_0000, 0x8000_0000), (0, 5)].map(HugeFile.qoi)
        + [(65_535, 65_535), (0x7FFF_FFFF, 0x7FFF_FFFF), (0, 5)].map(HugeFile.j2k)
        + [(65_535, 65_535), (0, 5)].map(HugeFile.tga)
        + [(65_535, 65_535), (0, 5)].map(HugeFile.ico)
        + [(65_535, 65_535), (0x7FFF_FFFF, 0x7FFF_FFFF), (0, 5)].map(HugeFile.hdr)
        + [(65_535, 65_535), (0x3FFF_FFFE, 0x3FFF_FFFE), (0x7FFF_FFFF, 5), (0, 5)]
        .map(HugeFile.exr)
        + [(65_535, 65_535), (0, 5)].map(HugeFile.toy)

    /// PNG (third edition) §5: signature, IHDR, an IDAT with nothing in it, IEND.
    private static func png(_ width: UInt32, _ height: UInt32) -> HugeFile {
        func chunk(_ type: String, _ body: [UInt8]) -> [UInt8] {
            let checked = Array(type.utf8) + body
            return bigEndian(UInt32(body.count)) + checked + bigEndian(crc32(checked))
        }
        let header = bigEndian(width) + bigEndian(height) + [8, 2, 0, 0, 0]
        // A zlib stream of no bytes.
        let data: [UInt8] = [0x78, 0x9C, 0x03, 0, 0, 0, 0, 1]
        return HugeFile(
            format: "png", width: width, height: height,
            bytes: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
                + chunk("IDAT", data) + chunk("IEND", []))
    }

    /// TIFF 6.0 §2: a big-endian file with one directory and one strip of four bytes.
    private static func tiff(_ width: UInt32, _ height: UInt32) -> HugeFile {
        let entries: [(tag: UInt32, value: UInt32)] = [
            (256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1),
            (278, height), (279, 4),
        ]
        let directory = entries.flatMap { tag, value in
            bigEndian(tag << 16 | 4) + bigEndian(1) + bigEndian(value)
        }
        return HugeFile(
            format: "tiff", width: width, height: height,
            bytes: [0x4D, 0x4D, 0, 42] + bigEndian(12) + [1, 2, 3, 4]
                + [0, UInt8(entries.count)] + directory + bigEndian(0))
    }

    private static func ppm(_ width: UInt32, _ height: UInt32) -> HugeFile {
        HugeFile(
            format: "ppm", width: width, height: height,
            bytes: Array("P6 \(width) \(height) 255\n".utf8) + [1, 2, 3])
    }

    /// ITU-T T.81 §B.2.2: a frame header and the head of a scan.
    private static func jpeg(_ width: UInt32, _ height: UInt32) -> HugeFile {
        let component: [UInt8] = [1, 0x11, 0]
        return HugeFile(
            format: "jpeg", width: width, height: height,
            bytes: [0xFF, 0xD8, 0xFF, 0xC2, 0, 11, 8] + bigEndian(height << 16 | width) + [1]
                + component + [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0])
    }

    /// GIF89a: a screen with two colors, and a frame of as many pixels, of which there is none.
    private static func gif(_ width: UInt32, _ height: UInt32) -> HugeFile {
        let size = [width, height].flatMap {
            [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
        }
        return HugeFile(
            format: "gif", width: width, height: height,
            bytes: Array("GIF89a".utf8) + size + [0x80, 0, 0, 0, 0, 0, 255, 255, 255]
                + [0x2C, 0, 0, 0, 0] + size + [0, 2, 0, 0x3B])
    }

    /// A header of 40 bytes, for pixels of 24 bits, of which there is one.
    private static func bmp(_ width: UInt32, _ height: UInt32) -> HugeFile {
        func word(_ value: UInt32) -> [UInt8] { bigEndian(value).reversed() }
        return HugeFile(
            format: "bmp", width: width, height: height,
            bytes: Array("BM".utf8) + word(58) + word(0) + word(54) + word(40) + word(width)
                + word(height) + [1, 0, 24, 0] + [UInt8](repeating: 0, count: 24) + [1, 2, 3, 0])
    }

    private static func qoi(_ width: UInt32, _ height: UInt32) -> HugeFile {
        HugeFile(
            format: "qoi", width: width, height: height,
            bytes: Array("qoif".utf8) + bigEndian(width) + bigEndian(height) + [3, 0, 0xC0])
    }

    /// ISO/IEC 15444-1 annex A: a main header, and one tile without data.
    private static func j2k(_ width: UInt32, _ height: UInt32) -> HugeFile {
        let size = bigEndian(width) + bigEndian(height) + bigEndian(0) + bigEndian(0)
        let header: [UInt8] =
            [0xFF, 0x51, 0, 41, 0, 0] + size + size + [0, 1, 7, 1, 1]
            + [0xFF, 0x52, 0, 12, 0, 0, 0, 1, 0, 0, 4, 4, 0, 1] + [0xFF, 0x5C, 0, 4, 0x40, 0x40]
        return HugeFile(
            format: "j2k", width: width, height: height,
            bytes: [0xFF, 0x4F] + header
                + [0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 14, 0, 1, 0xFF, 0x93, 0xFF, 0xD9])
    }

    private static func tga(_ width: UInt32, _ height: UInt32) -> HugeFile {
        let size = [width, height].flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        return HugeFile(
            format: "tga", width: width, height: height,
            bytes: [0, 0, 10] + [UInt8](repeating: 0, count: 9) + size + [24, 0, 0, 1, 2, 3])
    }

    /// One bitmap of 24 bits, twice as high with its mask.
    private static func ico(_ width: UInt32, _ height: UInt32) -> HugeFile {
        func word(_ value: UInt32) -> [UInt8] { bigEndian(value).reversed() }
        return HugeFile(
            format: "ico", width: width, height: height,
            bytes: [0, 0, 1, 0, 1, 0] + [0, 0, 0, 0, 1, 0, 24, 0] + word(44) + word(22) + word(40)
                + word(width) + word(2 * height) + [1, 0, 24, 0]
                + [UInt8](repeating: 0, count: 24) + [1, 2, 3, 0])
    }

    private static func hdr(_ width: UInt32, _ height: UInt32) -> HugeFile {
        HugeFile(
            format: "hdr", width: width, height: height,
            bytes: Array(
                "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y \(height) +X \(width)\n".utf8)
                + [128, 64, 32, 128])
    }

    /// One channel in scan lines, and a table of chunks of which the first is no place.
    private static func exr(_ width: UInt32, _ height: UInt32) -> HugeFile {
        func word(_ value: UInt32) -> [UInt8] { bigEndian(value).reversed() }
        func attribute(_ name: String, _ type: String, _ content: [UInt8]) -> [UInt8] {
            Array("\(name)\0\(type)\0".utf8) + word(UInt32(content.count)) + content
        }
        let window = word(0) + word(0) + word(width &- 1) + word(height &- 1)
        let channel: [UInt8] = Array("Y\0".utf8) + word(1) + word(0) + word(1) + word(1) + [0]
        return HugeFile(
            format: "exr", width: width, height: height,
            bytes: [0x76, 0x2F, 0x31, 0x01] + word(2) + attribute("channels", "chlist", channel)
                + attribute("compression", "compression", [0])
                + attribute("dataWindow", "box2i", window) + [0] + [UInt8](repeating: 0, count: 64))
    }

    private static func toy(_ width: UInt32, _ height: UInt32) -> HugeFile {
        HugeFile(
            format: "toy", width: width, height: height,
            bytes: Array("TOY1".utf8) + bigEndian(width << 16 | height) + [0, 3, 0, 8])
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in
                crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0)
            }
        }
    }
}
