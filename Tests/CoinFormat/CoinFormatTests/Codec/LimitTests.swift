import FormatKit
import Testing

@testable import CoinFormat

/// What a decoder refuses from the header alone (spec §8).
@Suite struct LimitTests {
    /// A header without anything after it: whoever looks for tiles says that they are missing.
    private static func header(
        _ width: Int, _ height: Int, widths: [Int] = [1]
    ) throws -> [UInt8] {
        let size = ImageSize(width: width, height: height)
        let header = CoinHeader(
            size: size, channelCount: 3, bitDepth: 8, grid: TileGrid(oneTileOf: size),
            architectures: [SirenArchitecture.descriptor(SirenDescriptor(widths: widths))])
        return CoinFile.signature + Box.serialized(.header, header.serialized)
    }

    private static let absurd = [Int](repeating: 64, count: 16)

    @Test func `refuses too many pixels before it looks for tiles`() throws {
        let pixels = 0xFF_FFFF * 0xFF_FFFF
        #expect(
            throws: ImageError.limitExceeded(.pixels, requested: pixels, allowed: 1 << 28)
        ) { try CoinDecoder(parsing: Self.header(0xFF_FFFF, 0xFF_FFFF)) }
    }

    @Test func `refuses too much work before it looks for tiles`() throws {
        let perPixel = 2 * 64 + 15 * 64 * 64 + 64 * 3
        var context = CodecContext()
        context.multiplyAddLimit = 1 << 40
        #expect(
            throws: ImageError.limitExceeded(
                .work, requested: 16_384 * 16_384 * perPixel, allowed: 1 << 40)
        ) {
            try CoinDecoder(
                parsing: Self.header(16_384, 16_384, widths: Self.absurd), context: context)
        }
    }

    @Test func `misses the tiles of what is within the limits`() throws {
        let bytes = try Self.header(16_384, 16_384)
        #expect(
            throws: ImageError.truncated(
                .coin, "1 byte needed, 0 left", offset: bytes.count)
        ) { try CoinDecoder(parsing: bytes) }
    }

    @Test func `refuses the same through the reader`() throws {
        let source = MemorySource(try Self.header(100_000, 100_000))
        let error = #expect(throws: ImageError.self) {
            try CoinPlugin().makeReader(source: source, context: CodecContext())
        }
        #expect(error?.description.contains("10000000000 pixels, allowed 268435456") == true)
    }

    private func region(_ side: Int) -> PixelRegion {
        PixelRegion(columns: 0..<side, rows: 0..<side)
    }

    /// 27 bytes of the stream stand for some 400 of memory.
    @Test func `counts what very many tiny tiles take, before it parses them`() throws {
        let bytes = try CoinFile.random(
            300, 300, channels: 1, columns: 300, rows: 300, widths: [[1]]
        ).serialized
        let limits = Limits(memoryByteCount: 4 * bytes.count)
        let error = #expect(throws: ImageError.self) {
            try CoinPlugin().makeReader(
                source: MemorySource(bytes), context: CodecContext(limits: limits))
        }
        guard case .limitExceeded(.memory, let requested, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(requested > 90_000 * 200 && requested < 90_000 * 800, "\(requested)")
        let context = CodecContext(limits: Limits(memoryByteCount: requested + (1 << 20)))
        do {
            let reader = try CoinPlugin().makeReader(source: MemorySource(bytes), context: context)
            // Others that run beside it are told.
            #expect(try #require(reader.heldByteCount) > 90_000 * 200)
        }
        // All of it is given back.
        #expect(context.memory.reservedByteCount == 0)
    }

    @Test(arguments: [false, true])
    func `counts what rows of a very wide picture take`(isLatents: Bool) throws {
        let bytes =
            isLatents
            ? try Image.smooth(16, 16).coin(["architecture": "latents", "steps": "2"])
            : try CoinFile.random(4, 4).serialized
        let wide = ImageSize(width: 0xFF_FFFF, height: 2)
        let context = CodecContext(limits: Limits(memoryByteCount: 256 << 20))
        let reader = try CoinPlugin().makeReader(source: MemorySource(bytes), context: context)
        let selecting = try #require(reader as? any SelectingReader)
        let error = #expect(throws: ImageError.self) {
            try selecting.select(PixelRegion(wide), ofSize: wide)
        }
        guard case .limitExceeded(.memory, let requested, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(requested > 800_000_000)
        // Another size can be chosen then.
        try selecting.select(region(8), ofSize: ImageSize(width: 8, height: 8))
        #expect(try Image(reading: selecting).bytes.count == 8 * 8 * 3)
    }

    @Test func `limits what a scaled region costs`() throws {
        let bytes = try CoinFile.random(4, 4, widths: [Self.absurd]).serialized
        // What the parsed networks take, and a little for decoding.
        let plenty = CodecContext()
        let networks = try CoinDecoder(parsing: bytes, context: plenty)
        let (parsed, scratch) = (
            plenty.memory.reservedByteCount,
            try networks.cost(
                of: region(95), size: ImageSize(width: 1000, height: 1000)
            ).heldByteCount
        )
        #expect(parsed > 2 * bytes.count)
        let limits = Limits(
            pixelCount: 10_000, memoryByteCount: parsed + scratch + 20_000)
        var context = CodecContext(limits: limits)
        context.multiplyAddLimit = 1 << 24
        let decoder = try CoinDecoder(parsing: bytes, context: context)
        let tall = ImageSize(width: 4, height: 0x100_0000)
        let large = ImageSize(width: 1000, height: 1000)
        #expect(
            throws: ImageError.limitExceeded(.pixels, requested: 1_000_000, allowed: 10_000)
        ) { try decoder.decode(size: large) }
        #expect(
            throws: ImageError.limitExceeded(
                .memory, requested: parsed + scratch + 27_075, allowed: limits.memoryByteCount)
        ) { try decoder.decode(region: region(95), size: large) }
        #expect(
            throws: ImageError.limitExceeded(
                .work, requested: 900 * 61_760, allowed: 1 << 24)
        ) { try decoder.decode(region: region(30), size: large) }
        #expect(
            throws: ImageError.unsupported(
                .coin, "decoding at more than 16777215 pixels a side")
        ) { try decoder.decode(region: region(4), size: tall) }
        #expect(try decoder.decode(region: region(4), size: large).header.size.width == 4)
    }

    @Test(
        arguments: [
            (.memory, Limits(memoryByteCount: 50)), (.metadata, Limits(metadataByteCount: 99)),
        ] as [(Limits.Name, Limits)])
    func `limits files and metadata`(name: Limits.Name, limits: Limits) throws {
        let metadata = ImageMetadata(xmp: [UInt8](repeating: 0x20, count: 100))
        let bytes = try CoinFile.random(2, 2, metadata: metadata).serialized
        let error = #expect(throws: ImageError.self) {
            try CoinPlugin().makeReader(
                source: MemorySource(bytes), context: CodecContext(limits: limits))
        }
        guard case .limitExceeded(name, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `refuses an instruction set that the machine lacks`() throws {
        let bytes = try CoinFile.random(2, 2).serialized
        for choice in KernelChoice.allCases where !KernelChoice.supported.contains(choice) {
            #expect(
                throws: ImageError.invalidOption(
                    name: "kernels", reason: "this machine cannot run \(choice.rawValue)")
            ) { try CoinDecoder(parsing: bytes, context: .using(choice)) }
        }
    }
}
