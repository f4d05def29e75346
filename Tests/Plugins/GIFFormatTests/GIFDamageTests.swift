import FormatKit
import TestSupport
import Testing

@testable import GIFFormat

@Suite struct GIFDamageTests {
    private static let metadata = ImageMetadata(
        xmp: Array("<x:xmpmeta/>".utf8), texts: [TextEntry("Comment", "made by hand")])

    /// Three frames with everything a file can have.
    private static func animation() throws -> [UInt8] {
        try GIFRoundTripTests.animated(
            (0..<3).map {
                GIFRoundTripTests.picture(
                    13, 9, colorCount: 40, hasHoles: true, seed: UInt64($0), metadata: metadata)
            }
        ).encoded(by: GIFPlugin())
    }

    @Test func `calls every prefix of a file truncated, unless whole frames are there`() throws {
        let bytes = try Self.animation()
        let starts = bytes.indices.filter { bytes[$0...].starts(with: [0x21, 0xF9, 4]) }
        #expect(starts.count == 3)
        let misjudged = GIFPlugin().misjudgedPrefixes(of: bytes)
        #expect(misjudged.map(\.count) == Array(starts.dropFirst()) + [bytes.count - 1])
        for (count, error) in misjudged {
            #expect(error == nil)
            let header = try Image(decoding: Array(bytes[..<count]), as: GIFPlugin()).header
            #expect(
                header.losses
                    == [.part(of: .formatBlocks, "the file ends without its trailer")])
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `survives damage to any byte`(seed: UInt64) throws {
        GIFPlugin().readDamaged(try Self.animation(), seed: seed)
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `survives damage to any byte of interlaced frames that come back`(seed: UInt64) {
        let file = GIFFile(4, 6).loops(2).control(3, transparent: 1)
            .frame([UInt8](repeating: 2, count: 24), 4, isInterlaced: true)
            .control(2).frame([0, 1, 2, 3], 2, at: (3, 5), colors: GIFFile.grays)
        GIFPlugin().readDamaged(file.complete, seed: seed)
    }

    private static let start = 13 + 12

    static let malformed: [([UInt8], String, Int)] = [
        (Array("GIF88a".utf8), "expected GIF87a or GIF89a", 0),
        (GIFFile(1, 1).complete, "there is no picture", start + 1),
        (GIFFile(1, 1).adding([7]).complete, "expected a block, found 7", start),
        (GIFFile(1, 1).frame([], 1).complete, "frame 1 has the size 1x0", start + 1),
        (GIFFile(1, 1, nil).frame([0], 1).complete, "frame 1 has no colors", 14),
        (
            GIFFile(1, 1).adding([0x21, 0xF9, 1, 0, 0]).complete,
            "how a frame is shown takes 4 bytes, found 1", start + 1
        ),
        (
            GIFFile(1, 1).adding([0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 12, 0]).complete,
            "frame 1 begins with codes of 12 bits, expected 1 to 11", start + 10
        ),
        (
            // A code that is not there yet behind the first pixel.
            GIFFile(3, 1).adding([0x2C, 0, 0, 0, 0, 3, 0, 1, 0, 0, 2, 2, 0b11_000_100, 1, 0])
                .complete,
            "the code 7 has no meaning", start + 14
        ),
        (
            GIFFile(1, 1).adding([0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 3, 1, 0x78, 0]).complete,
            "a pixel has a color beyond the 4 of its frame", start + 13
        ),
        (
            GIFFile(2, 3).adding([0x2C, 0, 0, 0, 0, 2, 0, 3, 0, 0] + GIFFile.pixels([0, 1, 2]))
                .complete,
            "frame 1 ends in row 2 of 3", start + 15
        ),
    ]

    @Test(arguments: malformed)
    func `says what is wrong and where`(file: [UInt8], reason: String, offset: Int) {
        #expect(throws: ImageError.malformed(.gif, reason, offset: offset)) {
            try Image(decoding: file, as: GIFPlugin())
        }
    }

    @Test func `sizes, frames and metadata are bounded`() throws {
        let pixels = ImageError.limitExceeded(
            .pixels, requested: 65_535 * 65_535, allowed: 1 << 28)
        #expect(throws: pixels) { try GIFFile(65_535, 65_535).frame([0], 1).decoded() }
        let frame: [UInt8] = [0x2C, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 2, 0]
        #expect(throws: pixels) { try GIFFile(1, 1).adding(frame).decoded() }
        let bytes = try Self.animation()
        #expect(throws: ImageError.limitExceeded(.frames, requested: 3, allowed: 2)) {
            try GIFPlugin().openPages(
                bytes, context: CodecContext(limits: Limits(frameCount: 2)))
        }
        #expect(throws: ImageError.limitExceeded(.metadata, requested: 12, allowed: 11)) {
            try GIFPlugin().openPages(
                bytes, context: CodecContext(limits: Limits(metadataByteCount: 11)))
        }
    }

    @Test func `the canvas is counted against the memory limit`() throws {
        let file = GIFFile(30, 20).frame([0], 1).control(3).frame([1], 1)
        let need = 30 * 20 * 4 * 2
        func read(_ limit: Int) throws {
            let reader = try GIFPlugin().openPages(
                file.complete, context: CodecContext(limits: Limits(memoryByteCount: limit)))
            #expect(reader.heldByteCount == need)
            try reader.selectPage(1)
            var band = PixelBand(width: 30, layout: reader.header.layout, rowCapacity: 20)
            try reader.readRows(into: &band)
        }
        try read(need)
        #expect(throws: ImageError.limitExceeded(.memory, requested: need, allowed: need - 1)) {
            try read(need - 1)
        }
    }

    @Test func `a large frame on a small canvas takes no memory`() throws {
        // 10000 × 10000 pixels are asked for, of which there is one.
        let file = GIFFile(1, 1).adding(
            [0x2C, 0, 0, 0, 0, 0x10, 0x27, 0x10, 0x27, 0] + GIFFile.pixels([0]))
        #expect(throws: ImageError.malformed(.gif, "frame 1 ends in row 1 of 10000", offset: 39)) {
            try file.decoded(CodecContext(limits: Limits(memoryByteCount: 4)))
        }
    }

    @Test func `names a frame that is damaged, and reads those before`() throws {
        let file = GIFFile(2, 1).frame([0, 1], 2).adding(
            [0x2C, 0, 0, 0, 0, 2, 0, 1, 0, 0] + GIFFile.pixels([0]))
        let reader = try GIFPlugin().openPages(file.complete)
        for _ in 0..<2 {
            try reader.selectPage(1)
            let error = #expect(throws: ImageError.self) { try Image(reading: reader) }
            #expect(error?.description.contains("frame 2 ends in row 1 of 1") == true)
            try reader.selectPage(0)
            #expect(try Image(reading: reader).letters == "rg")
        }
    }

    @Test func `salvages the rows that are there`() throws {
        let bytes = GIFFile(2, 3).frame([0, 1, 2, 3, 0, 1], 2).bytes
        let log = WarningLog()
        var context = log.context()
        context.isSalvaging = true
        // Two rows and a bit.
        let cut = Array(bytes.dropLast(3))
        let image = try Image(decoding: cut, as: GIFPlugin(), context: context)
        #expect(image.letters == "rgbwrr")
        #expect(
            image.header.losses.map(\.description) == ["the file ends inside frame 1"])
        #expect(log.warnings.contains { $0.contains("made up") }, "\(log.warnings)")
    }

    @Test func `warns of what follows`() throws {
        let log = WarningLog()
        _ = try Image(
            decoding: GIFFile(1, 1).frame([0], 1).complete + [1, 2, 3], as: GIFPlugin(),
            context: log.context())
        #expect(log.warnings == ["3 bytes after the end of the image are ignored"])
    }

    @Test func `does not begin to draw when asked to stop`() throws {
        #expect(throws: ImageError.cancelled) {
            try GIFFile(1, 1).frame([0], 1).decoded(CodecContext(isCancelled: { true }))
        }
    }
}
