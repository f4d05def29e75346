import FormatKit
import TestSupport
import Testing

@Suite struct XMPOrientationTests {
    private static let declaration = "xmlns:tiff=\"http://ns.adobe.com/tiff/1.0/\""

    /// A plan in which a picture on its side, with a packet, is turned.
    private func turned(_ packet: [UInt8]) throws -> (packet: [UInt8]?, losses: [Loss]) {
        let exif = ImageMetadata(orientation: .right).exifCarryingOrientation
        let plan = try ConversionPlan(
            converting: ImageHeader(
                size: ImageSize(width: 2, height: 1), layout: PixelLayout(.rgb, .uint8),
                metadata: ImageMetadata(exif: exif, xmp: packet, orientation: .right)),
            to: ToyFormat(metadata: [.xmp, .exif, .orientation]),
            settings: WriteSettings(),
            preferences: ConversionPreferences(orientation: .apply))
        #expect(plan.isTurned && plan.target.metadata.orientation == .up)
        #expect(plan.target.metadata.exif.flatMap(ExifOrientation.read) == .up)
        return (plan.target.metadata.xmp, plan.losses)
    }

    @Test(
        arguments: [
            ("<d \(declaration) tiff:Orientation=\"@\"/>"),
            ("<d \(declaration) tiff:Orientation = '@' tiff:Other='6'/>"),
            ("<d \(declaration)><tiff:Orientation>@</tiff:Orientation></d>"),
            ("<d \(declaration)><tiff:Orientation >\n @ </tiff:Orientation></d>"),
            ("<d xmlns:t.1='http://ns.adobe.com/tiff/1.0/' t.1:Orientation='@'/>"),
            ("<d tiff:Orientation='@' \(declaration)/><d tiff:Orientation='@'/>"),
        ], 1...8)
    func `the orientation becomes 1 and all else stays`(form: String, value: Int) throws {
        let packet = Array(form.replacing("@", with: "\(value)").utf8)
        let (changed, losses) = try turned(packet)
        #expect(changed == Array(form.replacing("@", with: "1").utf8) && losses == [])
    }

    @Test(arguments: [
        "<d/>", "<d \(declaration)/>", "<d \(declaration) tiff:OrientationX='6'/>",
        "<d \(declaration) xmlns:o='http://other/' o:Orientation='6'/>",
        "<d tiff:Orientation='6'/>",
    ])
    func `packets that say nothing stay as they are`(packet: String) throws {
        let (changed, losses) = try turned(Array(packet.utf8))
        #expect(changed == Array(packet.utf8) && losses == [])
    }

    @Test(arguments: [
        "<d \(declaration) tiff:Orientation='9'/>", "<d \(declaration) tiff:Orientation=''/>",
        "<d \(declaration) tiff:Orientation='16'/>", "<d \(declaration) tiff:Orientation=",
        "<d \(declaration)><tiff:Orientation rdf:datatype='x'>6</tiff:Orientation></d>",
        "<d \(declaration)><tiff:Orientation>" + String(repeating: " ", count: 100) + "6<",
    ])
    func `what cannot be changed stays, and is a loss`(packet: String) throws {
        let (changed, losses) = try turned(Array(packet.utf8))
        #expect(changed == Array(packet.utf8) && losses.map(\.name) == ["xmp"])
    }

    @Test(arguments: [true, false])
    func `a packet in UTF-16 cannot be changed`(isBig: Bool) throws {
        let text = "<d \(Self.declaration) tiff:Orientation='6'/>"
        let packet = text.utf16.flatMap { unit -> [UInt8] in
            let bytes = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
            return isBig ? bytes : bytes.reversed()
        }
        let (changed, losses) = try turned(packet)
        #expect(changed == packet && losses.count == 1)
    }

    @Test func `any bytes are survived, in a time that grows with their number`() throws {
        var generator = SplitMix64(seed: 3)
        let text = Array(
            "<d \(Self.declaration)><tiff:Orientation>6</tiff:Orientation></d>".utf8)
        for _ in 0..<500 {
            var bytes = text
            for _ in 0..<4 {
                bytes[Int(generator.next() % UInt64(bytes.count))] = generator.bytes(1)[0]
            }
            _ = try turned(Array(bytes.prefix(Int(generator.next() % 90))))
        }
        let many = String(repeating: "tiff:Orientation=", count: 20_000)
        _ = try turned(Array("\(Self.declaration) \(many)".utf8))
    }

    @Test func `a picture is turned where its Exif block cannot say how`() throws {
        for (exif, isTurned) in [
            (nil, false), ([0x49, 0x49, 0x2A], true),
            (ImageMetadata(orientation: .down).exifCarryingOrientation, false),
        ] as [([UInt8]?, Bool)] {
            let plan = try ConversionPlan(
                converting: ImageHeader(
                    size: ImageSize(width: 2, height: 1), layout: PixelLayout(.rgb, .uint8),
                    metadata: ImageMetadata(exif: exif, orientation: .right)),
                to: ToyFormat(metadata: [.exif, .orientation]),
                settings: WriteSettings())
            #expect(plan.isTurned == isTurned)
            #expect(plan.target.metadata.orientation == (isTurned ? .up : .right))
        }
    }
}
