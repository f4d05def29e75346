import FormatKit
import TestSupport
import Testing

@testable import PNGFormat

@Suite struct PNGDamageTests {
    static let metadata = ImageMetadata(
        icc: SampleMetadata.icc("RGB "), exif: SampleMetadata.exif, xmp: SampleMetadata.xmp)

    static func sample(isInterlaced: Bool) throws -> [UInt8] {
        let settings = try WriteSettings(
            for: PNGPlugin(), options: ["interlaced": "\(isInterlaced)"])
        return try Image.noise(8, 6, PixelLayout(.rgb, .uint8), metadata: metadata)
            .encoded(by: PNGPlugin(), settings: settings)
    }

    /// libpng would first take the gigabyte that the chunk claims.
    @Test(arguments: ["IDAT", "IEND"])
    func `libpng does not see a chunk that is cut off`(next: String) throws {
        let file = try PNGEditing().with("sCAL", [1, 2, 3], before: next).bytes
        let chunk = try #require(file.indices.first { file[$0...].starts(with: "sCAL".utf8) })
        var bytes = Array(file[..<(chunk + 7)])
        bytes.replaceSubrange(chunk - 4..<chunk, with: [0x3F, 0xFF, 0xFF, 0xFF])
        if next == "IEND" {
            let image = try Image(decoding: bytes, as: PNGPlugin())
            #expect(
                image.header.losses == [
                    .part(
                        of: .formatBlocks,
                        "the file ends inside chunk sCAL, which is left out")
                ])
            return
        }
        let error = ImageError.truncated(
            .png, "the file ends inside chunk sCAL", offset: bytes.count)
        #expect(throws: error) {
            try PNGStructure(of: MemorySource(bytes), context: CodecContext())
        }
    }

    @Test(arguments: [false, true])
    func `calls every prefix of a file truncated, up to the last pixel`(
        isInterlaced: Bool
    ) throws {
        let bytes = try Self.sample(isInterlaced: isInterlaced)
        let end = bytes.count - 12
        let misjudged = PNGPlugin().misjudgedPrefixes(of: bytes, counts: 0..<end)
        #expect(misjudged.isEmpty, "\(misjudged)")
        for count in end..<bytes.count {
            let image = try Image(decoding: Array(bytes[..<count]), as: PNGPlugin())
            #expect(image.bytes == (try Image(decoding: bytes, as: PNGPlugin())).bytes)
            #expect(image.header.losses.count == 1)
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64], [false, true])
    func `survives damage to any byte`(seed: UInt64, isInterlaced: Bool) throws {
        let bytes = try Self.sample(isInterlaced: isInterlaced)
        PNGPlugin().readDamaged(bytes, seed: seed)
    }

    @Test func `finds damage to any byte that matters to pixels`() throws {
        let bytes = try PNGEditing().bytes
        let pixels = try Image(decoding: bytes, as: PNGPlugin()).bytes
        for offset in bytes.indices {
            var damaged = bytes
            damaged[offset] ^= 0x10
            if let image = try? Image(decoding: damaged, as: PNGPlugin()) {
                #expect(image.bytes == pixels, "offset \(offset)")
            }
        }
    }

    @Test func `refuses a huge size by its header alone`() throws {
        for (width, height) in [(65_535, 65_535), (Int(Int32.max), Int(Int32.max)), (1 << 30, 1)] {
            var file = try PNGEditing()
            file.parts[0].content.replaceSubrange(
                0..<8, with: UInt32(width).bigEndianBytes + UInt32(height).bigEndianBytes)
            let error = ImageError.limitExceeded(
                .pixels, requested: width * height, allowed: 1 << 28)
            #expect(throws: error) {
                try PNGPlugin().makeReader(
                    source: MemorySource(Array(file.bytes.prefix(33))), context: CodecContext())
            }
        }
    }

    @Test(arguments: [[0, 1], [1, 0], [0x8000_0000, 1], [1, UInt32.max]] as [[UInt32]])
    func `refuses an impossible size`(_ size: [UInt32]) throws {
        var file = try PNGEditing()
        file.parts[0].content.replaceSubrange(0..<8, with: size.flatMap(\.bigEndianBytes))
        let reason = "size \(size[0])x\(size[1]), expected 1 to 2147483647 each"
        #expect(throws: ImageError.malformed(.png, reason, offset: 16)) {
            try Image(decoding: file.bytes, as: PNGPlugin())
        }
    }

    @Test func `counts an interlaced image against the memory limit`() throws {
        let bytes = try Self.sample(isInterlaced: true)
        let limits = Limits(memoryByteCount: 8 * 32 + 10)
        #expect(throws: Never.self) {
            try Image(
                decoding: bytes, as: PNGPlugin(),
                context: CodecContext(limits: Limits(memoryByteCount: 8 * 32 + 8 * 6 * 3)))
        }
        let wide = try Image.noise(16, 64, PixelLayout(.rgb, .uint8)).encoded(
            by: PNGPlugin(),
            settings: WriteSettings(for: PNGPlugin(), options: ["interlaced": "true"]))
        #expect(throws: ImageError.self) {
            try Image(decoding: wide, as: PNGPlugin(), context: CodecContext(limits: limits))
        }
        #expect(throws: ImageError.self) {
            try Image.noise(16, 64, PixelLayout(.rgb, .uint8)).encoded(
                by: PNGPlugin(),
                settings: WriteSettings(for: PNGPlugin(), options: ["interlaced": "true"]),
                context: CodecContext(limits: limits))
        }
    }

    @Test func `refuses metadata beyond the limit`() throws {
        let bytes = try Self.sample(isInterlaced: false)
        let limits = Limits(metadataByteCount: 16)
        #expect(throws: ImageError.self) {
            try Image(decoding: bytes, as: PNGPlugin(), context: CodecContext(limits: limits))
        }
    }

    @Test func `does not inflate metadata beyond the limit`() throws {
        let text = PNGEditing.stored([UInt8](repeating: 0x41, count: 60_000))
        let content = Array("XML:com.adobe.xmp\0".utf8) + [1, 0, 0, 0] + text
        let file = try PNGEditing().with("iTXt", content, before: "IDAT")
        let log = WarningLog()
        let image = try Image(decoding: file.bytes, as: PNGPlugin(), context: log.context())
        #expect(image.header.metadata.xmp?.count == 60_000)
        #expect(log.warnings == [])
    }

    @Test func `says what is not a PNG file`() {
        #expect(throws: ImageError.truncated(.png, "the file ends inside its header", offset: 0)) {
            try Image(decoding: [], as: PNGPlugin())
        }
        let text = Array("This is no picture at all, only text.".utf8)
        #expect(throws: ImageError.malformed(.png, "expected the PNG signature", offset: 0)) {
            try Image(decoding: text, as: PNGPlugin())
        }
    }

    @Test func `names a critical chunk that it does not know`() throws {
        let file = try PNGEditing().with("ABCD", [1, 2], before: "IDAT")
        let error = #expect(throws: ImageError.self) {
            try Image(decoding: file.bytes, as: PNGPlugin())
        }
        #expect(error == .unsupported(.png, "critical chunk ABCD"))
    }

    @Test func `says where the pixels' check value is wrong`() throws {
        var file = try PNGEditing()
        let index = try #require(file.parts.firstIndex { $0.type == "IDAT" })
        file.parts[index].hasWrongCheck = true
        let error = #expect(throws: ImageError.self) {
            try Image(decoding: file.bytes, as: PNGPlugin())
        }
        #expect(error == .malformed(.png, "IDAT: CRC error", offset: file.bytes.count - 12))
    }

    @Test func `says where the header's check value is wrong`() throws {
        // The chunk after it is not libpng's to read, and must not count.
        var file = try PNGEditing().with("pHYs", [0, 0, 0, 1, 0, 0, 0, 1, 0], before: "IDAT")
        file.parts[0].hasWrongCheck = true
        #expect(throws: ImageError.malformed(.png, "IHDR: CRC error", offset: 33)) {
            try Image(decoding: file.bytes, as: PNGPlugin())
        }
    }

    @Test func `stays failed once it has failed`() throws {
        var file = try PNGEditing()
        let index = try #require(file.parts.firstIndex { $0.type == "IDAT" })
        file.parts[index].content[4] ^= 0xFF
        let reader = try PNGPlugin().makeReader(
            source: MemorySource(file.bytes), context: CodecContext())
        var band = PixelBand(width: 9, layout: reader.header.layout, rowCapacity: 7)
        let first = #expect(throws: ImageError.self) { try reader.readRows(into: &band) }
        let second = #expect(throws: ImageError.self) { try reader.readRows(into: &band) }
        #expect(first == second)
    }

    @Test func `passes on why the source or the sink fails`() throws {
        let bytes = try Self.sample(isInterlaced: false)
        let failure = ImageError.io("read", code: 5, reason: "input/output error")
        #expect(throws: failure) {
            try PNGPlugin().makeReader(
                source: FailingSource(bytes, failingFrom: 700, failure), context: CodecContext()
            )
            .readAll()
        }
    }

    @Test func `stops an interlaced image when asked to`() throws {
        let bytes = try Self.sample(isInterlaced: true)
        let context = CodecContext(isCancelled: { true })
        #expect(throws: ImageError.cancelled) {
            try Image(decoding: bytes, as: PNGPlugin(), context: context)
        }
    }
}

/// A source of which the end cannot be read.
final class FailingSource: ImageSource {
    private let bytes: [UInt8]
    private let limit: Int
    private let failure: ImageError

    init(_ bytes: [UInt8], failingFrom limit: Int, _ failure: ImageError) {
        self.bytes = bytes
        self.limit = min(limit, bytes.count - 40)
        self.failure = failure
    }

    var byteCount: Int { bytes.count }

    func read(
        at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        let count = min(buffer.count, byteCount - offset)
        guard offset + count <= limit || count <= 8 else { throw failure }
        unsafe buffer.copyBytes(from: bytes[offset..<offset + count])
        return count
    }
}

extension ImageReader {
    func readAll() throws {
        _ = try Image(reading: self)
    }
}
