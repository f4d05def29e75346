import FormatKit
import TestSupport
import Testing

@testable import JPEGFormat

@Suite struct JPEGDamageTests {
    static let metadata = ImageMetadata(
        icc: SampleProfile.icc("RGB "), exif: SampleMetadata.exif, xmp: SampleMetadata.xmp())

    static func sample(_ layout: PixelLayout, _ isProgressive: Bool) throws -> JPEGEditing {
        try JPEGEditing(
            layout, options: ["progressive": "\(isProgressive)"], metadata: metadata)
    }

    @Test(arguments: JPEGRoundTripTests.layouts, [false, true])
    func `calls every prefix of a file truncated that lacks more than the end marker`(
        _ layout: PixelLayout, isProgressive: Bool
    ) throws {
        let bytes = try Self.sample(layout, isProgressive).bytes
        let end = bytes.count - 2
        let misjudged = JPEGPlugin().misjudgedPrefixes(of: bytes, counts: 0..<end)
        #expect(misjudged.isEmpty, "\(misjudged)")
        let whole = try Image(decoding: bytes, as: JPEGPlugin())
        for count in end..<bytes.count {
            let log = WarningLog()
            let image = try Image(
                decoding: Array(bytes[..<count]), as: JPEGPlugin(), context: log.context())
            #expect(image.bytes == whole.bytes)
            #expect(log.warnings == ["libjpeg: the end marker (EOI) is missing"])
        }
    }

    @Test func `bytes between header segments are skipped with a warning`() throws {
        let file = try JPEGEditing()
        let whole = try file.decoded()
        let bytes = file.bytes
        let log = WarningLog()
        let image = try Image(
            decoding: [0xFF, 0xD8, 1, 2, 3] + bytes.dropFirst(2), as: JPEGPlugin(),
            context: log.context())
        #expect(image.bytes == whole.bytes && log.warnings.count == 1)
        #expect(log.warnings.first?.contains("3 extraneous bytes") == true)
    }

    @Test(arguments: [1, 2] as [UInt64], [false, true])
    func `survives damage to any byte`(seed: UInt64, isProgressive: Bool) throws {
        let bytes = try Self.sample(PixelLayout(.cmyk, .uint8), isProgressive).bytes
        JPEGPlugin().readDamaged(bytes, seed: seed)
    }

    @Test func `refuses a picture whose data end early in front of a marker`() throws {
        var file = try JPEGEditing()
        let scan = file.scanIndices[0]
        file.parts[scan].scan.removeLast(file.parts[scan].scan.count / 2)
        let error = #expect(throws: ImageError.self) { try file.decoded() }
        guard case .malformed(_, "premature end of data segment", .some) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `tells padding with zeros from data that are left over`() throws {
        var file = try JPEGEditing()
        let scan = file.scanIndices[0]
        file.parts[scan].scan += [UInt8](repeating: 0, count: 700)
        let log = WarningLog()
        _ = try file.decoded(log.context())
        #expect(log.warnings.count == 1)
        #expect(log.warnings[0].hasSuffix(" extraneous bytes before marker 0xd9"))
        file.parts[scan].scan[file.parts[scan].scan.count - 690] = 1
        let error = #expect(throws: ImageError.self) { try file.decoded() }
        guard case .malformed(_, let reason, .some) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.hasSuffix(" extraneous bytes before marker 0xd9"))
    }

    @Test func `refuses components without a scan`() throws {
        // Each scan of this script has some of a component's coefficients.
        var file = try JPEGEditing(options: ["progressive": "true"])
        let log = WarningLog()
        _ = try file.decoded(log.context())
        #expect(log.warnings == [])
        file.parts = Array(file.parts[...(file.scanIndices.last ?? 0)])
        while file.scanIndices.count > 1 {
            file.parts.removeLast()
            if file.parts.last?.marker != 0xDA { continue }
            let shorter = WarningLog()
            _ = try file.decoded(shorter.context())
            #expect(shorter.warnings == ["libjpeg: scans with finer detail are missing"])
        }
        // The first scan has the constant terms of all components: leave out those of one.
        file.parts[file.scanIndices[0]].content[0] = 1
        file.parts[file.scanIndices[0]].content.removeSubrange(3..<7)
        #expect(throws: ImageError.self) { try file.decoded() }
    }

    @Test func `refuses more scans than anybody needs`() throws {
        var file = try JPEGEditing(
            PixelLayout(.gray, .uint8), width: 8, height: 8, options: ["progressive": "true"])
        let scan = file.parts[file.scanIndices[file.scanIndices.count - 1]]
        for _ in 0..<120 { file.parts.append(scan) }
        let error = #expect(throws: ImageError.self) { try file.decoded() }
        // A repeated scan is an inconsistent progression anyway; it must not be read 100 times.
        switch error {
        case .malformed(_, let reason, _): #expect(reason.contains("progression"))
        case .unsupported(_, let reason): #expect(reason == "more than 100 scans")
        default: Issue.record("\(String(describing: error))")
        }
    }

    @Test(arguments: [
        (0, 12, "12 bits a sample; only 8 are read"),
        (0, 16, "16 bits a sample; only 8 are read"),
    ])
    func `names the precision that it does not read`(
        index: Int, value: UInt8, reason: String
    ) throws {
        var file = try JPEGEditing()
        file.parts[file.frameIndex].content[index] = value
        #expect(throws: ImageError.unsupported(.jpeg, reason)) { try file.decoded() }
    }

    @Test(
        arguments: [
            (0xC3, "lossless JPEG (SOF3)"), (0xC5, "hierarchical JPEG (SOF5)"),
            (0xCB, "lossless JPEG (SOF11)"), (0xCF, "hierarchical JPEG (SOF15)"),
        ] as [(UInt8, String)])
    func `names the process that it does not read`(marker: UInt8, reason: String) throws {
        var file = try JPEGEditing()
        file.parts[file.frameIndex].marker = marker
        #expect(throws: ImageError.unsupported(.jpeg, reason)) { try file.decoded() }
    }

    @Test func `checks sizes before libjpeg sees the file`() throws {
        var file = try JPEGEditing()
        let index = file.frameIndex
        file.parts[index].content.replaceSubrange(1..<5, with: [0xFF, 0xFF, 0xFF, 0xFF])
        let large = ImageError.limitExceeded(
            .pixels, requested: 65_535 * 65_535, allowed: 1 << 28)
        #expect(throws: large) { try file.decoded() }
        file.parts[index].content.replaceSubrange(1..<5, with: [0, 0, 0, 9])
        let late = ImageError.unsupported(.jpeg, "a height that follows the first scan (DNL)")
        #expect(throws: late) { try file.decoded() }
        file.parts[index].content.replaceSubrange(1..<5, with: [0, 9, 0, 0])
        let offset = 2 + file.parts[..<index].map { $0.content.count + 4 }.reduce(0, +) + 7
        #expect(throws: ImageError.malformed(.jpeg, "a width of 0", offset: offset)) {
            try file.decoded()
        }
    }

    @Test func `counts a progressive image against the memory limit`() throws {
        let plain = try JPEGEditing(width: 200, height: 400)
        let progressive = try JPEGEditing(
            width: 200, height: 400, options: ["progressive": "true"])
        let context = CodecContext(limits: Limits(memoryByteCount: 240_000))
        _ = try plain.decoded(context)
        let error = #expect(throws: ImageError.self) { try progressive.decoded(context) }
        // 4:2:0: luma of 208 × 400 samples, chroma of half as many, two bytes each; and rows.
        #expect(
            error
                == .limitExceeded(
                    .memory, requested: 208 * 400 * 2 * 3 / 2 + 200 * 4 * 16 * 3,
                    allowed: 240_000))
    }

    @Test func `refuses metadata beyond the limit`() throws {
        let file = try Self.sample(PixelLayout(.rgb, .uint8), false)
        #expect(throws: ImageError.self) {
            try file.decoded(CodecContext(limits: Limits(metadataByteCount: 100)))
        }
    }

    @Test func `says what is not a JPEG file`() {
        #expect(throws: ImageError.malformed(.jpeg, "expected FF D8", offset: 0)) {
            try Image(decoding: Array("no picture".utf8), as: JPEGPlugin())
        }
        let empty: [UInt8] = [0xFF, 0xD8, 0xFF, 0xD9]
        #expect(
            throws: ImageError.malformed(.jpeg, "marker FF D9 before any scan", offset: 2)
        ) { try Image(decoding: empty, as: JPEGPlugin()) }
    }

    @Test func `tells what follows the image`() throws {
        var file = try JPEGEditing()
        file.trailer = [1, 2, 3]
        let log = WarningLog()
        _ = try file.decoded(log.context())
        #expect(log.warnings == ["3 bytes after the end of the image are ignored"])
    }

    @Test func `stops when asked to`() throws {
        let file = try JPEGEditing(options: ["progressive": "true"])
        #expect(throws: ImageError.cancelled) {
            try file.decoded(CodecContext(isCancelled: { true }))
        }
    }

    @Test func `stays failed once it has failed`() throws {
        let bytes = try JPEGEditing().bytes.dropLast(40)
        let reader = try JPEGPlugin().makeReader(
            source: MemorySource(Array(bytes)), context: CodecContext())
        var band = PixelBand(width: 40, layout: reader.header.layout, rowCapacity: 24)
        let first = #expect(throws: ImageError.self) { try reader.readRows(into: &band) }
        let second = #expect(throws: ImageError.self) { try reader.readRows(into: &band) }
        #expect(first == second)
    }
}
