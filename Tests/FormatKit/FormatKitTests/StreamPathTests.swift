@testable import FormatKit
import TestSupport
import Testing

/// Coded streams that pass as they are, and what stands in their way.
@Suite struct StreamPathTests {
    private let file = Array("WRAP".utf8) + toyFile(width: 9, height: 7, layout: 1)

    private func prepare(
        _ plugin: StreamFormat = StreamFormat(), from source: StreamFormat? = nil,
        selection: Selection = .whole, use: StreamUse = .auto, quality: Double? = nil,
        preferences: ConversionPreferences = ConversionPreferences(), isStrict: Bool = false,
        isVerifying: Bool = false, context: CodecContext = CodecContext()
    ) throws -> PreparedConversion {
        try Converter(
            registry: try FormatRegistry([source ?? plugin]), context: context,
            isStrict: isStrict, preferences: preferences, isVerifying: isVerifying
        ).prepare(
            MemorySource(file), selection: selection, to: plugin,
            settings: try WriteSettings(
                for: plugin, quality: quality, options: ["transcode": use.rawValue]))
    }

    @Test(arguments: StreamUse.allCases)
    func `a stream passes as it is unless nobody wants it`(use: StreamUse) throws {
        let prepared = try prepare(use: use, isVerifying: true)
        let isStream = use != .never
        #expect((prepared.report.path.stream != nil) == isStream)
        #expect(prepared.report.path.objection == nil)
        // What the reader cannot deliver is in the stream.
        #expect(prepared.report.losses.isEmpty == isStream)
        let sink = MemorySink()
        let report = try prepared.run(to: sink)
        #expect(report.path == prepared.report.path && report.losses == prepared.report.losses)
        #expect(sink.bytes == file && report.outputByteCount == file.count)
    }

    /// What changes something, and what is said of it.
    private static let changes: [(ConversionPreferences, Selection, Double?, String)] = [
        (
            ConversionPreferences(), Selection(region: PixelRegion(columns: 0..<5, rows: 0..<7)),
            nil, "only a part of the picture, or another size of it, is wanted"
        ),
        (ConversionPreferences(depth: 16), .whole, nil, "samples change from rgb uint8"),
        (
            ConversionPreferences(metadata: Set(MetadataKind.allCases).subtracting([.exif])),
            .whole, nil, "not all metadata is kept"
        ),
        (ConversionPreferences(isKeepingLocation: false), .whole, nil, "not all metadata is kept"),
        (ConversionPreferences(), .whole, 50, "a quality is asked for"),
    ]

    @Test(arguments: changes)
    func `what changes pixels or metadata is in the way`(
        preferences: ConversionPreferences, selection: Selection, quality: Double?, words: String
    ) throws {
        let prepared = try prepare(
            selection: selection, quality: quality, preferences: preferences)
        let objection = try #require(prepared.report.path.objection)
        #expect(objection.hasPrefix(words), "\(objection)")
        #expect(prepared.report.losses.contains(.picture("the stream is left out")))
        let sink = MemorySink()
        let report = try prepared.run(to: sink)
        #expect(report.path == .pixels(since: objection))
        let error = refusal {
            _ = try prepare(
                selection: selection, use: .always, quality: quality, preferences: preferences)
        }
        #expect(error == .streamRefused(StreamFormat.id, objection))
    }

    @Test func `a picture that is turned is decoded`() throws {
        var plugin = StreamFormat()
        plugin.metadata.orientation = .right
        let prepared = try prepare(plugin)
        #expect(prepared.report.plan.isTurned)
        #expect(prepared.report.path == .pixels(since: "the picture is turned upright"))
    }

    @Test func `several inputs, and what is salvaged, are decoded`() throws {
        let plugin = StreamFormat()
        var context = CodecContext()
        context.isSalvaging = true
        #expect(try prepare(context: context).report.path == .pixels(since: nil))
        let registry = try FormatRegistry([plugin])
        let error = refusal {
            _ = try Converter(registry: registry, context: CodecContext()).prepare(
                MemorySource(file), joining: [(MemorySource(file), nil)], to: plugin,
                settings: try WriteSettings(for: plugin, options: ["transcode": "always"]))
        }
        #expect(
            error
                == .streamRefused(
                    StreamFormat.id, "the input holds no toy stream that can be had alone"))
    }

    @Test func `what is in a file and not in its stream is lost`() throws {
        var source = StreamFormat()
        source.losses = [.picture("a box is left out")]
        #expect(try prepare(source).report.losses == source.losses)
        let error = refusal { _ = try prepare(source, isStrict: true) }
        #expect(error == .lossRefused(source.losses))
    }

    @Test func `what the codec refuses is decoded, and that is told`() throws {
        var target = StreamFormat()
        target.fault = .refused
        let log = WarningLog()
        let prepared = try prepare(target, context: log.context())
        #expect(prepared.report.path.stream != nil)
        let sink = MemorySink()
        let report = try prepared.run(to: sink)
        #expect(report.path == .pixels(since: "it looks odd"))
        #expect(report.losses == [.picture("the stream is left out")])
        #expect(log.warnings == ["decoded and encoded again: it looks odd"])
        #expect(sink.bytes == file)
    }

    @Test(arguments: [(StreamUse.always, false), (.auto, true)])
    func `what the codec refuses fails where pixels will not do`(
        use: StreamUse, isStrict: Bool
    ) throws {
        var target = StreamFormat()
        target.fault = .refused
        let prepared = try prepare(target, use: use, isStrict: isStrict)
        let sink = MemorySink()
        let error = refusal { _ = try prepared.run(to: sink) }
        #expect(
            error
                == (isStrict
                    ? .lossRefused([.picture("the stream is left out")])
                    : .streamRefused(StreamFormat.id, "it looks odd")))
        #expect(sink.bytes.isEmpty)
    }

    @Test func `a stream that came out as another one is found`() throws {
        var target = StreamFormat()
        target.fault = .changed
        let sink = MemorySink()
        let error = refusal { _ = try prepare(target, isVerifying: true).run(to: sink) }
        #expect(
            error
                == .verificationFailed(
                    StreamFormat.id, "the toy stream in it is another from byte 9 on"))
        #expect(sink.bytes.isEmpty)
    }

    @Test func `the memory is that of the stream and of its codec`() throws {
        let plugin = StreamFormat(memoryPerPixel: 100)
        #expect(try prepare(plugin).heldByteCount == 9 * 7 * 100 + 3 * file.count)
        let context = CodecContext(limits: Limits(memoryByteCount: 40))
        let error = refusal { _ = try prepare(plugin, context: context).run(to: MemorySink()) }
        guard case .limitExceeded(.memory, _, 40) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
