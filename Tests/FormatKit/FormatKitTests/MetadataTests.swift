import FormatKit
import Testing

@Suite struct MetadataTests {
    private let full = ImageMetadata(
        icc: [1], exif: [2], xmp: [3],
        resolution: Resolution(horizontal: 1, vertical: 2, unit: .inch), orientation: .down)

    @Test func `kinds are those that are present`() {
        #expect(full.kinds == Set(MetadataKind.allCases))
        #expect(ImageMetadata().kinds == [])
        #expect(ImageMetadata(icc: [], orientation: .up).kinds == [.icc])
    }

    @Test(arguments: MetadataKind.allCases)
    func `keeping one kind drops the others`(kind: MetadataKind) {
        #expect(full.keeping([kind]).kinds == [kind])
    }

    @Test func `keeping all kinds changes nothing`() {
        #expect(full.keeping(Set(MetadataKind.allCases)) == full)
        #expect(full.keeping([]) == ImageMetadata())
    }

    @Test func `resolution is converted to meters`() throws {
        let inch = Resolution(horizontal: 254, vertical: 127, unit: .inch).pixelsPerMeter
        #expect(abs(try #require(inch).horizontal - 10_000) < 1e-9)
        #expect(abs(try #require(inch).vertical - 5_000) < 1e-9)
        let centimeter = Resolution(horizontal: 3, vertical: 4, unit: .centimeter).pixelsPerMeter
        #expect(try #require(centimeter) == (300, 400))
        #expect(Resolution(horizontal: 1, vertical: 2, unit: .none).pixelsPerMeter == nil)
    }
}
