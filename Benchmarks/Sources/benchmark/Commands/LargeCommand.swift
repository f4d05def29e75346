internal import ArgumentParser
internal import BenchmarkData
internal import FormatKit
internal import Foundation

/// Whether time is linear in pixels, memory bounded and the windows of a fit invisible.
struct LargeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "large",
        abstract: "Encode and decode a mosaic of photographs beside a Kodak image.",
        discussion: """
            The mosaic is of the photographs that the default networks were learned from, or of \
            those in --mosaic: it is for time, memory and seams, not for rates.
            """)

    static let name = "large"

    @Option(help: "The size of the mosaic, in megapixels.")
    var megapixels = 12.0

    @Option(help: "The effort of the encoder, 1 to 9 (default: the tool's).")
    var effort: Int?

    @Option(help: "The quality (default: the tool's).")
    var quality: Int?

    @Option(help: "The folder of the mosaic (default: shared/corpora/clic2025-validation).")
    var mosaic: String?

    @Option(help: "A folder for the .coin files, which are thrown away otherwise.")
    var keep: String?

    @OptionGroup var photographs: PhotographOptions
    @OptionGroup var results: ResultOptions

    static let columns = [
        "picture", "setting", "pixels", "bytes", "bpp", "psnr_db", "encode_s", "encode_cpu_s",
        "encode_us_per_pixel", "encode_peak_mib", "encode_bytes_per_pixel", "decode_s",
        "decode_us_per_pixel", "decode_peak_mib", "seam", "worst_seam", "peak_gflop_per_s",
    ]

    /// The sides of the windows that the grids of a large picture are fitted in.
    private static let windowSide = 2048
    /// Narrower than a window, so that its borders are not the mosaic's.
    private static let widestCell = 1500
    /// How far from a border the errors of two windows could differ: what upsampling reaches.
    private static let reach = 64

    func run() throws {
        let folder = mosaic ?? Repository.path("../shared/corpora/clic2025-validation")
        let all = Photograph.all(in: folder)
        guard !all.isEmpty, let small = try photographs.chosen(["kodim15"]).first else { return }
        let conditions = try Conditions.current()
        var table = Table(columns: Self.columns)
        func add(_ row: [String]) {
            table.append(row + [(conditions.peakGigaflops ?? .nan).digits(1)])
            print(row.joined(separator: " "))
        }
        add(try measure(small.name, small.image()))
        let images = try all.map { try $0.image() }
        let size = ImageSize(megapixels: megapixels)
        let mosaic = Mosaic(of: images, size: size, widest: Self.widestCell)
        add(try measure("mosaic \(size)", mosaic.image, cell: mosaic.cell))
        try results.folder.write(table, conditions, as: Self.name)
        print(LargeReport.text(table))
    }

    private var arguments: [String] {
        (effort.map { ["--effort", "\($0)"] } ?? [])
            + (quality.map { ["--quality", "\($0)"] } ?? [])
    }

    private func measure(
        _ name: String, _ image: Image, cell: ImageSize? = nil
    ) throws -> [String] {
        let folder = try TemporaryFolder()
        let (input, coin, output) = (folder("in.tiff"), folder("out.coin"), folder("out.tiff"))
        try Data(image.encoded(as: .tiff)).write(to: URL(filePath: input))
        let encoding = try Command.convert([input, coin, "--quiet"] + arguments).measure()
        let decoding = try Command.convert([
            coin, output, "--quiet", "--option", "tiff.compression=none",
        ]).measure()
        let byteCount = try fileSize(coin)
        try keepFile(coin, as: name)
        let size = image.header.size
        let pixelCount = Double(size.pixelCount)
        let seams = Seams(
            original: image, decoded: try Image(contentsOf: output),
            columns: Array(stride(from: Self.windowSide, to: size.width, by: Self.windowSide)),
            rows: Array(stride(from: Self.windowSide, to: size.height, by: Self.windowSide)),
            reach: Self.reach, cell: cell)
        let setting = arguments.isEmpty ? "default" : arguments.joined(separator: " ")
        return [
            name, setting, "\(size.pixelCount)", "\(byteCount)",
            (Double(byteCount * 8) / pixelCount).digits(4),
            try Difference(input, output).psnr.digits(3), encoding.seconds.digits(3),
            encoding.cpuSeconds.digits(3), (1e6 * encoding.seconds / pixelCount).digits(4),
            encoding.peakMebibytes.digits(1),
            (Double(encoding.peakByteCount) / pixelCount).digits(1), decoding.seconds.digits(3),
            (1e6 * decoding.seconds / pixelCount).digits(4), decoding.peakMebibytes.digits(1),
            seams.atBorder.digits(3), seams.worst.digits(3),
        ]
    }

    private func keepFile(_ path: String, as name: String) throws {
        guard let keep else { return }
        try FileManager.default.createDirectory(
            atPath: keep, withIntermediateDirectories: true)
        let copy = "\(keep)/\(name.split(separator: " ").joined(separator: "-")).coin"
        try? FileManager.default.removeItem(atPath: copy)
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        print("kept \(copy)")
    }
}

extension FormatID {
    fileprivate static let tiff = FormatID("tiff")
}
