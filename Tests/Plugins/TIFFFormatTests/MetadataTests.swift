import FormatKit
import MetadataBlocks
import Testing
import TestSupport

@testable import TIFFFormat

/// An Exif block with entries of every kind: first directory, Exif, Interoperability and GPS.
func exifBlock(_ order: ByteOrder, hasNote: Bool = true) -> [UInt8] {
    func entry(_ tag: Int, _ type: Int, _ count: Int, _ bytes: [UInt8]) -> DirectoryTree.Entry {
        .init(tag: tag, type: type, count: count, payload: .values(bytes))
    }
    func directory(_ tag: Int, _ entries: [DirectoryTree.Entry]) -> DirectoryTree.Entry {
        .init(tag: tag, type: 4, count: 1, payload: .directory(DirectoryTree(entries: entries)))
    }
    let interoperability = directory(40965, [entry(1, 2, 4, [0x52, 0x39, 0x38, 0])])
    let makerNote = (0..<333).map { UInt8($0 & 0xFF) }
    let exif = directory(
        34665,
        [
            entry(33434, 5, 1, order.bytes(1, count: 4) + order.bytes(125, count: 4)),
            entry(34855, 3, 1, order.bytes(400, count: 2)),
            entry(36864, 7, 4, [0x30, 0x32, 0x33, 0x32]),
        ] + (hasNote ? [entry(37500, 7, makerNote.count, makerNote)] : []) + [interoperability])
    let gps = directory(34853, [entry(0, 1, 4, [2, 3, 0, 0]), entry(1, 2, 2, [0x4E, 0])])
    let copyright = Array("photographer\0editor\0".utf8)
    let tree = DirectoryTree(entries: [
        entry(271, 2, 6, Array("Maker\0".utf8)), entry(272, 2, 3, Array("M1\0".utf8)),
        entry(33432, 2, copyright.count, copyright), exif, gps,
    ])
    let mark: UInt8 = order == .little ? 0x49 : 0x4D
    return [mark, mark] + order.bytes(42, count: 2) + order.bytes(8, count: 4)
        + tree.serialized(at: 8, header: TIFFHeader(order: order, isBig: false))
}

/// A GeoTIFF block: a scale, a tie point, keys and their values, and no-data of GDAL's.
func geotiffBlock(_ order: ByteOrder) -> [UInt8] {
    func numbers(_ values: [Double]) -> [UInt8] {
        values.flatMap { order.bytes(Int(truncatingIfNeeded: $0.bitPattern), count: 8) }
    }
    func entry(_ tag: Int, _ type: Int, _ count: Int, _ bytes: [UInt8]) -> DirectoryTree.Entry {
        .init(tag: tag, type: type, count: count, payload: .values(bytes))
    }
    let keys = [1, 1, 0, 1, 1024, 0, 1, 1].flatMap { order.bytes($0, count: 2) }
    let tree = DirectoryTree(entries: [
        entry(33550, 12, 3, numbers([0.5, 0.25, 0])),
        entry(33922, 12, 6, numbers([0, 0, 0, 440_720, 3_751_320, 0])),
        entry(34735, 3, 8, keys), entry(34737, 2, 5, Array("WGS|\0".utf8)),
        entry(42113, 2, 6, Array("-9999\0".utf8)),
    ])
    let mark: UInt8 = order == .little ? 0x49 : 0x4D
    return [mark, mark] + order.bytes(42, count: 2) + order.bytes(8, count: 4)
        + tree.serialized(at: 8, header: TIFFHeader(order: order, isBig: false))
}

/// What a file says beside its pixels.
@Suite struct MetadataTests {
    private let gray = PixelLayout(.gray, .uint16)

    @Test(arguments: [ByteOrder.little, .big], ["on", "off"])
    func `all metadata comes back byte for byte`(order: ByteOrder, big: String) throws {
        var random = SplitMix64(seed: 3)
        var metadata = ImageMetadata(
            icc: random.bytes(3001), exif: exifBlock(order), xmp: Array("<x:xmpmeta/>".utf8),
            resolution: Resolution(horizontal: 300, vertical: 299.5, unit: .inch),
            orientation: .left)
        metadata.iptc = [0x1C, 2, 5, 0, 3, 0x41, 0x42, 0x43]
        metadata.photoshop = Array("8BIM".utf8) + random.bytes(333)
        metadata.geotiff = geotiffBlock(order)
        let image = testImage(PixelLayout(.rgb, .uint16), metadata: metadata)
        let warnings = WarningLog()
        let bytes = try encode(image, ["bigtiff": big], warnings: warnings)
        let result = try decode(bytes, warnings: warnings)
        #expect(result.header.metadata == metadata)
        #expect(result.bytes == image.bytes)
        #expect(warnings.warnings == [])
    }

    @Test(arguments: [ByteOrder.little, .big])
    func `blocks of different byte orders go into one file`(order: ByteOrder) throws {
        let other: ByteOrder = order == .little ? .big : .little
        var metadata = ImageMetadata(exif: exifBlock(order))
        metadata.geotiff = geotiffBlock(other)
        let result = try decode(try encode(testImage(gray, metadata: metadata)))
        #expect(result.header.metadata.exif == exifBlock(order))
        #expect(result.header.metadata.geotiff == geotiffBlock(order))
    }

    @Test(arguments: [ByteOrder.little, .big])
    func `an IPTC record that was declared to be words is put in order`(order: ByteOrder) throws {
        var file = HandmadeTIFF(
            width: 1, height: 1, bits: 8, strip: [1], order: order)
        file.set(33723, 4, [0x1C02_0500, 0x0341_4243])
        let record: [UInt8] = [0x1C, 2, 5, 0, 3, 0x41, 0x42, 0x43]
        #expect(try decode(file.bytes()).header.metadata.iptc == record)
    }

    @Test(arguments: 0..<100)
    func `a damaged GeoTIFF block never stops or traps writing`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var block = geotiffBlock(seed % 2 == 0 ? .little : .big)
        for _ in 0..<3 {
            block[Int.random(in: 0..<block.count, using: &random)] = random.bytes(1)[0]
        }
        var metadata = ImageMetadata(exif: exifBlock(.little))
        metadata.geotiff = block
        let image = testImage(gray, metadata: metadata)
        #expect(try decode(try encode(image)).bytes == image.bytes, "seed \(seed)")
    }

    @Test(arguments: Orientation.allCases)
    func `every orientation comes back`(orientation: Orientation) throws {
        let image = testImage(gray, metadata: ImageMetadata(orientation: orientation))
        #expect(try decode(try encode(image)).header.metadata.orientation == orientation)
    }

    @Test(arguments: [Resolution.Unit.none, .inch, .centimeter])
    func `every unit of resolution comes back`(unit: Resolution.Unit) throws {
        let resolution = Resolution(horizontal: 72, vertical: 36.5, unit: unit)
        let image = testImage(gray, metadata: ImageMetadata(resolution: resolution))
        #expect(try decode(try encode(image)).header.metadata.resolution == resolution)
    }

    @Test func `a resolution in an unknown unit is a loss`() throws {
        var file = HandmadeTIFF(width: 2, height: 1, bits: 8, strip: [1, 2])
        file.set(282, 4, [300])
        file.set(283, 4, [300])
        file.set(296, 3, [9])
        let header = try decode(file.bytes()).header
        #expect(header.metadata.resolution == nil)
        #expect(header.losses.count == 1 && "\(header.losses)".contains("unit 9"))
    }

    @Test func `a resolution of zero says nothing`() throws {
        var file = HandmadeTIFF(width: 2, height: 1, bits: 8, strip: [1, 2])
        file.set(282, 4, [0])
        file.set(283, 4, [0])
        let header = try decode(file.bytes()).header
        #expect(header.metadata.resolution == nil && header.losses == [])
    }

    @Test func `an Exif block with nothing for TIFF to hold changes nothing`() throws {
        let exif = ExifOrientation.setting(.right, in: nil)
        let image = testImage(gray, metadata: ImageMetadata(exif: exif, orientation: .right))
        let plain = testImage(gray, metadata: ImageMetadata(orientation: .right))
        #expect(try encode(image) == encode(plain))
    }

    @Test(arguments: 0..<200)
    func `a damaged Exif block never stops or traps writing`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var exif = exifBlock(seed % 2 == 0 ? .little : .big)
        for _ in 0..<4 {
            exif[Int.random(in: 0..<exif.count, using: &random)] = random.bytes(1)[0]
        }
        if seed % 3 == 0 { exif.removeLast(Int.random(in: 0..<exif.count, using: &random)) }
        let image = testImage(gray, metadata: ImageMetadata(exif: exif))
        let result = try decode(try encode(image))
        #expect(result.bytes == image.bytes, "seed \(seed)")
    }

    @Test(arguments: [(72, []), (96, []), (240, ["exif"])] as [(UInt8, [String])])
    func `another resolution in the Exif block is a loss, unless it means that none is known`(
        own: UInt8, expected: [String]
    ) throws {
        // Per inch, the unit that is assumed.
        let number: [UInt8] = [0, 0, 0, own, 0, 0, 0, 1]
        let exif: [UInt8] =
            [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 2]
            + [1, 0x1A, 0, 5, 0, 0, 0, 1, 0, 0, 0, 38, 1, 0x1B, 0, 5, 0, 0, 0, 1, 0, 0, 0, 46]
            + [0, 0, 0, 0] + number + number
        let image = testImage(
            gray,
            metadata: ImageMetadata(
                exif: exif, resolution: Resolution(horizontal: 96, vertical: 96, unit: .inch)))
        let losses = TIFFPlugin().losses(of: image.header, with: WriteSettings())
        #expect(losses.map(\.name) == expected)
    }

    @Test func `an Exif thumbnail is a loss`() throws {
        var exif = exifBlock(.little)
        let count = Int(exif[8])
        exif[8 + 2 + 12 * count] = 8
        let image = testImage(gray, metadata: ImageMetadata(exif: exif))
        let losses = TIFFPlugin().losses(of: image.header, with: WriteSettings())
        #expect(losses == [.part(of: .exif, "the Exif thumbnail is left out")])
    }

    @Test func `tags have the names that they are known by`() throws {
        var file = HandmadeTIFF(width: 2, height: 1, bits: 8, strip: [1, 2])
        file.set(330, 4, [8])
        file.set(37724, 7, [1, 2, 3])
        file.set(50706, 1, [1, 4, 0, 0])
        file.set(50001, 7, [1, 2, 3])
        #expect(
            try decode(file.bytes()).header.losses == [
                .picture("the tag SubIFDs (330), which leads to further pictures, is left out"),
                .picture("the tag ImageSourceData (37724), which holds layers, is left out"),
                .part(
                    of: .formatBlocks, "the tags 50001 and DNGVersion (50706) are left out"),
            ])
    }

    @Test func `tags that nobody carries are named`() throws {
        var file = HandmadeTIFF(width: 2, height: 1, bits: 8, strip: [1, 2])
        file.set(34400, 7, [1, 2, 3])
        file.set(50001, 7, [1, 2, 3])
        let warnings = WarningLog()
        let header = try decode(file.bytes(), warnings: warnings).header
        #expect(warnings.warnings == [])
        #expect(
            header.losses
                == [.part(of: .formatBlocks, "the tags 34400 and 50001 are left out")])
    }

    @Test func `a tag that names a program is carried, too`() throws {
        var file = HandmadeTIFF(width: 2, height: 1, bits: 8, strip: [1, 2])
        file.set(305, 2, [0x41, 0])
        let first = try #require(try decode(file.bytes()).header.metadata.exif)
        #expect(first.count == 8 + 2 + 12 + 4)
        file.set(315, 2, [0x42, 0])
        let exif = try #require(try decode(file.bytes()).header.metadata.exif)
        #expect(exif.count == 8 + 2 + 2 * 12 + 4)
    }

    @Test func `oversized metadata is refused`() throws {
        let metadata = ImageMetadata(icc: [UInt8](repeating: 1, count: 5000))
        let bytes = try encode(testImage(gray, metadata: metadata))
        var limits = Limits.default
        limits.metadataByteCount = 4999
        #expect(throws: ImageError.limitExceeded(.metadata, requested: 5000, allowed: 4999)) {
            try decode(bytes, limits: limits)
        }
    }
}

/// Tags that say something of samples for which only TIFF has a place.
@Suite struct SampleTagTests {
    private static func file(
        photometric: Int = 1, bits: Int = 8, samples: Int = 1, _ tags: (Int, Int, [Int])...
    ) -> HandmadeTIFF {
        var tiff = HandmadeTIFF(
            width: 4, height: 2, bits: bits, photometric: photometric, samples: samples,
            strip: [UInt8](repeating: 7, count: 8 * samples * bits / 8))
        for (tag, type, values) in tags { tiff.set(tag, type, values) }
        return tiff
    }

    private static func values(_ tag: Int, _ bytes: [UInt8]) throws -> [Int]? {
        let source = MemorySource(bytes)
        let (header, first) = try TIFFHeader.parse(source)
        return try TIFFDirectory(parsing: source, header: header, at: first)
            .integers(tag, limit: 100, in: source)
    }

    @Test(arguments: [
        (263, [2]), (264, [4]), (280, [3]), (281, [200]), (321, [200, 10]), (340, [1]),
        (341, [254]),
    ])
    func `what a tag says goes from TIFF to TIFF`(tag: Int, values: [Int]) throws {
        let losses = LossNotes()
        let image = try decode(Self.file((tag, 3, values)).bytes(), losses: losses)
        #expect(image.header.metadata.blocks.map(\.name) == ["tag \(tag)"])
        #expect(image.header.losses.isEmpty)
        let written = try encode(image)
        #expect(try Self.values(tag, written) == values)
        #expect(try decode(written).header.metadata == image.header.metadata)
        // Samples that a compression changes are others.
        #expect(try Self.values(tag, try encode(image, ["compression": "jpeg"])) == nil)
    }

    @Test(arguments: [
        (263, [1]), (280, [0]), (281, [255]), (290, [2]), (340, [0]), (341, [255]),
        (336, [0, 255]),
        (333, [0x43]), (532, [0, 255, 0, 255, 0, 255]),
    ])
    func `what holds without a tag is no loss`(tag: Int, values: [Int]) throws {
        let image = try decode(Self.file((tag, tag == 333 ? 7 : 4, values)).bytes())
        #expect(image.header.metadata.blocks.isEmpty && image.header.losses.isEmpty)
    }

    @Test(arguments: [(0, 8), (1, 4)])
    func `tags of samples that are delivered otherwise are named`(
        photometric: Int, bits: Int
    ) throws {
        let file = Self.file(photometric: photometric, bits: bits, (281, 3, [3]), (321, 3, [3, 1]))
        let header = try decode(file.bytes()).header
        #expect(header.metadata.blocks.isEmpty)
        #expect(
            header.losses
                == Loss.unknown("tag", ["MaxSampleValue (281)", "HalftoneHints (321)"]))
    }

    @Test func `the names of inks are those of a page with inks`() throws {
        let names = Array("C\0M\0Y\0K\0".utf8).map(Int.init)
        let image = try decode(
            Self.file(photometric: 5, samples: 4, (333, 2, names), (337, 2, [0x61, 0])).bytes())
        #expect(image.header.metadata.blocks.map(\.name) == ["tag 333, tag 337"])
    }

    @Test func `an Exif directory without entries is none`() throws {
        var metadata = ImageMetadata()
        metadata.exif = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        #expect(CarriedTags.losses(of: metadata, pageCount: 1).isEmpty)
    }
}
