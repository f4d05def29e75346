import FormatFiles
import FormatKit
import TestSupport
import Testing

@testable import ConvertKit

@Suite struct NameTemplateTests {
    @Test(arguments: [
        ("{stem}.{ext}", "photo.tar.toy"), ("{name}.{ext}", "photo.tar.PNG.toy"),
        ("{stem}-{width}x{height}.{ext}", "photo.tar-9x7.toy"),
        ("{format}-{input-ext}", "toy-PNG"), ("{{{stem}}}", "{photo.tar}"), ("x", "x"),
    ])
    func `names an output`(template: String, expected: Path) throws {
        let registry = try FormatRegistry([ToyFormat()])
        let name = try NameTemplate(template).name(
            for: "in/photo.tar.PNG", format: try OutputFormat(named: "toy", registry: registry),
            size: ImageSize(width: 9, height: 7))
        #expect(name == expected)
    }

    @Test(arguments: [
        ("{stem}.{ext}", "x/y", "x/y/a.toy"), ("{stem}.{ext}", "", "a.toy"),
        ("{dir}/{stem}.{ext}", "x/y", "x/y/a.toy"), ("{dir}/{stem}.{ext}", "", "a.toy"),
        ("{ext}/{dir}/{name}", "x", "toy/x/a.tif"), ("{ext}/{dir}/{name}", "", "toy/a.tif"),
        ("{dir}-{stem}", "x/y", "x/y-a"), ("{{dir}}{stem}", "x", "x/{dir}a"),
    ])
    func `puts an output into a tree`(template: String, tree: Path, expected: Path) throws {
        let format = try OutputFormat(named: "toy", registry: FormatRegistry([ToyFormat()]))
        #expect(
            try NameTemplate(template).path(for: "in/x/a.tif", in: tree, format: format)
                == expected)
    }

    @Test(arguments: [
        "", "{stem", "stem}", "{bogus}", "{stem}/{ext}", "{}", "{{dir}}/{stem}", "../{dir}/{stem}",
        "/{dir}/{stem}", "{dir}/../{stem}", "{dir}/", "{stem}/{dir}", "{dir}",
        ".convert-record.jsonl", ".convert-record.d/{dir}/{stem}",
    ])
    func `refuses what makes no name`(text: String) {
        #expect(throws: CommandError.self) { try NameTemplate(text) }
    }

    @Test(arguments: [
        ("{stem}.png", "png"), ("{stem}.{ext}", nil), ("{name}", nil), ("x.tar.gz", "gz"),
        ("{stem}-a", nil), ("a.b{stem}", nil),
    ])
    func `knows the extension that it says itself`(text: String, expected: String?) throws {
        #expect(try NameTemplate(text).fileExtension == expected)
    }

    @Test func `knows whether pictures must be opened`() throws {
        #expect(try NameTemplate("{height}").needsSize)
        #expect(!NameTemplate.standard.needsSize)
    }
}
