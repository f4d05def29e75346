internal import BenchmarkData
internal import Foundation

extension Peer {
    /// libjpeg-turbo, 4:2:0, three times: what Pillow writes, byte for byte; optimized and
    /// progressive; arithmetic-coded.
    static func jpegs() throws -> [Peer] {
        guard haveAll(["cjpeg", "djpeg"], for: "JPEG") else { return [] }
        let version =
            try Command(["sh", "-c", "cjpeg -version 2>&1"]).output()
            .split(separator: "\n").first.map(String.init) ?? "cjpeg"
        let kinds = [
            ("JPEG (Pillow)", ["-baseline"]),
            ("JPEG (progressive)", ["-optimize", "-progressive"]),
            ("JPEG (arithmetic)", ["-arithmetic", "-progressive"]),
        ]
        return kinds.map { name, switches in
            Peer(
                name: name, library: "cjpeg \(version)".replacing(",", with: ""),
                fileExtension: "jpg", output: "ppm", qualities: 1...100,
                constantQualities: [3, 5, 8, 12, 20, 30, 50, 70],
                encode: { input, output, quality in
                    Command(
                        ["cjpeg"] + switches
                            + ["-quality", "\(quality)", "-outfile", output, input])
                },
                decode: { Command(["djpeg", "-outfile", $1, $0]) })
        }
    }

    /// libwebp through its own tools, at the settings that give it the best PSNR.
    static func webP() throws -> Peer? {
        guard haveAll(["cwebp", "dwebp"], for: "WebP") else { return nil }
        return Peer(
            name: "WebP", library: "cwebp \(try Conditions.firstLine(of: ["cwebp", "-version"]))",
            fileExtension: "webp", qualities: 0...100,
            constantQualities: [0, 5, 15, 30, 50, 70, 85],
            encode: { input, output, quality in
                Command([
                    "cwebp", "-quiet", "-m", "6", "-sharp_yuv", "-sns", "0", "-q", "\(quality)",
                    input, "-o", output,
                ])
            },
            decode: { Command(["dwebp", "-quiet", $0, "-o", $1]) })
    }

    /// OpenJPEG with the 9/7 wavelet; its quality is a rate, in thousandths of a bit per pixel.
    static func jpeg2000() throws -> Peer? {
        guard haveAll(["opj_compress", "opj_decompress"], for: "JPEG 2000") else { return nil }
        // -h fails, after it has told the version.
        let help = try Command(["sh", "-c", "opj_compress -h 2>&1 || true"]).output()
        let version = help.split { $0.isWhitespace }
            .first { $0.hasPrefix("v") && $0.contains(".") }
        return Peer(
            name: "JPEG 2000",
            library:
                "OpenJPEG \(version?.filter { $0 != "v" }.trimmingCharacters(in: .punctuationCharacters) ?? "")",
            fileExtension: "jp2", qualities: 20...4000,
            encode: { input, output, quality in
                let ratio = (24_000 / Double(quality)).digits(4)
                return Command(["opj_compress", "-i", input, "-o", output, "-I", "-r", ratio])
            },
            decode: { Command(["opj_decompress", "-i", $0, "-o", $1]) })
    }

    /// libjxl at its default effort; the quality is 25 less the distance, in tenths.
    static func jpegXL() throws -> Peer? {
        guard haveAll(["cjxl", "djxl"], for: "JPEG XL") else { return nil }
        let version = try Conditions.firstLine(of: ["cjxl", "--version"])
            .split(separator: " ").prefix(2).joined(separator: " ")
        return Peer(
            name: "JPEG XL", library: version, fileExtension: "jxl", qualities: 0...247,
            constantQualities: [0, 100, 150, 190, 210, 225, 235],
            encode: { input, output, quality in
                let distance = (25 - Double(quality) / 10).digits(1)
                return Command(["cjxl", input, output, "-d", distance, "-e", "7", "--quiet"])
            },
            decode: { Command(["djxl", $0, $1, "--quiet"]) })
    }

    /// libavif with aom, 4:4:4, by default at its default speed; the quality is 63 less the
    /// quantizer.
    static func avif(speed: Int = 6, tuning: [String] = []) throws -> Peer? {
        guard haveAll(["avifenc", "avifdec"], for: "AVIF") else { return nil }
        let words = try Conditions.firstLine(of: ["avifenc", "--version"]).split(separator: " ")
        let version = words.dropFirst().first ?? ""
        return Peer(
            name: "AVIF",
            library: "libavif \(version) with aom"
                + (tuning.isEmpty ? "" : " at speed \(speed) \(tuning.joined(separator: " "))"),
            fileExtension: "avif",
            input: "png", qualities: 0...63, constantQualities: [0, 3, 7, 11, 15, 19, 23, 29],
            encode: { input, output, quality in
                let quantizer = "\(63 - quality)"
                return Command(
                    ["avifenc", "-s", "\(speed)", "-y", "444"] + tuning
                        + ["--min", quantizer, "--max", quantizer, "-j", "2", input, output])
            },
            decode: { Command(["avifdec", "-d", "8", $0, $1]) })
    }
}
