import FormatKit
import Synchronization
import Testing

@Suite struct ConverterTests {
    /// A sink that counts what happens to it.
    private final class WatchedSink: ImageSink {
        let sink = MemorySink()
        var commitCount = 0
        var discardCount = 0
        var commitFailure: ImageError?

        var byteCount: Int { sink.byteCount }

        func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
            unsafe sink.write(bytes, at: offset)
        }

        func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
            unsafe sink.read(at: offset, into: buffer)
        }

        func commit() throws(ImageError) {
            if let commitFailure { throw commitFailure }
            commitCount += 1
        }

        func discard() { discardCount += 1 }
    }

    private let file = toyFile(width: 150, height: 200, layout: 2)

    private func convert(
        _ bytes: [UInt8], to plugin: ToyFormat, from source: ToyFormat = ToyFormat(),
        sink: WatchedSink, isStrict: Bool = false, context: CodecContext = CodecContext()
    ) throws -> Converter.Report {
        let converter = Converter(
            registry: try FormatRegistry([source]), context: context, isStrict: isStrict)
        return try converter.convert(
            MemorySource(bytes), to: plugin, settings: WriteSettings(), makeSink: { sink })
    }

    @Test func `an image passes through unchanged`() throws {
        let sink = WatchedSink()
        let report = try convert(file, to: ToyFormat(), sink: sink)
        #expect(sink.sink.bytes == file)
        #expect(sink.commitCount == 1)
        #expect(sink.discardCount == 0)
        #expect(report.sourceFormat == FormatID("toy"))
        #expect(report.targetFormat == FormatID("toy"))
        #expect(report.sourceByteCount == file.count)
        #expect(report.outputByteCount == file.count)
        #expect(report.plan.losses == [])
    }

    @Test func `rows are converted and losses reported`() throws {
        let sink = WatchedSink()
        let target = ToyFormat(layouts: [PixelLayout(.rgb, .uint8)])
        let report = try convert(file, to: target, sink: sink)
        #expect(report.plan.losses == [.bitDepth(from: 16, to: 8)])
        #expect(sink.sink.bytes.count == 7 + 150 * 200 * 3)
    }

    @Test func `a strict converter refuses losses before it makes a sink`() throws {
        let target = ToyFormat(layouts: [PixelLayout(.gray, .uint8)])
        var source = ToyFormat()
        source.metadata = ImageMetadata(xmp: [1])
        let converter = Converter(
            registry: try FormatRegistry([source]), context: CodecContext(), isStrict: true)
        #expect(
            throws: ImageError.lossRefused([
                .bitDepth(from: 16, to: 8), .color, .metadata(.xmp),
            ])
        ) {
            try converter.convert(
                MemorySource(file), to: target, settings: WriteSettings(),
                makeSink: {
                    Issue.record("a sink was made")
                    return MemorySink()
                })
        }
        let sink = WatchedSink()
        #expect(try convert(file, to: ToyFormat(), sink: sink, isStrict: true).plan.losses == [])
    }

    @Test func `a writer's failure discards the sink`() {
        let failure = ImageError.io("write", code: 28, reason: "no space left on device")
        var target = ToyFormat()
        target.failure = (failure, afterRows: 0)
        let sink = WatchedSink()
        #expect(throws: failure) { try convert(file, to: target, sink: sink) }
        #expect(sink.commitCount == 0)
        #expect(sink.discardCount == 1)
    }

    @Test(arguments: [8, 100, 1000])
    func `a truncated source discards the sink`(missing: Int) {
        let sink = WatchedSink()
        #expect(throws: ImageError.self) {
            try convert(Array(file.dropLast(missing)), to: ToyFormat(), sink: sink)
        }
        #expect(sink.commitCount == 0)
        #expect(sink.discardCount == 1)
    }

    @Test func `a failing commit discards the sink`() {
        let sink = WatchedSink()
        let failure = ImageError.io("rename", code: 13, reason: "permission denied")
        sink.commitFailure = failure
        #expect(throws: failure) { try convert(file, to: ToyFormat(), sink: sink) }
        #expect(sink.discardCount == 1)
    }

    @Test(arguments: 0..<4)
    func `cancellation at any time discards the sink`(calls: Int) {
        let count = Atomic(0)
        let sink = WatchedSink()
        let context = CodecContext(isCancelled: {
            count.add(1, ordering: .relaxed).newValue > calls
        })
        // One band, so it is asked before the band and before the commit.
        if calls < 2 {
            #expect(throws: ImageError.cancelled) {
                try convert(file, to: ToyFormat(), sink: sink, context: context)
            }
            #expect(sink.commitCount == 0)
            #expect(sink.discardCount == 1)
        } else {
            #expect(throws: Never.self) {
                try convert(file, to: ToyFormat(), sink: sink, context: context)
            }
            #expect(sink.commitCount == 1)
        }
    }

    @Test func `limits are checked before a sink is made`() throws {
        let context = CodecContext(limits: Limits(pixelCount: 29_999))
        let converter = Converter(
            registry: try FormatRegistry([ToyFormat()]), context: context)
        #expect(throws: ImageError.limitExceeded(.pixels, requested: 30_000, allowed: 29_999)) {
            try converter.convert(
                MemorySource(file), to: ToyFormat(), settings: WriteSettings(),
                makeSink: {
                    Issue.record("a sink was made")
                    return MemorySink()
                })
        }
    }

    @Test func `what is not recognized is said so`() {
        let sink = WatchedSink()
        #expect(throws: ImageError.unrecognized) {
            try convert([1, 2, 3], to: ToyFormat(), sink: sink)
        }
        #expect(sink.discardCount == 0)
    }
}
