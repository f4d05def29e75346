import FormatKit
import TestSupport
import Testing

@testable import BMPFormat

@Suite struct BMPDamageTests {
    static let files: [BMPFile] = [
        BMPFile(9, 3, bits: 1).with(
            table: Array(BMPFile.colors[..<8]), [UInt8](repeating: 0x5A, count: 12)),
        BMPFile(5, 3, bits: 4, colors: 4).with(
            table: BMPFile.colors, [UInt8](repeating: 0x21, count: 12)),
        BMPFile(3, -3, bits: 8, colors: 4).with(
            table: BMPFile.colors, [UInt8](repeating: 2, count: 12)),
        BMPFile.core(4, 3, bits: 24).with([UInt8](repeating: 200, count: 36)),
        BMPFile(4, 2, bits: 16, method: 3).with(
            table: [0xF800, 0x7E0, 0x1F].flatMap { BMPFile.word($0) },
            [UInt8](repeating: 0x77, count: 16)),
        BMPFile(4, 3, bits: 8, method: 1, colors: 4).with(
            table: BMPFile.colors, [4, 1, 0, 0, 0, 3, 1, 2, 3, 0, 0, 2, 1, 1, 0, 1]),
        BMPFile(4, 3, bits: 4, method: 2, colors: 4).with(
            table: BMPFile.colors, [4, 0x12, 0, 0, 0, 4, 0x12, 0x31, 0, 0, 0, 1]),
    ]

    private static let profileByteCount = 130

    private static func written() throws -> [[UInt8]] {
        var metadata = ImageMetadata(
            icc: SampleProfile.icc("RGB ", count: profileByteCount))
        metadata.resolution = Resolution(horizontal: 300, vertical: 300, unit: .inch)
        return try [
            Image.noise(7, 5, PixelLayout(.rgb, .uint8, alpha: .straight), metadata: metadata),
            Image.noise(7, 5, PixelLayout(.gray, .uint8)),
        ].map { try $0.encoded(by: BMPPlugin()) }
    }

    @Test func `refuses every prefix of a file that lacks pixels`() throws {
        for bytes in try Self.files.map(\.bytes) + Self.written() {
            // Only a profile follows them, in the file with the longest header.
            let profileCount = bytes[14] == 124 && bytes.count > 300 ? Self.profileByteCount : 0
            let end = bytes.count - profileCount
            let misjudged = BMPPlugin().misjudgedPrefixes(of: bytes, counts: 0..<end)
            #expect(misjudged.isEmpty, "\(misjudged)")
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `survives damage to any byte`(seed: UInt64) throws {
        for bytes in try Self.files.map(\.bytes) + Self.written() {
            BMPPlugin().readDamaged(bytes, seed: seed)
        }
    }

    private static let run = BMPFile(2, 2, bits: 8, method: 1, colors: 4)

    static let refused: [([UInt8], ImageError)] = [
        (Array("BA".utf8), .malformed(.bmp, "expected BM", offset: 0)),
        (
            Array("BM".utf8) + [UInt8](repeating: 0, count: 12) + [17, 0, 0, 0],
            .unsupported(.bmp, "a header of 17 bytes")
        ),
        (BMPFile(0, 1, bits: 24).bytes, .malformed(.bmp, "size 0x1", offset: 18)),
        (BMPFile(-1, 1, bits: 24).bytes, .malformed(.bmp, "size -1x1", offset: 18)),
        (BMPFile(1, 1, bits: 0, method: 4).bytes, .unsupported(.bmp, "a JPEG file inside")),
        (
            BMPFile(1, 1, bits: 5).bytes,
            .unsupported(.bmp, "compression 0 of pixels of 5 bits")
        ),
        (
            BMPFile(1, 1, bits: 32, method: 3).with(
                table: [0xFF, 0xFF, 0xFF00].flatMap { BMPFile.word($0) }, [1, 2, 3, 4]
            ).bytes, .unsupported(.bmp, "the masks ff, ff, ff00, 0 of 32 bits (hexadecimal)")
        ),
        (BMPFile(1, 1, bits: 8).bytes, .malformed(.bmp, "there are no colors", offset: 54)),
        (
            run.with(table: BMPFile.colors, [0, 2, 0, 3, 0, 1]).bytes,
            .malformed(.bmp, "pixels lie outside of the picture", offset: 74)
        ),
    ]

    @Test(arguments: refused)
    func `says what is wrong and where`(file: [UInt8], error: ImageError) {
        #expect(throws: error) { try Image(decoding: file, as: BMPPlugin()) }
    }

    @Test func `a color that the table does not have is its darkest, and a loss`() throws {
        // Black is the last of them.
        let table = Array(BMPFile.colors[4...] + BMPFile.colors[..<4])
        let log = WarningLog()
        let image = try Image(
            decoding: BMPFile(3, 1, bits: 8, colors: 4).with(table: table, [4, 0, 255, 0]).bytes,
            as: BMPPlugin(), context: log.context())
        #expect(image.bytes == [0, 0, 0, 255, 0, 0, 0, 0, 0])
        #expect(
            log.warnings == ["pixels have a color beyond the palette's 4, and get its darkest"])
        let known = try Image(
            decoding: BMPFile(2, 1, bits: 8, colors: 4).with(table: table, [3, 2, 0, 0]).bytes,
            as: BMPPlugin(), context: log.context())
        #expect(known.bytes == [0, 0, 0, 0, 0, 255])
        #expect(log.warnings.count == 1)
    }

    @Test func `pixels inside the header are refused`() {
        var bytes = BMPFile(1, 1, bits: 24).with([1, 2, 3, 0]).bytes
        bytes[10] = 53
        let error = ImageError.malformed(
            .bmp, "pixels at 53, inside the header of 54 bytes", offset: 10)
        #expect(throws: error) { try Image(decoding: bytes, as: BMPPlugin()) }
    }

    @Test func `checks limits and the size of the file before it takes memory`() throws {
        let pixels = ImageError.limitExceeded(
            .pixels, requested: 65_535 * 65_535, allowed: 1 << 28)
        #expect(throws: pixels) {
            try BMPFile(65_535, 65_535, bits: 8).with(table: BMPFile.colors, []).decoded()
        }
        let short = BMPFile(9999, 9999, bits: 24).with([1])
        #expect(
            throws: ImageError.truncated(.bmp, "the rows need 299970000 bytes", offset: 55)
        ) { try short.decoded() }
        let runs = BMPFile(9999, 9999, bits: 8, method: 1, colors: 4).with(
            table: BMPFile.colors, [0, 1])
        let memory = ImageError.limitExceeded(
            .memory, requested: 9999 * 9999, allowed: 1 << 20)
        #expect(throws: memory) {
            try runs.decoded(CodecContext(limits: Limits(memoryByteCount: 1 << 20)))
        }
    }

    @Test func `what is cut is made up if that is wanted`() throws {
        for index in [0, 5] {
            let file = Self.files[index]
            let log = WarningLog()
            var context = log.context()
            context.isSalvaging = true
            let whole = try file.decoded()
            let cut = Array(file.bytes.dropLast(index == 0 ? 5 : 6))
            let image = try Image(decoding: cut, as: BMPPlugin(), context: context)
            let width = whole.header.layout.bytesPerRow(width: whole.header.size.width)
            #expect(image.bytes.suffix(width) == whole.bytes.suffix(width))
            #expect(log.warnings.contains { $0.contains("made up") }, "\(log.warnings)")
        }
    }

    @Test func `warns of what follows pixels, runs and profiles`() throws {
        for bytes in try Self.files.map(\.bytes) + Self.written() {
            let log = WarningLog()
            _ = try Image(decoding: bytes, as: BMPPlugin(), context: log.context())
            #expect(log.warnings.isEmpty)
            _ = try Image(
                decoding: bytes + [1, 2, 3], as: BMPPlugin(), context: log.context())
            #expect(log.warnings == ["3 bytes after the end of the image are ignored"])
        }
    }
}
