/// A codec of others that runs as a program, with a quality to choose.
struct Peer {
    let name: String
    /// The program and the library in it, with versions.
    let library: String
    let fileExtension: String
    let qualities: ClosedRange<Int>
    let encode: (_ input: String, _ output: String, _ quality: Int) -> Command
    /// Decodes to PNG.
    let decode: (_ input: String, _ output: String) -> Command

    /// The peers that are installed; says which are not.
    static func installed() throws -> [Peer] {
        [try jpeg(), try webP()].compactMap { $0 }
    }

    /// libjpeg-turbo through ImageMagick: 4:2:0, optimized Huffman tables, progressive.
    private static func jpeg() throws -> Peer? {
        // Not just any `convert`: ours has that name, too.
        let names = ["magick", "convert-im6.q16", "convert"].filter(Command.isInstalled)
        let program = names.first {
            (try? Conditions.firstLine(of: [$0, "-version"]))?.contains("ImageMagick") == true
        }
        guard let program else {
            print("SKIPPED: JPEG, as ImageMagick is not installed")
            return nil
        }
        let version = try Conditions.firstLine(of: [program, "-version"])
            .split(separator: " ").dropFirst().prefix(2).joined(separator: " ")
        let formats = try Command([program, "-list", "format"]).output()
        let library = formats.split(separator: "\n").first { $0.contains("JFIF format") }
            .flatMap { $0.split { "()".contains($0) }.last }
        return Peer(
            name: "JPEG", library: "\(library ?? "an unknown libjpeg") in \(version)",
            fileExtension: "jpg", qualities: 1...100,
            encode: { input, output, quality in
                Command([
                    program, input, "-strip", "-sampling-factor", "4:2:0", "-interlace", "JPEG",
                    "-define", "jpeg:optimize-coding=true", "-quality", "\(quality)", output,
                ])
            },
            decode: { Command([program, $0, $1]) })
    }

    /// libwebp through its own tools, at the settings that give it the best PSNR.
    private static func webP() throws -> Peer? {
        guard Command.isInstalled("cwebp"), Command.isInstalled("dwebp") else {
            print("SKIPPED: WebP, as cwebp and dwebp are not installed")
            return nil
        }
        return Peer(
            name: "WebP", library: "cwebp \(try Conditions.firstLine(of: ["cwebp", "-version"]))",
            fileExtension: "webp", qualities: 0...100,
            encode: { input, output, quality in
                Command([
                    "cwebp", "-quiet", "-m", "6", "-sharp_yuv", "-sns", "0", "-q", "\(quality)",
                    input, "-o", output,
                ])
            },
            decode: { Command(["dwebp", "-quiet", $0, "-o", $1]) })
    }

    /// The highest quality whose file is not larger than `byteCount`, or the lowest quality of
    /// all, which then is larger.
    ///
    /// - Returns: The quality, what the encoder took, and whether the file is small enough.
    func encode(
        _ input: String, to output: String, notLargerThan byteCount: Int
    ) throws -> (quality: Int, cost: Command.Cost, fits: Bool) {
        let quality = try qualities.last {
            try encode(input, output, $0).output()
            return try fileSize(output) <= byteCount
        }
        let chosen = quality ?? qualities.lowerBound
        let cost = try encode(input, output, chosen).measure()
        return (chosen, cost, quality != nil)
    }
}

extension ClosedRange<Int> {
    /// The last number that `accepts`, by bisection, where none is accepted after one that is not.
    fileprivate func last(where accepts: (Int) throws -> Bool) rethrows -> Int? {
        var (low, high) = (lowerBound, upperBound)
        guard try accepts(low) else { return nil }
        while low < high {
            let middle = low + (high - low + 1) / 2
            if try accepts(middle) { low = middle } else { high = middle - 1 }
        }
        return low
    }
}
