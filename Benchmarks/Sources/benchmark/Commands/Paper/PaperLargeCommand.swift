internal import ArgumentParser
internal import BenchmarkData
internal import FormatKit
internal import Foundation

/// Whether time is linear in pixels, memory bounded and tiles invisible.
struct PaperLargeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "large",
        abstract: "Encode and decode a mosaic of the Kodak images beside one of them.")

    @Option(help: "The size of the mosaic, in megapixels.")
    var megapixels = 12.0

    @OptionGroup var fit: FitOptions
    @OptionGroup var photographs: PhotographOptions
    @OptionGroup var results: ResultOptions

    static let columns = [
        "picture", "setting", "pixels", "tiles", "overlap", "bytes", "bpp", "psnr_db", "encode_s",
        "encode_us_per_pixel", "encode_peak_mib", "decode_s", "decode_us_per_pixel",
        "decode_peak_mib", "seam", "worst_seam",
    ]

    func run() throws {
        let all = photographs.photographs
        guard let small = all.first(where: { $0.name == "kodim15" }) ?? all.first else { return }
        let conditions = try Conditions.current()
        var table = Table(columns: Self.columns)
        let images = try all.map { try $0.image() }
        let mosaic = Mosaic(of: images, size: ImageSize(megapixels: megapixels))
        for row in [
            try measure(small.name, small.image()),
            try measure("mosaic \(mosaic.image.header.size)", mosaic.image, cell: mosaic.cell),
        ] {
            table.append(row)
            print(row.joined(separator: " "))
        }
        try results.folder.write(table, conditions, as: "paper-large")
        PaperLargeReport.ratios(of: table).forEach { print($0) }
    }

    private func measure(
        _ name: String, _ image: Image, cell: ImageSize? = nil
    ) throws -> [String] {
        let folder = try TemporaryFolder()
        let (input, coin, output) = (folder("in.tiff"), folder("out.coin"), folder("out.png"))
        try Data(image.encoded(as: .tiff)).write(to: URL(filePath: input))
        let encoding = try Command.convert([input, coin, "--quiet"] + fit.arguments).measure()
        let decoding = try Command.convert([coin, output]).measure()
        let byteCount = try fileSize(coin)
        let pixelCount = Double(image.header.size.pixelCount)
        let grid = try TileGrid(ofFileAt: coin)
        let seams = Seams(
            original: image, decoded: try Image(contentsOf: output), grid: grid,
            cell: cell)
        return [
            name, fit.setting, "\(image.header.size.pixelCount)", "\(grid.columns)x\(grid.rows)",
            "\(grid.overlap)", "\(byteCount)", (Double(byteCount * 8) / pixelCount).digits(4),
            try Difference(input, output).psnr.digits(3),
        ]
            + [encoding, decoding].flatMap {
                [
                    $0.seconds.digits(3), (1e6 * $0.seconds / pixelCount).digits(4),
                    $0.peakMebibytes.digits(1),
                ]
            } + [seams.atBorder, seams.worst].map { $0.digits(3) }
    }
}

extension FormatID {
    fileprivate static let tiff = FormatID("tiff")
}
