import FormatKit
import TestSupport
import Testing

@testable import TIFFFormat

/// What is written is read back: pixels in every layout and organization.
@Suite struct RoundTripTests {
    /// A way to write.
    struct Way: CustomTestStringConvertible {
        var options: [String: String]
        var testDescription: String {
            options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                .joined(separator: " ")
        }
    }

    static let ways: [Way] =
        ["none", "lzw", "deflate", "packbits", "zstd"].flatMap { compression in
            ["0", "16", "64"].map { Way(options: ["compression": compression, "tile": $0]) }
        } + [
            Way(options: ["predictor": "off"]),
            Way(options: ["bigtiff": "on", "compression": "lzw", "tile": "32"]),
            Way(options: ["bigtiff": "on"]),
        ]

    @Test(arguments: storedLayouts, ways)
    func `every layout survives every organization`(layout: PixelLayout, way: Way) throws {
        let image = testImage(layout)
        let bytes = try encode(image, way.options, bandRows: 7)
        let warnings = WarningLog()
        let result = try decode(bytes, warnings: warnings, bandRows: 5)
        #expect(result.bytes == image.bytes)
        #expect(result.header.layout == layout)
        #expect(result.header.frameCount == 1)
        #expect(result.header.significantBits == layout.sample.bitCount)
        #expect(warnings.warnings == [])
    }

    @Test(arguments: ["0", "16"])
    func `an image of several strips or rows of tiles survives`(tile: String) throws {
        let image = testImage(PixelLayout(.rgb, .uint16), width: 300, height: 700)
        let bytes = try encode(image, ["tile": tile, "compression": "lzw"], bandRows: 64)
        #expect(try decode(bytes).bytes == image.bytes)
    }

    @Test func `a strip larger than 1 MiB is decoded by rows`() throws {
        var random = [UInt8](repeating: 7, count: 1500 * 1000)
        for index in stride(from: 0, to: random.count, by: 977) { random[index] = 9 }
        var file = HandmadeTIFF(width: 1500, height: 1000, bits: 8, strip: random)
        #expect(try decode(file.bytes(), bandRows: 11).bytes == random)
        // The same by PackBits, whose strips are not cut up at opening.
        file.set(259, 3, [32773])
        file.blocks = [
            stride(from: 0, to: random.count, by: 100).flatMap {
                [99] + random[$0..<$0 + 100]
            }
        ]
        #expect(try decode(file.bytes(), bandRows: 11).bytes == random)
    }

    @Test(arguments: [1, 5, 9])
    func `effort changes the size but not the pixels`(effort: Int) throws {
        let image = testImage(PixelLayout(.rgb, .uint8), width: 200, height: 200)
        #expect(try decode(try encode(image, effort: effort)).bytes == image.bytes)
    }

    @Test func `the same image gives the same bytes`() throws {
        let image = testImage(PixelLayout(.rgb, .uint8, alpha: .straight))
        #expect(try encode(image) == encode(image, bandRows: 3))
    }

    @Test func `details name the organization`() throws {
        let options = ["compression": "lzw", "tile": "32", "bigtiff": "on"]
        let bytes = try encode(testImage(PixelLayout(.gray, .uint8)), options)
        let details = try decode(bytes).header.details
        #expect(details.contains(ImageDetail("compression", .text("LZW"))))
        #expect(details.contains(ImageDetail("predictor", .integer(2))))
        #expect(details.contains(ImageDetail("organization", .text("tiles"))))
        #expect(details.contains(ImageDetail("tile_width", .integer(32))))
        #expect(details.contains(ImageDetail("container", .text("BigTIFF"))))
        #expect(details.contains(ImageDetail("byte_order", .text("little-endian"))))
    }

    @Test func `a file becomes BigTIFF when it could reach 4 GiB`() throws {
        func isBig(_ options: [String: String], samples: Int) throws -> Bool {
            let values = try OptionValues(parsing: options, for: TIFFPlugin().descriptor)
            return try TIFFOptions(WriteSettings(options: values))
                .isBig(sampleByteCount: samples, metadataByteCount: 0)
        }
        #expect(try !isBig(["compression": "none"], samples: 4000 << 20))
        #expect(try isBig(["compression": "none"], samples: 4090 << 20))
        #expect(try isBig(["compression": "lzw"], samples: 3000 << 20))
        #expect(try !isBig(["bigtiff": "off"], samples: .max))
        #expect(try isBig(["bigtiff": "on"], samples: 1))
        #expect(try isBig([:], samples: .max))
    }

    @Test(arguments: [
        (["compression": "zip"], "tiff.compression"), (["tile": "17"], "tiff.tile"),
        (["tile": "-16"], "tiff.tile"), (["strip": "1"], "tiff.strip"),
        (["compression": "packbits", "predictor": "on"], "tiff.predictor"),
    ])
    func `a bad option is named`(options: [String: String], name: String) {
        let error = #expect(throws: ImageError.self) {
            try encode(testImage(PixelLayout(.gray, .uint8)), options)
        }
        guard case .invalidOption(name, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `missing rows are an error`() throws {
        let image = testImage(PixelLayout(.gray, .uint8))
        let writer = try TIFFPlugin().makeWriter(
            sink: MemorySink(), header: image.header, settings: WriteSettings(),
            context: CodecContext())
        #expect(throws: ImageError.self) { try writer.finish() }
    }

    @Test func `a failing sink's error comes through`() throws {
        let failure = ImageError.io("write", code: 28, reason: "no space left on device")
        #expect(throws: failure) {
            let image = testImage(PixelLayout(.rgb, .uint16), width: 300, height: 300)
            let writer = try TIFFPlugin().makeWriter(
                sink: FailingSink(failure, capacity: 100_000), header: image.header,
                settings: WriteSettings(), context: CodecContext())
            try image.write(to: writer)
        }
    }
}

/// A sink that is full after some bytes.
private final class FailingSink: ImageSink {
    private let failure: ImageError
    private let capacity: Int
    private let sink = MemorySink()

    init(_ failure: ImageError, capacity: Int) {
        self.failure = failure
        self.capacity = capacity
    }

    var byteCount: Int { sink.byteCount }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(ImageError) {
        guard offset + bytes.count <= capacity else { throw failure }
        unsafe sink.write(bytes, at: offset)
    }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        unsafe sink.read(at: offset, into: buffer)
    }

    func commit() {}

    func discard() {}
}
