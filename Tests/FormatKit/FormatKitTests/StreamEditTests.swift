@testable import FormatKit
import TestSupport
import Testing

/// Coded streams that pass edited: with other metadata, or turned, but not encoded again.
@Suite struct StreamEditTests {
    /// A square, so that it may be called turned.
    private static let toy = toyFile(width: 8, height: 8, layout: 1)
    private let file = Array("WRAP".utf8) + toy
    private let stripped = ConversionPreferences(
        metadata: Set(MetadataKind.allCases).subtracting([.exif]))
    private let upright = ConversionPreferences(orientation: .apply)

    /// A format that edits, whose files say which side is up.
    private func format(
        _ orientation: Orientation = .up, blockSize: Int? = nil,
        fault: StreamFormat.Fault = .none
    ) -> StreamFormat {
        var format = StreamFormat(isEditing: true)
        format.metadata.orientation = orientation
        format.fault = fault
        format.turns = blockSize.map {
            StreamTurns(
                of: ImageSize(width: 8, height: 8),
                blockSize: ImageSize(width: $0, height: $0), heldByteCount: 5000)
        }
        return format
    }

    private func prepare(
        _ format: StreamFormat, _ preferences: ConversionPreferences, use: StreamUse = .auto,
        quality: Double? = nil, selection: Selection = .whole, isStrict: Bool = false,
        isVerifying: Bool = false, context: CodecContext = CodecContext()
    ) throws -> PreparedConversion {
        try Converter(
            registry: try FormatRegistry([format]), context: context, isStrict: isStrict,
            preferences: preferences, isVerifying: isVerifying
        ).prepare(
            MemorySource(file), selection: selection, to: format,
            settings: try WriteSettings(
                for: format, quality: quality, options: ["transcode": use.rawValue]))
    }

    /// What the reader of pixels cannot deliver: what is edited does not have it either.
    private let lost = Loss.picture("the stream is left out")

    @Test func `metadata that is not kept is edited out`() throws {
        let prepared = try prepare(format(), stripped, isVerifying: true)
        let edit = try #require(prepared.report.path.edit)
        #expect(!edit.isTurning && prepared.report.path.objection == nil)
        #expect(prepared.report.path.streamFormats == [StreamFormat.id])
        #expect(prepared.report.losses == [lost])
        let sink = MemorySink()
        let report = try prepared.run(to: sink)
        #expect(report.path == prepared.report.path && report.losses == [lost])
        #expect(sink.bytes == file)
    }

    @Test func `what changes nothing stays as it is, to the byte`() throws {
        let prepared = try prepare(format(), upright)
        #expect(prepared.report.path.stream != nil && prepared.report.path.edit == nil)
        #expect(prepared.report.losses.isEmpty)
    }

    @Test(arguments: Orientation.allCases.dropFirst())
    func `a picture of whole blocks is turned by them`(orientation: Orientation) throws {
        let prepared = try prepare(format(orientation, blockSize: 8), upright)
        #expect(prepared.report.path.edit == StreamEdit(turning: orientation))
        #expect(prepared.report.plan.isTurned)
        // The stream three times, and what turning takes.
        #expect(prepared.heldByteCount == 3 * file.count + 5000)
        let kept = try prepare(format(orientation, blockSize: 8), stripped)
        // Orientation has no place of its own in the toys' metadata: it is turned all the same.
        #expect(kept.report.path.edit == StreamEdit(turning: orientation))
    }

    @Test func `a picture that is cut through blocks is decoded`() throws {
        let words = "the picture is turned upright, and an edge of it cuts through blocks"
        let prepared = try prepare(format(.right, blockSize: 5), upright)
        #expect(prepared.report.path == .pixels(since: words))
        let error = refusal {
            _ = try prepare(format(.right, blockSize: 5), upright, use: .always)
        }
        #expect(error == .streamRefused(StreamFormat.id, words))
        let none = try prepare(format(.right), upright)
        #expect(none.report.path == .pixels(since: "the picture is turned upright"))
        // Along the diagonal every block stays whole.
        let transposed = try prepare(format(.leftMirrored, blockSize: 5), upright)
        #expect(transposed.report.path.edit?.isTurning == true)
    }

    @Test(
        arguments: [
            (16, 16, Orientation.allCases), (17, 16, [.up, .downMirrored, .leftMirrored, .right]),
            (16, 17, [.up, .upMirrored, .leftMirrored, .left]), (17, 17, [.up, .leftMirrored]),
        ] as [(Int, Int, [Orientation])])
    func `only what stays at its edge may be cut`(
        width: Int, height: Int, orientations: [Orientation]
    ) {
        let turns = StreamTurns(
            of: ImageSize(width: width, height: height),
            blockSize: ImageSize(width: 8, height: 8), heldByteCount: 0)
        #expect(turns.orientations == Set(orientations))
    }

    @Test(arguments: [StreamUse.auto, .always, .never])
    func `an edit is what a person asks for, or not`(use: StreamUse) throws {
        let path = try prepare(format(), stripped, use: use).report.path
        #expect((path.edit != nil) == (use != .never))
        #expect(path.objection == nil)
    }

    @Test func `other pixels are encoded`() throws {
        let part = Selection(region: PixelRegion(columns: 0..<5, rows: 0..<7))
        var deep = stripped
        deep.depth = 16
        for (prepared, words) in [
            (try prepare(format(), stripped, quality: 50), "a quality is asked for"),
            (
                try prepare(format(), stripped, selection: part),
                "only a part of the picture, or another size of it, is wanted"
            ), (try prepare(format(), deep), "samples change from rgb uint8 to rgb uint16"),
        ] {
            #expect(prepared.report.path == .pixels(since: words))
        }
    }

    @Test func `what stays behind is a loss`() throws {
        var lossy = format()
        lossy.rest = [.picture("a trailer is left out")]
        let report = try prepare(lossy, stripped).run(to: MemorySink())
        #expect(report.losses == [lost] + lossy.rest)
        let sink = MemorySink()
        let error = refusal { _ = try prepare(lossy, stripped, isStrict: true).run(to: sink) }
        #expect(error == .lossRefused([lost]) && sink.bytes.isEmpty)
    }

    @Test func `what the codec does not edit is decoded, and that is told`() throws {
        let log = WarningLog()
        let prepared = try prepare(format(fault: .refused), stripped, context: log.context())
        #expect(prepared.report.path.edit != nil)
        let report = try prepared.run(to: MemorySink())
        #expect(report.path == .pixels(since: "it looks odd") && report.losses == [lost])
        #expect(log.warnings == ["decoded and encoded again: it looks odd"])
        let error = refusal {
            _ = try prepare(format(fault: .refused), stripped, use: .always).run(to: MemorySink())
        }
        #expect(error == .streamRefused(StreamFormat.id, "it looks odd"))
    }

    @Test func `an edit that changes a pixel is found`() throws {
        let sink = MemorySink()
        let error = refusal {
            _ = try prepare(format(fault: .changed), stripped, isVerifying: true).run(to: sink)
        }
        guard case .verificationFailed(StreamFormat.id, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(sink.bytes.isEmpty)
    }

    @Test func `formats that edit nothing refuse it`() throws {
        let toy = ToyStreams()
        let header = ImageHeader(
            size: ImageSize(width: 1, height: 1), layout: ToyFormat.layouts[0])
        let edit = StreamEdit(turning: .up)
        #expect(
            refusal {
                try toy.embed(
                    [], of: header, to: MemorySink(), WriteSettings(), context: CodecContext())
            } == .streamRefused(toy.descriptor.id, "it takes no streams"))
        let refused = ImageError.streamRefused(toy.descriptor.id, "it edits no streams")
        #expect(
            refusal {
                try toy.edit([], edit, of: header, to: MemorySink(), context: CodecContext())
            } == refused)
        #expect(
            refusal {
                _ = try toy.difference(of: [], from: [], after: edit, context: CodecContext())
            } == refused)
    }
}

/// A format of streams that leaves all that it could do with them as it is.
private struct ToyStreams: StreamPlugin {
    private let toy = ToyFormat()

    var descriptor: FormatDescriptor { toy.descriptor }

    func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        try toy.makeReader(source: source, context: context)
    }

    func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try toy.makeWriter(sink: sink, header: header, settings: settings, context: context)
    }
}
