import ConvertKit
import FormatKit
import Testing

@Suite struct SelectionArgumentsTests {
    @Test func `parses regions, sizes and factors`() {
        let region = PixelRegion(columns: 1..<4, rows: 2..<6)
        #expect(SelectionArguments.region("1,2,3,4") == region)
        #expect(SelectionArguments.size("30x20") == ImageSize(width: 30, height: 20))
        #expect(SelectionArguments.factor("0.5") == 0.5)
        #expect(SelectionArguments.box("30x20") == ImageSize(width: 30, height: 20))
        #expect(SelectionArguments.box("30") == ImageSize(width: 30, height: 30))
    }

    @Test(arguments: ["", "1,2,3", "1,2,3,4,5", "1,2,0,4", "-1,2,3,4", "1,2,3,x", "1,,2,3,4"])
    func `refuses what is no region`(text: String) {
        #expect(SelectionArguments.region(text) == nil)
    }

    @Test(arguments: ["", "30", "30x", "x20", "0x20", "30x-1", "30x20x1", "9999999999x1"])
    func `refuses what is no size`(text: String) {
        #expect(SelectionArguments.size(text) == nil)
    }

    @Test(arguments: ["", "0", "-3", "30x", "x20", "x", "1.5", "0x20", "30x20x1", "9999999999"])
    func `refuses what is no box`(text: String) {
        #expect(SelectionArguments.box(text) == nil)
    }

    @Test(arguments: ["", "0", "-1", "nan", "inf", "two"])
    func `refuses what is no factor`(text: String) {
        #expect(SelectionArguments.factor(text) == nil)
    }
}
