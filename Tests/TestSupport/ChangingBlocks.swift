/// Blocks that say what a change of their picture makes untrue.
public enum ChangingBlocks {
    /// What stands for the picture as it was, in thumbnails.
    public static let secret = "WHAT-WAS-CUT-AWAY"

    private struct Entry {
        let tag: Int
        let type: Int
        let count: Int
        let bytes: [UInt8]
    }

    private static func bytes(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func short(_ tag: Int, _ values: Int...) -> Entry {
        Entry(tag: tag, type: 3, count: values.count, bytes: values.flatMap { bytes($0, 2) })
    }

    private static func long(_ tag: Int, _ value: Int) -> Entry {
        Entry(tag: tag, type: 4, count: 1, bytes: bytes(value, 4))
    }

    private static func double(_ tag: Int, _ values: [Double]) -> Entry {
        let words = values.map { Int(truncatingIfNeeded: $0.bitPattern) }
        return Entry(
            tag: tag, type: 12, count: values.count, bytes: words.flatMap { bytes($0, 8) })
    }

    private static func text(_ tag: Int, _ text: String) -> Entry {
        Entry(tag: tag, type: 2, count: text.utf8.count + 1, bytes: Array(text.utf8) + [0])
    }

    /// A directory at an offset, with its values behind it.
    private static func directory(_ entries: [Entry], at offset: Int, next: Int = 0) -> [UInt8] {
        var table = bytes(entries.count, 2)
        var values: [UInt8] = []
        let start = offset + 2 + 12 * entries.count + 4
        for entry in entries {
            table += bytes(entry.tag, 2) + bytes(entry.type, 2) + bytes(entry.count, 4)
            if entry.bytes.count <= 4 {
                table += entry.bytes + [UInt8](repeating: 0, count: 4 - entry.bytes.count)
            } else {
                table += bytes(start + values.count, 4)
                values += entry.bytes + [UInt8](repeating: 0, count: entry.bytes.count % 2)
            }
        }
        return table + bytes(next, 4) + values
    }

    private static let magic: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0]

    /// An Exif block of a picture of 40 by 30 pixels that says Adobe RGB, a maker, the place of the
    /// subject, and has a thumbnail.
    public static let exif: [UInt8] = {
        let interoperability = directory([text(1, "R03")], at: 200)
        let exif = directory(
            [
                short(0x9214, 20, 15), short(0xA001, 0xFFFF), long(0xA002, 40), long(0xA003, 30),
                long(0xA005, 200),
            ], at: 100)
        let thumbnail = directory(
            [short(0x0103, 6), long(0x0201, 320), long(0x0202, secret.utf8.count)], at: 240)
        let first = directory(
            [
                text(0x010F, "Maker of it"), short(0x0112, 6), long(0x8769, 100),
            ], at: 8, next: 240)
        var block = magic + first
        for (offset, part) in [
            (100, exif), (200, interoperability), (240, thumbnail), (320, Array(secret.utf8)),
        ] {
            block += [UInt8](repeating: 0, count: offset - block.count) + part
        }
        return block
    }()

    /// Photoshop's resources with a thumbnail, a path, a guide, a profile and a resource that always
    /// holds.
    public static let photoshop: [UInt8] =
        resource(0x040C, Array(secret.utf8)) + resource(0x07D0, [UInt8](repeating: 0, count: 26))
        + resource(0x0408, [UInt8](repeating: 1, count: 21)) + resource(0x040A, [1])
        + resource(0x040F, [1, 2, 3])

    private static func resource(_ number: Int, _ content: [UInt8]) -> [UInt8] {
        var resource = Array("8BIM".utf8)
        resource += bytes(number, 2).reversed()
        resource += [0, 0]
        resource += bytes(content.count, 4).reversed()
        resource += content
        if content.count % 2 == 1 { resource.append(0) }
        return resource
    }

    /// An XMP packet with the claims of a motion photo and a gain map, a panorama, sizes, colors, a
    /// thumbnail and a title.
    public static let xmp = """
        <?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
        <x:xmpmeta xmlns:x="adobe:ns:meta/">
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description rdf:about="" xmlns:GCamera="http://ns.google.com/photos/1.0/camera/"
          xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"
          xmlns:Container="http://ns.google.com/photos/1.0/container/"
          xmlns:Item="http://ns.google.com/photos/1.0/container/item/"
          xmlns:GPano="http://ns.google.com/photos/1.0/panorama/"
          xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
          xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
          xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
          GCamera:MotionPhoto="1" GCamera:MicroVideoOffset="280" hdrgm:Version="1.0"
          GPano:FullPanoWidthPixels="400" GPano:FullPanoHeightPixels="200"
          GPano:CroppedAreaLeftPixels="100" GPano:CroppedAreaTopPixels="50"
          exif:PixelXDimension="40" exif:ColorSpace="65535" tiff:Orientation="6"
          photoshop:ICCProfile="Adobe RGB (1998)">
        <GPano:CroppedAreaImageWidthPixels>40</GPano:CroppedAreaImageWidthPixels>
        <GPano:CroppedAreaImageHeightPixels>30</GPano:CroppedAreaImageHeightPixels>
        <exif:PixelYDimension>30</exif:PixelYDimension>
        <Container:Directory><rdf:Seq><rdf:li rdf:parseType="Resource">
        <Container:Item Item:Semantic="GainMap" Item:Length="739"/></rdf:li></rdf:Seq>
        </Container:Directory>
        <xmp:Thumbnails><rdf:Alt><rdf:li>\(secret)</rdf:li></rdf:Alt></xmp:Thumbnails>
        <xmp:Label>a > b</xmp:Label>
        </rdf:Description></rdf:RDF></x:xmpmeta>
        <?xpacket end="w"?>
        """

    /// GeoTIFF tags: a pixel is 10 by 20 wide, the corner of the first lies at 1000, 2000.
    public static let geotiff = geotiff(
        isPoint: false, scale: [10, 20, 0],
        tiepoints: [
            0, 0, 0, 1000, 2000, 0,
        ],
        gdal: """
            <GDALMetadata><Item name="UNIT">m</Item>
            <Item name="STATISTICS_MEAN" sample="0">7.5</Item></GDALMetadata>
            """)

    /// GeoTIFF tags.
    ///
    /// - Parameters:
    ///   - isPoint: Whether places count from the centers of pixels.
    ///   - scale: The size of a pixel.
    ///   - tiepoints: Column, row and depth, and where on earth they lie, of each.
    ///   - matrix: Four rows of four numbers.
    ///   - gdal: What GDAL adds of metadata, in XML.
    /// - Returns: The block.
    public static func geotiff(
        isPoint: Bool, scale: [Double]? = nil, tiepoints: [Double]? = nil,
        matrix: [Double]? = nil, gdal: String? = nil
    ) -> [UInt8] {
        let entries = [
            scale.map { double(33550, $0) }, tiepoints.map { double(33922, $0) },
            matrix.map { double(34264, $0) },
            short(34735, 1, 1, 0, 1, 1025, 0, 1, isPoint ? 2 : 1), gdal.map { text(42112, $0) },
        ].compactMap { $0 }
        return magic + directory(entries, at: 8)
    }
}
