import FormatKit
import TestSupport
import Testing

@testable import PDFFormat

/// What is said of pages and documents.
@Suite struct PDFPageTests {
    private let plugin = PDFPlugin()

    private func file(
        _ width: Int = 3, _ height: Int = 2, _ layout: PixelLayout = PixelLayout(.rgb, .uint8),
        _ metadata: ImageMetadata = ImageMetadata()
    ) throws -> PDFFile {
        try PDFFile(try Image.noise(width, height, layout, metadata: metadata).encoded(by: plugin))
    }

    private func losses(_ metadata: ImageMetadata) -> [Loss] {
        let image = Image.noise(3, 2, PixelLayout(.rgb, .uint8), metadata: metadata)
        return plugin.losses(of: image.header, with: WriteSettings())
    }

    /// A resolution, and the size of a page of 600 × 300 pixels.
    private static let resolutions: [(Resolution?, String)] = [
        (nil, "600 300"), (Resolution(horizontal: 72, vertical: 72, unit: .inch), "600 300"),
        (Resolution(horizontal: 300, vertical: 150, unit: .inch), "144 144"),
        (Resolution(horizontal: 118.11, vertical: 118.11, unit: .centimeter), "144.00029 72.00014"),
        (Resolution(horizontal: 1, vertical: 2, unit: .none), "600 150"),
        (Resolution(horizontal: 7, vertical: 7, unit: .inch), "6171.42857 3085.71429"),
    ]

    @Test(arguments: resolutions)
    func `a page is as large as its picture`(resolution: Resolution?, size: String) throws {
        let metadata = ImageMetadata(resolution: resolution)
        let file = try file(600, 300, PixelLayout(.gray, .uint8), metadata)
        let page = try #require(file.pages.first)
        #expect(file.value(of: "MediaBox", in: page) == "[0 0 \(size)]")
        #expect(file.value(of: "UserUnit", in: page) == nil)
        let content = try #require(file.reference(after: "/Contents ", in: file.text(page)))
        let sides = size.split(separator: " ")
        #expect(
            try file.stream(content) == Array("q \(sides[0]) 0 0 \(sides[1]) 0 0 cm /Im Do Q".utf8))
        #expect(losses(metadata).isEmpty)
    }

    @Test func `a page that would be too long has larger units`() throws {
        let wide = try file(28_800, 1, PixelLayout(.gray, .uint8))
        #expect(wide.value(of: "MediaBox", in: wide.pages[0]) == "[0 0 14400 0.5]")
        #expect(wide.value(of: "UserUnit", in: wide.pages[0]) == "2")
        let sparse = ImageMetadata(
            resolution: Resolution(horizontal: 0.01, vertical: 0.01, unit: .inch))
        let tall = try file(3, 9, PixelLayout(.gray, .uint8), sparse)
        #expect(tall.value(of: "MediaBox", in: tall.pages[0]) == "[0 0 4800 14400]")
        #expect(tall.value(of: "UserUnit", in: tall.pages[0]) == "4.5")
    }

    @Test(arguments: [0, -1, .infinity, .nan, 1e12, 1e-12])
    func `a resolution that makes no page is a loss`(density: Double) throws {
        let metadata = ImageMetadata(
            resolution: Resolution(horizontal: density, vertical: 72, unit: .inch))
        #expect(losses(metadata) == [.metadata(.resolution)])
        let file = try file(3, 2, PixelLayout(.gray, .uint8), metadata)
        #expect(file.value(of: "MediaBox", in: file.pages[0]) == "[0 0 3 2]")
    }

    @Test(arguments: Orientation.allCases)
    func `a page shows its picture upright`(orientation: Orientation) throws {
        // A pixel of its own color in each corner, of a picture of 4 × 2 points a pixel.
        let upright = Image.noise(5, 3, PixelLayout(.gray, .uint8))
        var stored = upright.stored(as: orientation)
        stored.header.metadata.resolution = Resolution(horizontal: 18, vertical: 36, unit: .inch)
        let size = stored.header.size
        let placement = PDFPlacement(stored.header)
        let isTransposing = orientation.isTransposing
        #expect(placement.width == (isTransposing ? 5 * 2 : 5 * 4))
        #expect(placement.height == (isTransposing ? 3 * 4 : 3 * 2))
        let m = placement.matrix
        for row in 0..<size.height {
            for column in 0..<size.width {
                let u = (Double(column) + 0.5) / Double(size.width)
                let v = 1 - (Double(row) + 0.5) / Double(size.height)
                let x = m[0] * u + m[2] * v + m[4]
                let y = placement.height - (m[1] * u + m[3] * v + m[5])
                let place = (
                    Int(x / placement.width * 5), Int(y / placement.height * 3)
                )
                #expect(
                    upright.bytes[place.1 * 5 + place.0]
                        == stored.bytes[row * size.width + column])
            }
        }
    }

    @Test func `profiles are written, once for pages in turn`() throws {
        let first = SampleProfile.icc("RGB ")
        let second = SampleProfile.icc("RGB ", count: 600)
        let gray = SampleProfile.icc("GRAY")
        let pages: [(PixelLayout, [UInt8]?)] = [
            (PixelLayout(.rgb, .uint8), first), (PixelLayout(.rgb, .uint16), first),
            (PixelLayout(.rgb, .uint8), second), (PixelLayout(.rgb, .uint8), nil),
            (PixelLayout(.gray, .uint8), gray),
        ]
        let images = pages.map { layout, profile in
            var image = Image.noise(4, 3, layout, metadata: ImageMetadata(icc: profile))
            image.header.frameCount = pages.count
            return image
        }
        let file = try PDFFile(try images.encoded(by: plugin))
        let profiles = file.numbers(of: "/Alternate ")
        #expect(try profiles.map(file.stream) == [first, second, gray])
        #expect(profiles.map { file.value(of: "N", in: $0) } == ["3", "3", "1"])
        let spaces = try file.pictures.map { file.text($0).split(separator: "/ColorSpace ")[1] }
        for (space, number) in zip(spaces, [0, 0, 1, nil, 2]) {
            let expected = number.map { "[/ICCBased \(profiles[$0]) 0 R]" } ?? "/DeviceRGB"
            #expect(space.hasPrefix(expected), "\(space)")
        }
    }

    @Test func `a profile for other channels is a loss`() throws {
        let metadata = ImageMetadata(icc: SampleProfile.icc("Lab "))
        #expect(losses(metadata) == [.metadata(.icc)])
        let file = try file(3, 2, PixelLayout(.rgb, .uint8), metadata)
        #expect(file.numbers(of: "/ICCBased").isEmpty)
    }

    @Test func `what is said of the picture is said of the document`() throws {
        var metadata = ImageMetadata(
            texts: [
                TextEntry("Title", "A (small) \\ picture"), TextEntry("Author", "Größe"),
                TextEntry("Description", "one"), TextEntry("Copyright", "me"),
                TextEntry("Software", "a pen"), TextEntry("Two words", "#"),
            ])
        metadata.modificationTime = ModificationTime(
            year: 2026, month: 1, day: 2, hour: 3, minute: 4, second: 5)
        let file = try file(3, 2, PixelLayout(.rgb, .uint8), metadata)
        let number = try #require(file.reference(after: "/Info ", in: file.trailer))
        #expect(
            file.text(number)
                == "<< /Title (A \\(small\\) \\\\ picture) /Author <FEFF0047007200F600DF0065> "
                + "/Subject (one) /Copyright (me) /Creator (a pen) /Two#20words (#) "
                + "/ModDate (D:20260102030405Z) >>")
        #expect(losses(metadata).isEmpty)
        #expect(try !self.file().trailer.contains("/Info"))
    }

    @Test func `what a document cannot say is a loss`() throws {
        var metadata = ImageMetadata(
            texts: [
                TextEntry("Title", "one"), TextEntry("Title", "two"), TextEntry("ModDate", "now"),
                TextEntry("", "nothing"), TextEntry("Author", "moi", language: "fr"),
            ])
        metadata.modificationTime = ModificationTime(
            year: 2026, month: 12, day: 31, hour: 23, minute: 59, second: 60)
        #expect(
            losses(metadata).map(\.description) == [
                "the language of a text is left out",
                "the texts \"Title\", \"ModDate\", \"\" are left out",
                "the modification time is left out",
            ])
    }

    @Test func `an XMP packet is the document's, or of one of several pictures`() throws {
        let xmp = Array("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>".utf8)
        let metadata = ImageMetadata(xmp: xmp)
        let alone = try file(3, 2, PixelLayout(.rgb, .uint8), metadata)
        let catalog = try #require(alone.numbers(of: "/Type /Catalog").first)
        let number = try #require(alone.reference(after: "/Metadata ", in: alone.text(catalog)))
        #expect(try alone.stream(number) == xmp)
        #expect(alone.text(number).hasPrefix("<< /Type /Metadata /Subtype /XML /Length"))
        let images = [metadata, ImageMetadata()].map { metadata in
            var image = Image.noise(2, 2, PixelLayout(.gray, .uint8), metadata: metadata)
            image.header.frameCount = 2
            return image
        }
        let several = try PDFFile(try images.encoded(by: plugin))
        let pictures = try several.pictures
        #expect(several.numbers(of: "/Metadata ").filter { $0 == pictures[0] }.count == 1)
        let owner = try #require(
            several.reference(after: "/Metadata ", in: several.text(pictures[0])))
        #expect(try several.stream(owner) == xmp)
        #expect(several.numbers(of: "/Type /Catalog /Pages 2 0 R >>").count == 1)
    }

    @Test func `pages are of any kind, and what only later ones say is lost`() throws {
        let layouts = [
            PixelLayout(.gray, .uint16), PixelLayout(.rgb, .uint8, alpha: .straight),
            PixelLayout(.cmyk, .uint8),
        ]
        var images = layouts.enumerated().map { index, layout in
            var image = Image.noise(9 + index, 4, layout, seed: UInt64(index + 1))
            image.header.frameCount = layouts.count
            image.header.metadata.texts = [TextEntry("Title", "all")]
            return image
        }
        images[2].header.metadata.texts.append(TextEntry("Author", "one"))
        let log = WarningLog()
        let file = try PDFFile(try images.encoded(by: plugin, context: log.context()))
        #expect(log.warnings == ["page 3: the text \"Author\" is left out"])
        let pages = file.pages
        #expect(pages.count == 3)
        #expect(
            file.numbers(
                of: "/Kids [\(pages.map { "\($0) 0 R" }.joined(separator: " "))] /Count 3"
            ).count == 1)
        for (number, image) in zip(try file.pictures, images) {
            let layout = image.header.layout
            let byteCount = layout.model.channelCount * layout.sample.byteCount
            #expect(
                try file.samples(number).bytes == image.channels(from: 0, byteCount: byteCount))
        }
    }
}
