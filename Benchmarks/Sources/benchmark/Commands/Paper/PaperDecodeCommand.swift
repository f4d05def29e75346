internal import ArgumentParser
internal import BenchmarkData
internal import CoinFormat
internal import FormatKit
internal import Foundation

/// The speed of the decoder.
struct PaperDecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Decode with every kernel variant and thread count, and compare the bytes.",
        discussion: """
            Networks of 10 layers of 28, fitted for one epoch: the time does not depend on the \
            weights. The large picture has many tiles; the scalar kernels decode only a part of it.
            """)

    @Option(help: "The size of the large picture, in megapixels.")
    var megapixels = 12.0

    @OptionGroup var results: ResultOptions

    static let columns = [
        "picture", "run", "kernels", "threads", "pixels", "seconds", "megapixels_per_s",
        "peak_mib", "identical",
    ]

    private static let threadCounts = [1, 2]

    func run() throws {
        let conditions = try Conditions.current()
        var table = Table(columns: Self.columns)
        let sizes = [
            ImageSize(width: 768, height: 512), ImageSize(megapixels: megapixels),
        ]
        for size in sizes {
            let stream = try Image.pattern(size).encoded(
                as: .coin,
                options: [
                    "architecture": "siren", "layers": "10", "width": "28", "epochs": "1",
                ],
                context: CodecContext(threadCount: conditions.coreCount))
            for row in try decodeHere(stream) + decodeAsTool(stream, size) {
                table.append(row)
                print(row.joined(separator: " "))
            }
        }
        try results.folder.write(table, conditions, as: "paper-decode")
        if table.records.filter({ $0["identical"] == "no" }).isEmpty { return }
        throw BenchmarkError("kernel variants or thread counts decode to different bytes")
    }

    /// Decodes in this process; the first decoding is what the others are compared with.
    private func decodeHere(_ stream: [UInt8]) throws -> [[String]] {
        var reference: Image?
        var rows: [[String]] = []
        for kernels in Kernels.supported.reversed() {
            for threadCount in Self.threadCounts {
                let decoder = try CoinDecoder(
                    parsing: stream,
                    context: kernels.context(threadCount: threadCount))
                let size = decoder.header.size
                let region = kernels.choice == .scalar ? size.firstCorner : PixelRegion(size)
                let (image, seconds) = try shortest { try decoder.decode(region: region) }
                let expected = reference ?? image
                reference = expected
                let isIdentical =
                    image.bytes == expected.cropped(columns: region.columns, rows: region.rows)
                rows.append(
                    Self.row(
                        size, "in process", kernels.name, threadCount, region.size, seconds,
                        identical: isIdentical ? "yes" : "no"))
            }
        }
        return rows
    }

    /// Decodes with the tool, from its start to its end.
    private func decodeAsTool(_ stream: [UInt8], _ size: ImageSize) throws -> [[String]] {
        let folder = try TemporaryFolder()
        try Data(stream).write(to: URL(filePath: folder("in.coin")))
        let outputs = [
            ("convert to PNG", [folder("out.png")]),
            (
                "convert to uncompressed TIFF",
                [folder("out.tiff"), "--option", "tiff.compression=none"]
            ),
        ]
        return try outputs.flatMap { name, output in
            try Self.threadCounts.map { threadCount in
                let arguments =
                    [folder("in.coin")] + output + ["--overwrite", "--threads", "\(threadCount)"]
                let cost = try Command.convert(arguments).measureBest(of: 3)
                return Self.row(
                    size, name, "auto", threadCount, size, cost.seconds,
                    peak: cost.peakMebibytes.digits(1))
            }
        }
    }

    private static func row(
        _ picture: ImageSize, _ run: String, _ kernels: String, _ threadCount: Int,
        _ decoded: ImageSize, _ seconds: Double, peak: String = "", identical: String = ""
    ) -> [String] {
        let rate = Double(decoded.pixelCount) / 1e6 / seconds
        return [
            "\(picture)", run, kernels, "\(threadCount)", "\(decoded.pixelCount)",
            seconds.digits(4), rate.digits(2), peak, identical,
        ]
    }
}

extension ImageSize {
    /// A size with sides as 4 to 3.
    init(megapixels: Double) {
        let unit = (megapixels * 1e6 / 12).squareRoot()
        self.init(width: Int((4 * unit).rounded()), height: Int((3 * unit).rounded()))
    }

    /// The first 768 × 768 pixels, which cross the borders of the first tile.
    fileprivate var firstCorner: PixelRegion {
        PixelRegion(columns: 0..<min(768, width), rows: 0..<min(768, height))
    }
}
