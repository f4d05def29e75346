import FormatKit
import TestSupport
import Testing

@Suite struct MemoryBudgetTests {
    @Test func `shares together stay within the limit, and give back what they held`() throws {
        let budget = MemoryBudget(limit: 100)
        let first = budget.makeShare()
        try first.reserve(60)
        do {
            let second = budget.makeShare()
            try second.reserve(30)
            #expect(budget.reservedByteCount == 90)
            #expect(
                throws: ImageError.limitExceeded(.memory, requested: 110, allowed: 100)
            ) { try second.reserve(20) }
            #expect(second.byteCount == 30)
            try budget.check(10)
            #expect(
                throws: ImageError.limitExceeded(.memory, requested: 101, allowed: 100)
            ) { try budget.check(11) }
        }
        #expect(budget.reservedByteCount == 60)
        try first.grow(to: 100)
        try first.grow(to: 50)
        #expect(first.byteCount == 100)
        first.giveBack()
        first.giveBack()
        #expect(budget.reservedByteCount == 0)
        #expect(throws: ImageError.limitExceeded(.memory, requested: .max, allowed: 100)) {
            try first.reserve(ImageSize(width: .max, height: 2), bytesPerPixel: 3)
        }
        #expect(budget.reservedByteCount == 0)
    }

    @Test func `what turning holds counts beside what the reader holds`() throws {
        let size = ImageSize(width: 200, height: 120)
        let pictureByteCount = size.pixelCount * 3
        func convert(limit: Int) throws(ImageError) -> Int {
            let context = CodecContext(limits: Limits(memoryByteCount: limit))
            let registry: FormatRegistry
            do {
                registry = try FormatRegistry([HoldingFormat(size: size), ToyFormat()])
            } catch {
                preconditionFailure("\(error)")
            }
            let prepared = try Converter(
                registry: registry, context: context,
                preferences: ConversionPreferences(orientation: .apply)
            ).prepare(
                MemorySource(Array("HOLD".utf8)), to: ToyFormat(), settings: WriteSettings())
            _ = try prepared.run(to: MemorySink())
            return context.memory.reservedByteCount
        }
        // One alone would fit, both do not: this is known before anything is decoded.
        let error = #expect(throws: ImageError.self) { try convert(limit: pictureByteCount + 1000) }
        guard case .limitExceeded(.memory, 2 * pictureByteCount, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try convert(limit: 8 * pictureByteCount) == 0)
    }
}

/// A format whose reader holds its picture, which lies on its side.
private struct HoldingFormat: FormatPlugin {
    let size: ImageSize
    let descriptor = FormatDescriptor(
        id: FormatID("hold"), name: "Holding", fileExtensions: ["hold"], mediaTypes: [],
        signatures: [Signature(Array("HOLD".utf8))],
        read: ReadCapabilities(streaming: .wholeImage, metadata: [.orientation]), write: nil)

    func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        try Reader(size, context)
    }

    func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        throw .unsupported(descriptor.id, "writing")
    }

    private final class Reader: ImageReader {
        let header: ImageHeader
        private let memory: MemoryShare

        init(_ size: ImageSize, _ context: CodecContext) throws(ImageError) {
            header = ImageHeader(
                size: size, layout: PixelLayout(.rgb, .uint8),
                metadata: ImageMetadata(orientation: .left))
            memory = context.memory.makeShare()
            try memory.reserve(size, bytesPerPixel: 3)
        }

        func readRows(into band: inout PixelBand) {
            unsafe band.fill(rowCount: 1) { target in
                for index in target.indices { unsafe target[index] = 7 }
            }
        }
    }
}
