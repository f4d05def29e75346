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
        #expect(PictureArguments.metadata(text) == kinds)
    }
}
