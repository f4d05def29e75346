internal import ArgumentParser
internal import BenchmarkData
internal import CoinFormat
internal import FormatKit
internal import Foundation

/// The speed of the decoder.
struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Decode with every kernel variant and thread count, and compare the bytes.",
        discussion: """
            Fits a photograph with compact and with wide networks and decodes both in process; then \
            the tool decodes them, and the files of --files, to TIFF and to PNG.
            """)

    static let name = "decode"

    @Option(help: "The image.")
    var image = "kodim15"

    @Option(help: "The quality.")
    var quality = 75.0

    @Option(
        parsing: .upToNextOption, help: "Files of .coin to decode as well, such as large --keep's.")
    var files: [String] = []

    @OptionGroup var photographs: PhotographOptions
    @OptionGroup var results: ResultOptions

    private static let threadCounts = [1, 2]
    /// Few steps give compact networks, many wide ones.
    private static let forms = [("compact", 80), ("wide", 300)]

    func run() throws {
        guard let photograph = try photographs.chosen([image]).first else { return }
        let conditions = try Conditions.current()
        let picture = try photograph.image()
        var table = Table(columns: DecodingReport.columns)
        func add(_ rows: [[String]]) {
            for row in rows {
                table.append(row)
                print(row.joined(separator: " "))
            }
        }
        for (name, stepCount) in Self.forms {
            let stream = try picture.encoded(
                as: .coin, options: ["steps": "\(stepCount)"], quality: quality,
                context: CodecContext(threadCount: conditions.coreCount))
            let label = "\(photograph.name) \(name)"
            add(try decodeHere(stream, label))
            add(try decodeAsTool(stream, label))
        }
        for file in files {
            let stream = [UInt8](try Data(contentsOf: URL(filePath: file)))
            let label = URL(filePath: file).deletingPathExtension().lastPathComponent
            add(try decodeAsTool(stream, label))
        }
        try results.folder.write(table, conditions, as: Self.name)
        print(DecodingReport.text(table))
        if table.records.filter({ $0["identical"] == "no" }).isEmpty { return }
        throw BenchmarkError("kernel variants or thread counts decode to different bytes")
    }

    /// Decodes in this process; the first decoding is what the others are compared with.
    private func decodeHere(_ stream: [UInt8], _ label: String) throws -> [[String]] {
        var reference: [UInt8]?
        var rows: [[String]] = []
        for kernels in Kernels.supported.reversed() {
            for threadCount in Self.threadCounts {
                let decoder = try CoinDecoder(
                    parsing: stream,
                    context: kernels.context(threadCount: threadCount))
                let (image, seconds) = try shortest { try decoder.decode() }
                let expected = reference ?? image.bytes
                reference = expected
                rows.append(
                    Self.row(
                        label, stream, image.header.size, "in process", kernels.name, threadCount,
                        seconds, identical: image.bytes == expected ? "yes" : "no"))
            }
        }
        return rows
    }

    /// Decodes with the tool, from its start to its end.
    private func decodeAsTool(_ stream: [UInt8], _ label: String) throws -> [[String]] {
        let folder = try TemporaryFolder()
        try Data(stream).write(to: URL(filePath: folder("in.coin")))
        let size = try CoinDecoder(parsing: stream).header.size
        let outputs = [
            ("to TIFF", [folder("out.tiff"), "--option", "tiff.compression=none"]),
            ("to PNG", [folder("out.png")]),
        ]
        return try outputs.flatMap { name, output in
            try Self.threadCounts.map { threadCount in
                let arguments =
                    [folder("in.coin")] + output
                    + ["--quiet", "--overwrite", "--threads", "\(threadCount)"]
                let cost = try Command.convert(arguments).measureBest(of: 3)
                return Self.row(
                    label, stream, size, name, "auto", threadCount, cost.seconds,
                    peak: cost.peakMebibytes.digits(1))
            }
        }
    }

    private static func row(
        _ label: String, _ stream: [UInt8], _ size: ImageSize, _ run: String, _ kernels: String,
        _ threadCount: Int, _ seconds: Double, peak: String = "", identical: String = ""
    ) -> [String] {
        let pixels = Double(size.pixelCount)
        return [
            label, "\(size)", (Double(stream.count * 8) / pixels).digits(3), run, kernels,
            "\(threadCount)", seconds.digits(4), (pixels / 1e6 / seconds).digits(2), peak,
            identical,
        ]
    }
}
