import Testing

@testable import FormatKit

@Suite struct ForeignFormatTests {
    private static func brands(_ names: String...) -> [UInt8] {
        let first = Array("ftyp\(names[0])".utf8) + [0, 0, 0, 0]
        let rest = names.dropFirst().flatMap { Array($0.utf8) }
        return [0, 0, 0, UInt8(4 + first.count + rest.count)] + first + rest
            + [UInt8](repeating: 0, count: 100)
    }

    @Test(
        arguments: [
            (Array("gimp xcf v011".utf8), "XCF"),
            (Array("8BPS".utf8), "Photoshop document (PSD)"), (Array("%PDF-1.7".utf8), "PDF"),
            ([UInt8](repeating: 0, count: 128) + Array("DICM".utf8), "DICOM"),
            (brands("isom", "mp41"), "MP4 video"),
            (brands("crx ", "isom"), "Canon raw (CR3)"),
        ] as [([UInt8], String)])
    func `a format that is not read is named`(head: [UInt8], name: String) throws {
        #expect(ForeignFormat.name(of: head) == name)
        let registry = try FormatRegistry([])
        #expect(throws: ImageError.foreign(name)) {
            _ = try registry.makeReader(source: MemorySource(head), context: CodecContext())
        }
    }

    @Test(
        arguments: [
            [], Array("BM is no bitmap".utf8), brands("avif", "mif1"),
            brands("mif1", "avif", "heic"),
            Array("hello".utf8),
        ] as [[UInt8]])
    func `what is none has no name`(head: [UInt8]) {
        #expect(ForeignFormat.name(of: head) == nil)
    }
}
