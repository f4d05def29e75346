internal import ArgumentParser
internal import BenchmarkData
internal import Foundation

/// How large what a decoder needs is.
struct PaperModelSizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model-size",
        abstract: "Measure the weights of a Kodak image at 0.3 bits per pixel, and the decoder.")

    @OptionGroup var results: ResultOptions

    /// The sources that decode: others of the same modules only fit.
    private static let decoder = [
        (
            "CoinFormat",
            ["Container", "Codec", "Architecture", "Siren", "Tiles"].map {
                "CoinFormat/CoinFormat/\($0)"
            }
        ),
        ("CoinKernels", ["CoinFormat/CoinKernels"]), ("CCoinKernels", ["CoinFormat/CCoinKernels"]),
    ]

    func run() throws {
        let conditions = try Conditions.current()
        var table = Table(columns: ["what", "bytes"])
        let network = Architecture(layers: 10, width: 28)
        table.append(["weights of one image (\(network))", "\(network.weightBits / 8)"])
        table.append(["machine code of the decoder", "\(try Self.codeByteCount())"])
        table.append(["source of the Python decoder", "\(try Self.pythonByteCount())"])
        for row in table.rows { print(row.joined(separator: " ")) }
        try results.folder.write(table, conditions, as: "paper-model-size")
    }

    /// Code and constants in the object files of the decoder, for all instruction sets; with the
    /// gradient, which shares files with the evaluation.
    private static func codeByteCount() throws -> Int {
        let objects = try decoder.flatMap { module, folders in
            try folders.flatMap { folder in
                try FileManager.default.contentsOfDirectory(
                    atPath: Repository.path("Sources/\(folder)")
                )
                .filter { $0.hasSuffix(".swift") || $0.hasSuffix(".c") }
                .map { Command.siblingPath("\(module).build/\($0).o") }
            }
        }
        let present = objects.filter(FileManager.default.fileExists(atPath:))
        guard !present.isEmpty else { throw BenchmarkError("the decoder has no object files") }
        let lines = try Command(["size"] + present).output().split(separator: "\n").dropFirst()
        return lines.compactMap { $0.split { $0.isWhitespace }.first.flatMap { Int($0) } }
            .reduce(0, +)
    }

    private static func pythonByteCount() throws -> Int {
        try fileSize(Repository.path("spec/reference/coin_decode.py"))
    }
}
