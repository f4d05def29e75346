import FormatKit
import TestSupport
import Testing

@testable import JPEGFormat

/// JPEG files that pass as they are.
@Suite struct JPEGStreamTests {
    private func stream(
        of bytes: [UInt8], context: CodecContext = CodecContext()
    ) throws -> [UInt8] {
        let reader = try #require(
            try JPEGPlugin().makeReader(source: MemorySource(bytes), context: context)
                as? any StreamReader)
        return try reader.readStream(reserving: context.memory.makeShare())
    }

    @Test(arguments: JPEGRoundTripTests.layouts, [false, true])
    func `the stream is the file, and rows can be read after it`(
        layout: PixelLayout, isProgressive: Bool
    ) throws {
        let file = try JPEGDamageTests.sample(layout, isProgressive)
        let bytes = file.bytes + [1, 2, 3]
        let reader = try #require(
            try JPEGPlugin().makeReader(source: MemorySource(bytes), context: CodecContext())
                as? any StreamReader)
        let share = CodecContext().memory.makeShare()
        #expect(try reader.readStream(reserving: share) == bytes)
        #expect(share.byteCount == bytes.count)
        #expect(try Image(reading: reader).bytes == (try file.decoded()).bytes)
        #expect(reader.stream?.traits == (layout.model == .cmyk ? ["CMYK"] : []))
    }

    @Test func `a damaged file is not a stream`() throws {
        let bytes = try JPEGDamageTests.sample(PixelLayout(.rgb, .uint8), false).bytes
        for count in stride(from: 2, to: bytes.count - 2, by: 31) {
            let error = #expect(throws: ImageError.self) {
                try stream(of: Array(bytes[..<count]))
            }
            guard case .truncated = error else {
                Issue.record("\(String(describing: error)) of \(count) bytes")
                return
            }
        }
    }

    @Test func `what only decoding could tell is not told of what passes`() throws {
        let log = WarningLog()
        let bytes = try JPEGEditing().bytes + Array("1234ftyp".utf8)
        #expect(try stream(of: bytes, context: log.context()) == bytes)
        #expect(log.warnings.isEmpty)
    }

    /// A file that another one takes the place of while it is read.
    private final class ChangingSource: ImageSource {
        var source: MemorySource
        var byteCount: Int { source.byteCount }

        init(_ bytes: [UInt8]) { source = MemorySource(bytes) }

        func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
            unsafe source.read(at: offset, into: buffer)
        }
    }

    @Test func `a file of which there is less to say later is no trap`() throws {
        let bytes = try JPEGEditing().bytes
        let source = ChangingSource(bytes[..<2] + [1, 2, 3] + bytes[2...])
        let log = WarningLog()
        let reader = try #require(
            try JPEGPlugin().makeReader(source: source, context: log.context())
                as? any StreamReader)
        #expect(log.warnings.count == 1, "\(log.warnings)")
        source.source = MemorySource(bytes)
        #expect(try reader.readStream(reserving: CodecContext().memory.makeShare()) == bytes)
    }

    @Test func `a stream has to fit into memory`() throws {
        let bytes = try JPEGEditing().bytes + [UInt8](repeating: 0, count: 1_000_000)
        let context = CodecContext(limits: Limits(memoryByteCount: bytes.count))
        let error = #expect(throws: ImageError.self) { try stream(of: bytes, context: context) }
        guard case .limitExceeded(.memory, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: ["subsampling": "444", "progressive": "true", "optimize": "false"])
    func `options that ask for another encoding are in the way`(
        key: String, value: String
    ) throws {
        let plugin = JPEGPlugin()
        let stream = CodedStream(format: .jpeg)
        #expect(plugin.descriptor.write?.streams.map(\.format) == [.jpeg])
        let settings = try WriteSettings(for: plugin, options: [key: value])
        #expect(plugin.objection(to: stream, with: settings) == "jpeg.\(key) is set")
        #expect(
            plugin.objection(to: stream, with: WriteSettings(quality: 1))
                == "a quality is asked for")
        #expect(plugin.objection(to: stream, with: WriteSettings(effort: 9)) == nil)
    }
}
