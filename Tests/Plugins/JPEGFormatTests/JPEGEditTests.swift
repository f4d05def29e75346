import FormatKit
import TestSupport
import Testing

@testable import JPEGFormat

/// Files whose picture passes while what they say beside it becomes another.
@Suite struct JPEGEditTests {
    /// What becomes of a file, without turning it.
    static func edited(
        _ file: [UInt8], _ metadata: ImageMetadata = ImageMetadata(),
        turning: Orientation = .up, context: CodecContext = CodecContext()
    ) throws -> [UInt8] {
        let plugin = JPEGPlugin()
        var header = try plugin.makeReader(
            source: MemorySource(file), context: CodecContext()
        ).header
        header.size = turning.uprightSize(of: header.size)
        header.metadata = metadata
        let sink = MemorySink()
        try plugin.edit(
            file, StreamEdit(turning: turning), of: header, to: sink, context: context)
        return sink.bytes
    }

    /// The parts that make a picture.
    private func picture(_ file: [UInt8]) -> [JPEGEditing.Part] {
        JPEGEditing(file).parts.filter { $0.marker & 0xF0 != 0xE0 && $0.marker != 0xFE }
    }

    /// The parts that describe it.
    private func description(_ file: [UInt8]) -> [JPEGEditing.Part] {
        JPEGEditing(file).parts.filter { $0.marker & 0xF0 == 0xE0 || $0.marker == 0xFE }
    }

    private static let full: ImageMetadata = {
        var metadata = ImageMetadata(
            icc: SampleProfile.icc("RGB ", count: 150_000), exif: SampleMetadata.exif,
            xmp: SampleMetadata.xmp(100_000),
            resolution: Resolution(horizontal: 300, vertical: 150, unit: .inch),
            orientation: .right, texts: [TextEntry("Comment", "Grüße")])
        metadata.iptc = SampleMetadata.iptc
        metadata.photoshop = SampleMetadata.photoshop()
        return metadata
    }()

    @Test(arguments: JPEGRoundTripTests.layouts, [false, true])
    func `scans pass as they are, and nothing else does`(
        layout: PixelLayout, isProgressive: Bool
    ) throws {
        let file = try JPEGDamageTests.sample(layout, isProgressive).bytes
        let bare = try Self.edited(file)
        #expect(picture(bare) == picture(file))
        // The colors of CMYK are inverted where Adobe's segment is, and of no use to JFIF.
        #expect(description(bare).map(\.marker) == [layout.model == .cmyk ? 0xEE : 0xE0])
        let image = try Image(decoding: bare, as: JPEGPlugin())
        #expect(image.header.metadata == ImageMetadata())
        #expect(image.bytes == (try Image(decoding: file, as: JPEGPlugin())).bytes)
    }

    @Test(arguments: JPEGRoundTripTests.layouts, [false, true])
    func `metadata are written as with pixels`(
        layout: PixelLayout, isProgressive: Bool
    ) throws {
        let file = try JPEGEditing(layout, options: ["progressive": "\(isProgressive)"])
        let edited = try Self.edited(file.bytes, Self.full)
        var written = try JPEGEditing(
            layout, options: ["progressive": "\(isProgressive)"], metadata: Self.full)
        #expect(edited == written.bytes)
        #expect(try Image(decoding: edited, as: JPEGPlugin()).header.metadata == Self.full)
        // And out again, of one that has everything.
        written = try JPEGEditing(
            layout, options: ["progressive": "\(isProgressive)"], metadata: ImageMetadata())
        #expect(try Self.edited(edited) == written.bytes)
    }

    /// A file whose colors are RGB, by its names of them or by Adobe's segment.
    private func rgb(byName: Bool) throws -> JPEGEditing {
        var file = try JPEGEditing(options: ["subsampling": "444"])
        file.parts.removeAll { $0.marker == 0xE0 }
        guard byName else {
            file.parts.insert(
                .init(marker: 0xEE, content: Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 0]), at: 0)
            return file
        }
        let names = Array("RGB".utf8)
        let scan = file.scanIndices[0]
        for index in 0..<3 {
            file.parts[file.frameIndex].content[6 + 3 * index] = names[index]
            file.parts[scan].content[1 + 2 * index] = names[index]
        }
        return file
    }

    @Test(arguments: [false, true])
    func `RGB stays RGB`(byName: Bool) throws {
        let file = try rgb(byName: byName)
        let image = try file.decoded()
        #expect("\(image.header.details)".contains("\"RGB\""), "\(image.header.details)")
        var metadata = ImageMetadata(exif: SampleMetadata.exif, orientation: .right)
        let edited = try Self.edited(file.bytes, metadata)
        #expect(try Image(decoding: edited, as: JPEGPlugin()).bytes == image.bytes)
        #expect(description(edited).map(\.marker) == (byName ? [0xE1] : [0xEE, 0xE1]))
        // JFIF, which says the resolution, would say that they are YCbCr.
        metadata.resolution = Resolution(horizontal: 300, vertical: 300, unit: .inch)
        let error = #expect(throws: ImageError.self) { try Self.edited(file.bytes, metadata) }
        guard case .streamRefused = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `what hides between scans and behind the end goes, and is told`() throws {
        var file = try JPEGEditing(options: ["progressive": "true"])
        let image = try file.decoded()
        let whole = file.bytes
        for scan in file.scanIndices.reversed() {
            file.parts.insert(.init(marker: 0xFE, content: Array("secret".utf8)), at: scan + 1)
            file.parts.insert(.init(marker: 0xE1, content: Array("secret".utf8)), at: scan + 1)
        }
        file.trailer = [0, 0, 0, 0] + Array("ftyp secret".utf8)
        let hiding: [UInt8] =
            [0xFF, 0xD8] + Array("secret".utf8) + file.bytes.dropFirst(2)
        let log = WarningLog()
        let edited = try Self.edited(hiding, context: log.context())
        #expect(edited == whole)
        #expect(try Image(decoding: edited, as: JPEGPlugin()).bytes == image.bytes)
        let count = 2 * file.scanIndices.count
        #expect(log.warnings.count == 2 && log.warnings[1].contains("motion photo"))
        #expect(
            log.warnings[0]
                == "\(count) segments behind the start of the first scan are left out")
    }

    @Test func `a missing end is made up, a copy of the picture told of`() throws {
        let file = try JPEGEditing()
        #expect(try Self.edited(Array(file.bytes.dropLast(2))) == file.bytes)
        #expect(try Self.edited(Array(file.bytes.dropLast())) == file.bytes)
        let copy = file.adding(0xE0, Array("JFXX\0".utf8) + [0x13, 1, 1, 9, 9, 9])
        let log = WarningLog()
        #expect(try Self.edited(copy.bytes, context: log.context()) == file.bytes)
        #expect(log.warnings == ["a reduced copy of the picture is left out"])
    }

    @Test func `restarts and arithmetic coding pass`() throws {
        let judge = ForeignTool("jpegtran")
        guard judge.isInstalled else { try Test.cancel("jpegtran is not installed") }
        let file = try JPEGEditing(PixelLayout(.rgb, .uint8), width: 64, height: 48).bytes
        for arguments in [["-restart", "1"], ["-arithmetic"], ["-arithmetic", "-progressive"]] {
            let made = try judge.run(
                arguments + ["-copy", "none", "%"], on: file, pathExtension: "jpg"
            ).output
            let edited = try Self.edited(made, Self.full)
            #expect(picture(edited) == picture(made), "\(arguments)")
            let (one, other) = try (
                Image(decoding: made, as: JPEGPlugin()), Image(decoding: edited, as: JPEGPlugin())
            )
            #expect(one.bytes == other.bytes && other.header.metadata == Self.full)
        }
    }

    @Test func `another picture than was planned is no trap`() throws {
        let plugin = JPEGPlugin()
        let file = try JPEGEditing().bytes
        let header = ImageHeader(
            size: ImageSize(width: 9, height: 9), layout: PixelLayout(.rgb, .uint8))
        let error = #expect(throws: ImageError.self) {
            try plugin.edit(
                file, StreamEdit(turning: .up), of: header, to: MemorySink(),
                context: CodecContext())
        }
        guard case .io = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: [1, 2] as [UInt64], [false, true])
    func `damage that nobody has looked for is survived`(
        seed: UInt64, isProgressive: Bool
    ) throws {
        let bytes = try JPEGDamageTests.sample(PixelLayout(.rgb, .uint8), isProgressive).bytes
        let header = try JPEGPlugin().makeReader(
            source: MemorySource(bytes), context: CodecContext()
        ).header
        var generator = SplitMix64(seed: seed)
        for round in 0..<300 {
            var damaged = bytes
            damaged[Int.random(in: 0..<bytes.count, using: &generator)] =
                UInt8.random(in: 0...255, using: &generator)
            if round % 3 == 0 {
                damaged.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
            }
            let edit = StreamEdit(turning: round % 2 == 0 ? .up : .down)
            try? JPEGPlugin().edit(
                damaged, edit, of: header, to: MemorySink(), context: CodecContext())
            _ = try? JPEGPlugin().difference(
                of: bytes, from: damaged, after: edit, context: CodecContext())
        }
    }
}
