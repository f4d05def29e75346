import FormatKit
import TestSupport
import Testing

@testable import WebPFormat

@Suite struct WebPDamageTests {
    static func sample(isLossless: Bool, metadata: ImageMetadata) throws -> [UInt8] {
        try Image.noise(
            17, 9, PixelLayout(.rgb, .uint8, alpha: .straight), metadata: metadata
        ).encoded(by: WebPPlugin(), settings: WriteSettings(isLossless: isLossless))
    }

    @Test(arguments: [false, true], [ImageMetadata(), SampleMetadata.all])
    func `calls every prefix of a file truncated that ends in its picture`(
        isLossless: Bool, _ metadata: ImageMetadata
    ) throws {
        let bytes = try Self.sample(isLossless: isLossless, metadata: metadata)
        let end = try Self.pictureEnd(bytes)
        let misjudged = WebPPlugin().misjudgedPrefixes(of: bytes, counts: 0..<end)
        #expect(misjudged.isEmpty, "\(misjudged)")
        let picture = try Image(decoding: bytes, as: WebPPlugin())
        for count in end..<bytes.count {
            let image = try Image(decoding: Array(bytes[..<count]), as: WebPPlugin())
            #expect(image.bytes == picture.bytes)
            #expect(!image.header.losses.isEmpty, "\(count) of \(bytes.count) bytes")
        }
    }

    /// Where the last chunk with pixels ends.
    static func pictureEnd(_ bytes: [UInt8]) throws -> Int {
        let pictures = WebPChunks.List(bytes).filter { ["VP8 ", "VP8L", "ANMF"].contains($0.name) }
        return try #require(pictures.last?.end)
    }

    @Test(arguments: [false, true], [1, 2, 3] as [UInt64])
    func `survives damage to any byte`(isLossless: Bool, seed: UInt64) throws {
        let bytes = try Self.sample(isLossless: isLossless, metadata: SampleMetadata.all)
        WebPPlugin().readDamaged(bytes, seed: seed)
    }

    @Test func `calls a bitstream that ends early truncated`() throws {
        let bytes = try Image.noise(64, 64, PixelLayout(.rgb, .uint8)).encoded(by: WebPPlugin())
        // Shorten the file and its two length fields together.
        let count = bytes.count / 4 * 2
        var short = Array(bytes.prefix(count))
        func set(_ value: Int, at offset: Int) {
            for index in 0..<4 {
                short[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
            }
        }
        set(count - 8, at: 4)
        set(count - 20, at: 16)
        let error = #expect(throws: ImageError.self) {
            try Image(decoding: short, as: WebPPlugin())
        }
        switch error {
        case .truncated, .malformed: break
        default: Issue.record("\(String(describing: error))")
        }
    }

    /// A file that is nothing but a VP8X header with a canvas of this size.
    static func header(width: Int, height: Int) -> [UInt8] {
        func field(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        return Array("RIFF".utf8) + field(1000, 4) + Array("WEBPVP8X".utf8) + field(10, 4)
            + [0, 0, 0, 0] + field(width - 1, 3) + field(height - 1, 3)
    }

    @Test(arguments: [(65_535, 65_535), (1 << 24, 255), (16_385, 16_384)])
    func `refuses a huge size by its header alone`(width: Int, height: Int) throws {
        let error = ImageError.limitExceeded(
            .pixels, requested: width * height, allowed: 1 << 28)
        #expect(throws: error) {
            try Image(decoding: Self.header(width: width, height: height), as: WebPPlugin())
        }
    }

    @Test func `refuses a size beyond the format's own bound`() throws {
        #expect(throws: ImageError.self) {
            try Image(decoding: Self.header(width: 1 << 24, height: 1 << 24), as: WebPPlugin())
        }
    }

    @Test func `counts file and pixels against the memory limit`() throws {
        let bytes = try Self.sample(isLossless: true, metadata: ImageMetadata())
        let need = bytes.count + 17 * 9 * 8
        func read(_ limit: Int) throws {
            _ = try Image(
                decoding: bytes, as: WebPPlugin(),
                context: CodecContext(limits: Limits(memoryByteCount: limit)))
        }
        #expect(throws: Never.self) { try read(need) }
        let error = ImageError.limitExceeded(.memory, requested: need, allowed: need - 1)
        #expect(throws: error) { try read(need - 1) }
    }

    @Test func `refuses metadata beyond the limit`() throws {
        let bytes = try Self.sample(isLossless: true, metadata: SampleMetadata.all)
        #expect(throws: ImageError.limitExceeded(.metadata, requested: 133, allowed: 132)) {
            try Image(
                decoding: bytes, as: WebPPlugin(),
                context: CodecContext(limits: Limits(metadataByteCount: 132)))
        }
    }

    @Test func `says what is not a WebP file`() {
        let text = Array("This is no picture at all, only text.".utf8)
        #expect(throws: ImageError.malformed(.webp, "expected RIFF", offset: 0)) {
            try Image(decoding: text, as: WebPPlugin())
        }
        let sound = Array("RIFF\0\0\0\0WAVEfmt ".utf8)
        #expect(throws: ImageError.malformed(.webp, "expected WEBP", offset: 8)) {
            try Image(decoding: sound, as: WebPPlugin())
        }
        let other = Array("RIFF\u{10}\0\0\0WEBPabcd\u{4}\0\0\0efgh".utf8)
        #expect(throws: ImageError.self) { try Image(decoding: other, as: WebPPlugin()) }
    }

    @Test func `warns of bytes after the end`() throws {
        let log = WarningLog()
        let bytes = try Self.sample(isLossless: true, metadata: ImageMetadata())
        _ = try Image(decoding: bytes + [1, 2, 3], as: WebPPlugin(), context: log.context())
        #expect(log.warnings == ["3 bytes after the end of the image are ignored"])
    }

    @Test func `does not begin to decode when asked to stop`() throws {
        let bytes = try Self.sample(isLossless: true, metadata: ImageMetadata())
        #expect(throws: ImageError.cancelled) {
            try Image(
                decoding: bytes, as: WebPPlugin(), context: CodecContext(isCancelled: { true }))
        }
    }
}
