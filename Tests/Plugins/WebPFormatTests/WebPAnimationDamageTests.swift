import FormatKit
import TestSupport
import Testing

@testable import WebPFormat

@Suite struct WebPAnimationDamageTests {
    @Test(arguments: [false, true])
    func `calls every prefix of an animation truncated that ends before metadata`(isLossless: Bool)
        throws
    {
        let bytes = try WebPFrames.encode(
            WebPFrames.noise(WebPFrames.rgba, metadata: SampleMetadata.all),
            settings: WriteSettings(isLossless: isLossless))
        // Inside of metadata no frame is missing; between chunks, more of them might be.
        let misjudged = WebPPlugin().misjudgedPrefixes(of: bytes)
        let metadata = WebPChunks.List(bytes).filter { ["EXIF", "XMP "].contains($0.name) }
        let counts = metadata.flatMap { Array($0.offset + 8..<$0.end) }
        #expect(misjudged.map(\.count) == counts && misjudged.allSatisfy { $0.error == nil })
        #expect(counts.count > 60)
    }

    @Test(arguments: [false, true], [1, 2, 3] as [UInt64])
    func `survives damage to any byte`(isLossless: Bool, seed: UInt64) throws {
        let bytes = try WebPFrames.encode(
            WebPFrames.noise(WebPFrames.rgba), settings: WriteSettings(isLossless: isLossless))
        WebPPlugin().readDamaged(bytes, seed: seed)
    }

    @Test func `names a frame that cannot be decoded, and reads those before`() throws {
        let frames = WebPFrames.noise(WebPFrames.rgb, size: (64, 64))
        var bytes = try WebPFrames.encode(frames)
        let last = try #require(
            bytes.indices.last { bytes[$0...].starts(with: Array("VP8L".utf8)) })
        for offset in (last + 40)..<bytes.count { bytes[offset] = 0xFF }
        let reader = try WebPFrames.open(bytes)
        for _ in 0..<2 {
            try reader.selectPage(2)
            #expect(throws: ImageError.malformed(.webp, "frame 3 cannot be decoded")) {
                try Image(reading: reader)
            }
            try reader.selectPage(1)
            #expect(try Image(reading: reader).bytes == frames[1].bytes)
        }
    }

    @Test func `frames and memory are bounded`() throws {
        let bytes = try WebPFrames.encode(WebPFrames.noise(WebPFrames.rgba))
        #expect(throws: ImageError.limitExceeded(.frames, requested: 3, allowed: 2)) {
            try WebPFrames.open(bytes, CodecContext(limits: Limits(frameCount: 2)))
        }
        let need = 16 * 21 * 13 + 2 * bytes.count
        let reader = try WebPFrames.open(
            bytes, CodecContext(limits: Limits(memoryByteCount: need - 1)))
        #expect(throws: Never.self) { try Image(reading: reader) }
        let error = ImageError.limitExceeded(.memory, requested: need, allowed: need - 1)
        #expect(throws: error) { try reader.selectPage(0) }
        #expect(throws: ImageError.self) {
            try WebPFrames.encode(
                WebPFrames.noise(WebPFrames.rgba),
                context: CodecContext(limits: Limits(memoryByteCount: 21 * 13 * 39)))
        }
    }
}
