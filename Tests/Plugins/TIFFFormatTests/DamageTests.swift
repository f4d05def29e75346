import FormatKit
import MetadataBlocks
import Testing
import TestSupport

@testable import TIFFFormat

/// Files that are cut, corrupt or lie about their size.
@Suite struct DamageTests {
    static let files: [[String: String]] = [
        ["compression": "none"], ["compression": "lzw"], ["compression": "deflate", "tile": "16"],
        ["compression": "packbits", "bigtiff": "on"],
    ]

    private func file(_ options: [String: String]) throws -> [UInt8] {
        let metadata = ImageMetadata(icc: [1, 2, 3, 4, 5], exif: exifBlock(.little))
        return try encode(
            testImage(PixelLayout(.rgb, .uint8), width: 20, height: 18, metadata: metadata),
            options)
    }

    @Test(arguments: files)
    func `every prefix is an error, or the picture with a loss`(options: [String: String]) throws {
        let bytes = try file(options)
        let whole = try decode(bytes)
        for count in 0..<bytes.count {
            do {
                let image = try decode(Array(bytes[..<count]))
                // Only padding, and the end of a directory behind which there is none, are no loss.
                #expect(image.bytes == whole.bytes, "\(count)")
                #expect(
                    !image.header.losses.isEmpty || image.header.metadata == whole.header.metadata,
                    "\(count)")
            } catch ImageError.truncated {
                continue
            } catch ImageError.malformed {
                continue
            } catch {
                Issue.record("\(count) bytes: \(error)")
            }
        }
    }

    @Test(arguments: files, 0..<150)
    func `corruption never traps`(options: [String: String], seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        var bytes = try file(options)
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            // Directories are at the end, headers at the start; pixels matter less.
            let nearEnd = max(0, bytes.count - 700)
            let range = Bool.random(using: &random) ? nearEnd..<bytes.count : 0..<bytes.count
            bytes[Int.random(in: range, using: &random)] = random.bytes(1)[0]
        }
        var limits = Limits.default
        limits.pixelCount = 1 << 20
        limits.memoryByteCount = 64 << 20
        do {
            _ = try decode(bytes, limits: limits)
        } catch is ImageError {
            // What is damaged badly enough is refused.
        } catch {
            Issue.record("seed \(seed): \(error)")
        }
    }

    @Test(arguments: [
        (65535, 65535, false), (1 << 31, 1 << 31, true), ((1 << 32) - 1, 1, true),
        ((1 << 32) - 1, (1 << 32) - 1, true),
    ])
    func `a size over the limit is refused from the header`(
        width: Int, height: Int, isBig: Bool
    ) throws {
        let file = HandmadeTIFF(width: width, height: height, bits: 8, strip: [0], isBig: isBig)
        let size = ImageSize(width: width, height: height)
        #expect(
            throws: ImageError.limitExceeded(
                .pixels, requested: size.pixelCount, allowed: 1 << 20)
        ) {
            var limits = Limits.default
            limits.pixelCount = 1 << 20
            _ = try decode(file.bytes(), limits: limits)
        }
    }

    @Test func `a strip over the memory limit is refused before it is allocated`() throws {
        var file = HandmadeTIFF(
            width: 20000, height: 10000, bits: 8, photometric: 2, samples: 3, strip: [0])
        file.set(284, 3, [2])
        file.set(259, 3, [5])
        file.blocks = [[0], [0], [0]]
        var limits = Limits.default
        limits.memoryByteCount = 100 << 20
        #expect(
            throws: ImageError.limitExceeded(
                .memory, requested: 600_000_000, allowed: 100 << 20)
        ) { try decode(file.bytes(), limits: limits) }
    }

    @Test(arguments: [(0, 5), (5, 0)])
    func `an empty image is malformed`(width: Int, height: Int) throws {
        let file = HandmadeTIFF(width: width, height: height, bits: 8, strip: [0])
        let error = #expect(throws: ImageError.self) { try decode(file.bytes()) }
        guard case .malformed(_, "the image is \(width)x\(height)", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `a strip that was never written is zeros, one that is missing an error`() throws {
        var file = HandmadeTIFF(width: 4, height: 4, bits: 8, strip: [])
        file.set(278, 4, [2])
        file.blocks = [[UInt8](repeating: 1, count: 8), [UInt8](repeating: 2, count: 8)]
        #expect(try decode(file.bytes()).bytes.count == 16)
        file.set(273, 4, [8, 0])
        file.set(279, 4, [8, 0])
        #expect(
            try decode(file.bytes()).bytes
                == [UInt8](repeating: 1, count: 8) + [UInt8](repeating: 0, count: 8))
        file.set(279, 4, [8, 8])
        #expect(throws: ImageError.self) { try decode(file.bytes()) }
        file.set(273, 4, [8, 16])
        file.set(279, 4, [8, 3])
        #expect(throws: ImageError.self) { try decode(file.bytes()) }
        // No strips at all.
        file.set(273, 4, [])
        file.set(279, 4, [])
        #expect(throws: ImageError.self) { try decode(file.bytes()) }
    }

    @Test func `a short compressed strip is an error`() throws {
        var file = HandmadeTIFF(width: 100, height: 2, bits: 8, strip: [99] + [UInt8](1...100))
        file.set(259, 3, [32773])
        #expect(throws: ImageError.self) { try decode(file.bytes()) }
    }

    @Test(
        arguments: [
            ([], "empty"), ([0x49], "one byte"), ([0x49, 0x49, 42, 0], "no directory"),
            (Array("not an image at all".utf8), "text"),
            ([0x49, 0x49, 42, 0, 0, 0, 0, 0], "directory at 0"),
            ([0x49, 0x49, 42, 0, 0xFF, 0xFF, 0xFF, 0xFF], "directory far behind the end"),
            ([0x49, 0x49, 43, 0, 8, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 8), "2^64 - 1"),
        ] as [([UInt8], String)])
    func `what is no TIFF is an error`(bytes: [UInt8], name: String) {
        #expect(throws: ImageError.self, "\(name)") { try decode(bytes) }
    }

    @Test func `cancellation stops decoding`() throws {
        let bytes = try file([:])
        let reader = try TIFFPlugin().makeReader(
            source: MemorySource(bytes), context: CodecContext(isCancelled: { true }))
        #expect(throws: ImageError.cancelled) { try Image(reading: reader) }
    }

    @Test func `a source's error comes through`() throws {
        let bytes = try file(["compression": "lzw"])
        let failure = ImageError.io("read", code: 5, reason: "input/output error")
        let source = FailingSource(bytes, failure)
        let reader = try TIFFPlugin().makeReader(source: source, context: CodecContext())
        source.isFailing = true
        #expect(throws: failure) { try Image(reading: reader) }
    }
}

/// A source that can be made to fail.
private final class FailingSource: ImageSource {
    private let source: MemorySource
    private let failure: ImageError
    var isFailing = false

    init(_ bytes: [UInt8], _ failure: ImageError) {
        source = MemorySource(bytes)
        self.failure = failure
    }

    var byteCount: Int { source.byteCount }

    func read(
        at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws(ImageError) -> Int {
        if isFailing { throw failure }
        return unsafe source.read(at: offset, into: buffer)
    }
}
