import FormatKit
import Synchronization
import TestSupport
import Testing

@testable import CoinFormat

@Suite struct CoinReaderTests {
    @Test(arguments: [1, 2, 7, 35, 100])
    func `delivers the rows in bands of any height`(rowCapacity: Int) throws {
        let bytes = try CoinDecoderTests.tiledFile().serialized
        let image = try CoinDecoder(parsing: bytes).decode()
        let reader = try CoinPlugin().makeReader(
            source: MemorySource(bytes), context: CodecContext(threadCount: 2))
        var band = PixelBand(
            width: 41, layout: reader.header.layout, rowCapacity: rowCapacity)
        var rows: [UInt8] = []
        for _ in 0..<(34 / rowCapacity + 1) {
            try reader.readRows(into: &band)
            rows += band.filledBytes
        }
        #expect(reader.header == image.header)
        #expect(rows == image.bytes)
        try reader.readRows(into: &band)
        #expect(band.rowCount == 0)
    }

    @Test func `reports metadata and what is particular`() throws {
        let metadata = CoinFileTests.metadata
        let file = try CoinFile.random(
            6, 4, columns: 2, overlap: 1, widths: [[2], [1, 2]], metadata: metadata)
        let header = try CoinDecoder(parsing: file.serialized).header
        #expect(header.metadata == metadata)
        #expect(header.frameCount == 1)
        let details = Dictionary(uniqueKeysWithValues: header.details.map { ($0.name, $0.value) })
        #expect(details["version"] == .integer(1))
        #expect(details["tiles"] == .text("2x1"))
        #expect(details["tile_overlap"] == .integer(1))
        // 2→2→3: 6 + 9 parameters; 2→1→2→3: 3 + 4 + 9.
        #expect(details["parameters"] == .integer(15 + 16))
        #expect(details["multiply_adds_per_pixel"] == .integer(2 + 2 + 6))
        guard case .list(let architectures) = details["architectures"] else {
            Issue.record("no architectures")
            return
        }
        #expect(architectures.count == 2)
        guard case .record(let first) = architectures[0] else {
            Issue.record("no record")
            return
        }
        #expect(
            first == [
                ImageDetail("kind", .text("siren")), ImageDetail("layers", .integer(1)),
                ImageDetail("width", .integer(2)), ImageDetail("first_omega", .real(30)),
                ImageDetail("hidden_omega", .real(30)),
            ])
    }

    @Test func `lists a file of unknown networks, and refuses its pixels by their kind`() throws {
        let bytes = try CoinFile.unknown().serialized
        let refusal = ImageError.unsupported(.coin, "architecture kind 200")
        let decoder = try CoinDecoder(parsing: bytes)
        let header = decoder.header
        #expect(header.size == ImageSize(width: 6, height: 4))
        let details = Dictionary(uniqueKeysWithValues: header.details.map { ($0.name, $0.value) })
        #expect(
            details["architectures"]
                == .list([
                    .record([
                        ImageDetail("kind", .text("unknown 200")),
                        ImageDetail("descriptor_bytes", .integer(3)),
                    ])
                ]))
        #expect(throws: refusal) { try decoder.decode() }
        let reader = try CoinPlugin().makeReader(
            source: MemorySource(bytes), context: CodecContext())
        var band = PixelBand(width: 6, layout: header.layout, rowCapacity: 4)
        #expect(throws: refusal) { try reader.readRows(into: &band) }
    }

    @Test func `stops when it is told to`() throws {
        let bytes = try CoinDecoderTests.tiledFile().serialized
        let count = Mutex(0)
        let context = CodecContext(
            threadCount: 2,
            isCancelled: {
                count.withLock {
                    $0 += 1
                    return $0 > 5
                }
            })
        let decoder = try CoinDecoder(parsing: bytes, context: context)
        #expect(throws: ImageError.cancelled) { try decoder.decode() }
    }
}
