import BenchmarkData
import Testing

@Suite struct ReportTests {
    private static func table(_ columns: [String], _ rows: [[String]]) -> Table {
        var table = Table(columns: columns)
        for row in rows { table.append(row) }
        return table
    }

    private static let steps = table(
        StepReport.columns,
        [
            ["scalar", "compact", "1", "rate", "848", "9", "900", "0.1", "", "", ""],
            ["scalar", "compact", "1", "whole step", "848", "9", "1000", "0.2", "", "", ""],
            ["avx2", "compact", "1", "rate", "848", "9", "20", "50.0", "42.4", "50.0", "118.0"],
            [
                "avx2", "compact", "1", "whole step", "848", "9", "30", "55.0", "46.6", "56.0",
                "118.0",
            ],
            ["avx2", "compact", "2", "rate", "848", "9", "11", "91.0", "38.6", "45.5", "118.0"],
            [
                "avx2", "compact", "2", "whole step", "848", "9", "16", "103.1", "43.7", "52.5",
                "118.0",
            ],
        ])

    @Test func stepsAreToldWithWhatASecondThreadIsWorth() {
        let text = StepReport.text(Self.steps)
        #expect(text.contains("| scalar | compact | 848 | 1 | 1000 |  | 0.2 |  |  |  |  |"))
        #expect(
            text.contains(
                "| avx2 | compact | 848 | 2 | 16 | 16.00 | 103.1 | 118.0 | 43.7 | 52.5 | 1.88 |"))
    }

    @Test func stagesAreThoseOfTheQuickestKernels() {
        let text = StepReport.text(Self.steps)
        #expect(text.contains("| stage (avx2) | compact, 1 thread: ms |"))
        #expect(text.contains("| rate | 20 | 50.0 | 50.0 | 11 | 91.0 | 45.5 |"))
        #expect(!text.contains("900"))
    }

    @Test func aLargePictureIsComparedWithASmallOne() {
        let columns = [
            "picture", "setting", "bytes", "bpp", "psnr_db", "encode_s", "encode_us_per_pixel",
            "encode_peak_mib", "encode_bytes_per_pixel", "decode_s", "decode_us_per_pixel",
            "decode_peak_mib", "seam", "worst_seam", "peak_gflop_per_s",
        ]
        func row(_ name: String, _ seconds: String, _ perPixel: String, _ seam: String) -> [String]
        {
            [
                name, "default", "1000", "0.5", "35.0", seconds, perPixel, "100", "50", "0.1",
                "0.2", "20", seam, seam, "236.0",
            ]
        }
        let text = LargeReport.text(
            Self.table(columns, [row("small", "10", "25", ""), row("large", "240", "20", "1.01")]))
        #expect(text.contains("| small | 1000 | 0.5 | 35.0 | 10 | 20.0 |"))
        #expect(text.contains("takes 0.80 times as long to encode as one of small"))
        #expect(text.contains("the error changes 1.01 times"))
    }

    @Test func eachDecodingIsARow() {
        let row = ["a", "768x512", "0.5", "in process", "avx2", "1", "0.05", "7.86", "", "yes"]
        let text = DecodingReport.text(Self.table(DecodingReport.columns, [row]))
        #expect(text.contains("| " + row.joined(separator: " | ") + " |"))
    }
}

@Suite struct ScaleReportTests {
    @Test func numbersAreGroupedAndMemoryIsCompared() {
        var table = Table(columns: ScaleReport.columns)
        table.append(["folder", "vips", "1000", "1", "1", "1000", "1", "1", "50.0"])
        table.append(["folder", "convert", "1000", "2", "1", "500", "2", "1", "20.0"])
        table.append(["list", "convert", "1000", "2", "1", "500", "2", "1", "20.0"])
        table.append(["folder", "convert", "1234567", "9", "8", "7", "6", "5", "30.0"])
        let text = ScaleReport.text(table)
        #expect(text.contains("| folder | convert | 1 234 567 | 9 | 7 | 6 | 5 | 30.0 |"))
        #expect(text.contains("| folder | vips | 1 000 |"))
        #expect(text.contains("* folder: 1235 times as many take 1.50 times the memory"))
        #expect(!text.contains("* list"))
    }
}
