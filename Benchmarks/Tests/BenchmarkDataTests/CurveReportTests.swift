import BenchmarkData
import Foundation
import Testing

@Suite struct CurveReportTests {
    /// Files of `.coin` at two efforts and of a peer that takes twice the bits of the better one.
    private static func table(
        images: [String] = ["a", "b"], qualities: [Int] = [20, 40, 60]
    ) -> Table {
        var table = Table(columns: CurveRecords.columns)
        for image in images {
            let codecs = [("coin", "5", 0.5), ("coin", "1", 0.8), ("WebP", "", 1)]
            for (codec, effort, factor) in codecs {
                for quality in qualities {
                    let rate = 0.1 * pow(2, Double(quality) / 20)
                    table.append([
                        image, codec, effort, "\(quality)", "v1", "1000",
                        (factor * rate).digits(4), (20 + Double(quality) / 4).digits(3), "0.9",
                        "20", "38", "100", "0.1", "0.1", "20", "236.0",
                    ])
                }
            }
        }
        return table
    }

    private static let published = PublishedCurves(
        means: Table(columns: ["codec", "bpp", "psnr_db"]),
        images: {
            var table = Table(columns: ["codec", "image", "setting", "bpp", "psnr_db"])
            table.append(["Other", "a", "1", "0.1", "25"])
            table.append(["Other", "a", "2", "0.2", "30"])
            table.append(["Other", "a", "3", "0.4", "35"])
            return table
        }())

    @Test func deltasAreOfEachEffortTheDefaultFirst() {
        let text = CurveReport(Self.table(), published: Self.published).text
        #expect(text.contains("| WebP | 2 | -50.0 | -50.0 | -50.0 | -50.0 | 2 | -20.0 |"))
        // Published for one image only: the other does not count.
        #expect(text.contains("| Other, published | 1 |"))
    }

    @Test func deltasAreOfTheRatesThatAreWanted() {
        let text = CurveReport(Self.table(), published: .none, rates: 0.3...4).text
        #expect(text.contains("no curve below 0.3 or above 4.0 bits per pixel"))
        #expect(text.contains("| WebP | 2 | -50.0 |"))
        #expect(!text.contains("published |"))
        let none = CurveReport(Self.table(), published: .none, rates: 3...4).text
        #expect(!none.contains("| WebP |"))
    }

    @Test func timesAreAlsoToldForTheReferencePeak() {
        let text = CurveReport(Self.table(), published: Self.published).text
        #expect(
            text.contains("| 5 | 20 | 2 | 1000 | 0.100 | 25.00 | 0.9000 | 100 | 20.00 | 40.00 |"))
        #expect(text.contains("A core's peak was 236 GFLOP/s"))
        #expect(text.contains("Codec sources: v1."))
    }

    @Test func rowsWithoutTimesCountForRatesOnly() {
        var table = Table(columns: CurveRecords.columns)
        for (image, times) in [
            ("a", ["20", "38", "100", "0.1", "0.1", "20", "236.0"]),
            ("b", ["", "", "300", "", "", "20", ""]),
        ] {
            table.append([image, "coin", "5", "40", "v1", "1000", "0.4", "30", "0.9"] + times)
        }
        let text = CurveReport(table, published: Self.published).pointText
        #expect(
            text.contains(
                "| 5 | 40 | 2 | 1000 | 0.400 | 30.00 | 0.9000 | 300 "
                    + "| 20.00 | 40.00 | 20.00 | 38.00 | 0.100 |"
            ))
        #expect(text.contains("times medians over 1 of them"))
    }

    @Test func withoutTimesThereAreNoColumnsForThem() {
        var table = Table(columns: CurveRecords.columns)
        table.append(
            ["a", "coin", "5", "40", "v1", "1000", "0.4", "30", "0.9", "", "", "300", "", "", "20"]
                + [""])
        let text = CurveReport(table, published: Self.published).pointText
        #expect(text.contains("| 5 | 40 | 1 | 1000 | 0.400 | 30.00 | 0.9000 | 300 |\n"))
        #expect(!text.contains("encode, s") && !text.contains("GFLOP"))
        #expect(text.contains("no times were taken"))
    }

    @Test func eachImageHasARow() {
        let text = CurveReport(Self.table(), published: Self.published).imageText
        #expect(text.contains("| a | -50.0 | "))
        #expect(text.contains("| b | -50.0 |  |"))
        #expect(text.contains("| mean | -50.0 | "))
    }

    @Test func nothingIsInventedWhereAnImageLacksQualities() {
        let text = CurveReport(Self.table(qualities: [40]), published: Self.published).text
        #expect(!text.contains("| WebP |"))
    }

    @Test func effortsAreComparedWithTheDefault() {
        let text = EffortReport(Self.table(), peer: "WebP").text
        #expect(text.contains("| 1 | 2 | -20.0 | +60.0 | 20.0 | 40.0 | 38.0 | 100 |"))
        #expect(text.contains("| 5 | 2 | -50.0 |  | 20.0 | 40.0 | 38.0 | 100 |"))
    }

    @Test func markedPlacesAreFilledIn() throws {
        let text = "a\n<!-- benchmark:x -->\nold\n<!-- /benchmark -->\nb"
        let filled = try MarkedText(text).filled { $0 == "x" ? "new" : nil }
        #expect(filled == "a\n<!-- benchmark:x -->\n\nnew\n\n<!-- /benchmark -->\nb")
        #expect(try MarkedText(filled).filled { _ in "new" } == filled)
        #expect(throws: TableError.self) {
            try MarkedText("<!-- benchmark:x -->\n").filled { _ in nil }
        }
    }
}
