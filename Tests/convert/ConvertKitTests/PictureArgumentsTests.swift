import FormatKit
import Testing

@testable import ConvertKit

@Suite struct PictureArgumentsTests {
    @Test(
        arguments: [
            ("all", Set(MetadataKind.allCases)), ("none", []), ("icc", [.icc]),
            ("icc,exif,text", [.icc, .exif, .texts]), ("icc,,exif", nil), ("ICC", nil), ("", nil),
            ("all,icc", nil),
        ] as [(String, Set<MetadataKind>?)])
    func `metadata are listed`(text: String, kinds: Set<MetadataKind>?) {
        let kept = PictureArguments.metadata(text)
        #expect(kept?.kinds == kinds && kept?.includesLocation != false)
    }

    @Test func `what follows a hyphen is left out`() throws {
        let location = try #require(PictureArguments.metadata("all-gps"))
        #expect(location.kinds == Set(MetadataKind.allCases) && !location.includesLocation)
        let some = try #require(PictureArguments.metadata("icc,exif-gps,xmp"))
        #expect(some.kinds == [.icc, .exif, .xmp] && !some.includesLocation)
        let rest = try #require(PictureArguments.metadata("all-exif-xmp"))
        #expect(rest.kinds == Set(MetadataKind.allCases).subtracting([.exif, .xmp]))
        for text in ["all-", "all-foo", "-gps", "gps", "none-gps,icc"] {
            #expect(PictureArguments.metadata(text) == nil, "\(text)")
        }
    }

    @Test(
        arguments: [
            ("all", .all), ("1-3,7", .list([0...2, 6...6])),
            ("5-", .list([4...PageSelection.last])),
            ("2", .list([1...1])), ("3-1", nil), ("0", nil), ("1,,2", nil), ("a", nil), ("-3", nil),
            ("", nil),
        ] as [(String, PageSelection?)])
    func `pages are listed`(text: String, pages: PageSelection?) {
        #expect(SelectionArguments.pages(text) == pages)
    }

    @Test func `colors have names, and short forms`() {
        #expect(RGBAColor(parsing: "black") == RGBAColor(red: 0, green: 0, blue: 0))
        #expect(RGBAColor(parsing: "#f80") == RGBAColor(red: 255, green: 0x88, blue: 0))
        #expect(RGBAColor(parsing: "#FF8800") == RGBAColor(parsing: "#f80"))
        for text in ["#ff", "ff8800", "blackish", "#ggg", ""] {
            #expect(RGBAColor(parsing: text) == nil, "\(text)")
        }
    }
}
