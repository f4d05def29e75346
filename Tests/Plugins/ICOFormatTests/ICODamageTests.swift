import FormatKit
import PNGFormat
import TestSupport
import Testing

@testable import ICOFormat

@Suite struct ICODamageTests {
    private static let id = ICOKind.icon.id
    private static let pixel: [UInt8] = [1, 2, 3, 0] + [0, 0, 0, 0]
    /// A file whose fields lie in the directory from 6, in its bitmap from 22 on.
    private static let small = ICOFile(1, 1, bits: 24, pixel)

    private static func files() throws -> [[UInt8]] {
        let rgba = PixelLayout(.rgb, .uint8, alpha: .straight)
        let png = try Image.noise(5, 4, rgba).encoded(by: PNGPlugin())
        var palette = ICOFile(9, 3, bits: 4, [UInt8](repeating: 7, count: 64 + 24 + 12))
        palette.kind = .cursor
        return [
            ICOFile([
                .init(width: 5, height: 4, content: png),
                .init(
                    width: 3, height: 2,
                    content: ICOFile.bitmap(
                        3, 2, bits: 32, [UInt8](repeating: 9, count: 24 + 8))),
            ]).bytes,
            palette.bytes,
            ICOFile(3, 2, bits: 24, [UInt8](repeating: 200, count: 24 + 8)).bytes,
        ]
    }

    private func plugin(_ file: [UInt8]) -> ICOPlugin { ICOPlugin(file[2] == 1 ? .icon : .cursor) }

    @Test func `refuses every prefix`() throws {
        for bytes in try Self.files() {
            let misjudged = plugin(bytes).misjudgedPrefixes(of: bytes)
            #expect(misjudged.isEmpty, "\(misjudged)")
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `survives damage to any byte`(seed: UInt64) throws {
        for bytes in try Self.files() { plugin(bytes).readDamaged(bytes, seed: seed) }
    }

    private static func changed(_ change: (inout ICOFile) -> Void) -> [UInt8] {
        var file = small
        change(&file)
        return file.bytes
    }

    private static func patched(_ offset: Int, _ bytes: [UInt8]) -> [UInt8] {
        var file = small.bytes
        file.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        return file
    }

    static let refused: [([UInt8], ImageError)] = [
        ([0, 0, 3, 0], .malformed(id, "expected [0, 0, 1, 0]", offset: 0)),
        (changed { $0.count = 0 }, .malformed(id, "there are no pictures", offset: 4)),
        (
            changed { $0.count = 65_535 },
            .truncated(id, "the file ends inside its directory", offset: small.bytes.count)
        ),
        (
            changed { $0.pictures[0].offset = 21 },
            .malformed(
                id, "picture 1 lies at 21, inside the directory of 22 bytes", offset: 18)
        ),
        (
            changed { $0.pictures[0].byteCount = 0 },
            .malformed(id, "picture 1 has no bytes", offset: 14)
        ),
        (
            changed { $0.pictures[0].byteCount = 0xFFFF_FFFF },
            .truncated(id, "picture 1 ends at 4294967317", offset: small.bytes.count)
        ),
        (
            changed { $0.pictures[0].offset = 0xFFFF_FFFF },
            .truncated(id, "picture 1 ends at 4294967343", offset: small.bytes.count)
        ),
        (
            changed {
                $0.pictures.append($0.pictures[0])
                $0.pictures[1].offset = 38 + 40
            }, .malformed(id, "pictures 1 and 2 overlap", offset: 34)
        ),
        (
            changed { $0.pictures[0].byteCount = 39 },
            .malformed(id, "picture 1 has 39 bytes, expected at least 40", offset: 14)
        ),
        (
            changed { $0.pictures[0].byteCount = 43 },
            .malformed(id, "picture 1 has 43 bytes, expected at least 44", offset: 14)
        ),
        (
            changed { $0.pictures[0].byteCount = 47 },
            .malformed(id, "picture 1 has 47 bytes, expected 48 with its mask", offset: 14)
        ),
        (
            patched(22, ICOFile.word(41)),
            .unsupported(id, "picture 1, which is no PNG file, has a header of 41 bytes")
        ),
        (
            patched(26, ICOFile.word(-1)),
            .malformed(id, "picture 1 has the size -1x2, with its mask", offset: 26)
        ),
        (
            patched(30, ICOFile.word(3)),
            .malformed(id, "picture 1 has the size 1x3, with its mask", offset: 26)
        ),
        (
            patched(38, ICOFile.word(1)),
            .unsupported(id, "picture 1 has compression 1 of pixels of 24 bits")
        ),
        (
            patched(54, ICOFile.word(257)),
            .malformed(id, "picture 1 has 257 colors, expected at most 256", offset: 54)
        ),
    ]

    @Test(arguments: refused.indices)
    func `says what is wrong and where`(index: Int) {
        let (file, error) = Self.refused[index]
        #expect(throws: error) { try Image(decoding: file, as: ICOPlugin(.icon)) }
    }

    @Test func `what is wrong with a PNG file is told with its place in the file`() throws {
        let png = try Image.noise(3, 3, PixelLayout(.gray, .uint8)).encoded(by: PNGPlugin())
        var file = ICOFile([.init(width: 3, height: 3, content: png)])
        file.pictures[0].content[16...19] = [0, 0, 0, 0]
        do {
            _ = try file.decoded()
            Issue.record("no error")
        } catch ImageError.malformed(let id, let reason, let offset) {
            #expect(id == Self.id && reason.hasPrefix("picture 1 (png): "))
            #expect(offset.map { $0 >= 22 } != false)
        }
    }

    @Test func `a damaged picture does not keep the others from being read`() throws {
        let bitmap = Self.small.pictures[0].content
        let file = ICOFile([
            .init(width: 9, height: 9, content: [UInt8](repeating: 0, count: 40)),
            .init(width: 1, height: 1, content: bitmap),
        ])
        let reader = try file.plugin.openPages(file.bytes)
        #expect(reader.initialPage == 1)
        #expect(throws: ImageError.self) { try reader.selectPage(0) }
    }

    @Test func `checks limits before it takes memory`() throws {
        let size = 65_535 * 65_535
        var file = ICOFile(65_535, 65_535, bits: 24, Self.pixel)
        #expect(
            throws: ImageError.limitExceeded(.pixels, requested: size, allowed: 1 << 28)
        ) { try file.decoded() }
        file.pictures = Array(repeating: file.pictures[0], count: 5)
        #expect(throws: ImageError.limitExceeded(.frames, requested: 5, allowed: 4)) {
            try file.decoded(CodecContext(limits: Limits(frameCount: 4)))
        }
        let largest = ICOFile(
            [.init(content: ICOFile.bitmap(0x7FFF_FFFF, 0x3FFF_FFFF, bits: 32, Self.pixel))])
        let limits = Limits(pixelCount: .max)
        #expect(throws: ImageError.self) {
            try largest.decoded(CodecContext(limits: limits))
        }
    }
}
