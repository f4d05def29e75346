import BenchmarkData
import Testing

@Suite struct TableTests {
    private static func table(_ rows: [[String]]) -> Table {
        var table = Table(columns: ["image", "codec", "psnr"])
        for row in rows { table.append(row) }
        return table
    }

    @Test func aMergedRowTakesThePlaceOfTheOneWithItsKey() {
        var table = Self.table([["a", "x", "1"], ["a", "y", "2"]])
        table.merge(["a", "x", "3"], key: ["image", "codec"])
        #expect(table.rows == [["a", "y", "2"], ["a", "x", "3"]])
        table.merge(["b", "x", "4"], key: ["image", "codec"])
        #expect(table.rows.count == 3)
    }

    @Test func theOrderOfMergingDoesNotShow() {
        let rows = [["b", "x", "1"], ["a", "z", "2"], ["a", "y", "3"], ["a", "x", "4"]]
        let order = [("codec", ["x", "y"])]
        let expected = [["a", "x", "4"], ["a", "y", "3"], ["a", "z", "2"], ["b", "x", "1"]]
        #expect(Self.table(rows).sorted(by: "image", then: order).rows == expected)
        #expect(Self.table(rows.reversed()).sorted(by: "image", then: order).rows == expected)
    }

    @Test func aTableSurvivesItsText() throws {
        let table = Self.table([["a", "", "1"], ["b", "y", ""]])
        let text = table.csv(comment: "how it was measured")
        #expect(text.hasPrefix("# how it was measured\nimage,codec,psnr\na,,1\n"))
        #expect(try Table(csv: text).rows == table.rows)
        #expect(throws: TableError.self) { try Table(csv: "a,b\n1\n") }
        #expect(throws: TableError.self) { try Table(csv: "") }
    }
}
