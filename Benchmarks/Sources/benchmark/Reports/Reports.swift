/// The means over all images, then each image.
enum KodakReport {
    private static let means = [
        ("bytes", 0), ("bpp", 3), ("psnr_db", 2), ("ms_ssim", 4), ("encode_s", 2),
        ("encode_peak_mib", 0), ("decode_s", 3), ("decode_peak_mib", 0),
    ]

    /// For each codec: its name, the number of images, and means of the numbers.
    static func means(of table: Table) -> [[String]] {
        codecs(of: table).map { codec in
            let rows = table.records.filter { $0["codec"] == codec }
            return [codec, "\(rows.count)"]
                + means.map { column, digits in
                    rows.map { $0.number(column) }.mean.digits(digits)
                }
        }
    }

    private static func codecs(of table: Table) -> [String] {
        ["coin", "JPEG", "WebP"].filter { codec in
            !table.records.filter { $0["codec"] == codec }.isEmpty
        }
    }

    static func text(_ table: Table) -> String {
        [
            markdown(
                [
                    "mean", "images", "bytes", "bpp", "PSNR, dB", "MS-SSIM", "encode, s", "MiB",
                    "decode, s", "MiB",
                ], means(of: table)), "", notes(on: table),
            "<details><summary>Each image</summary>", "", details(of: table), "", "</details>",
        ].joined(separator: "\n")
    }

    private static func notes(on table: Table) -> String {
        let misses = table.records.filter { $0["fits"] == "no" }
        if misses.isEmpty { return "Each peer's file is the largest not larger than ours.\n" }
        let names = misses.map { "\($0["image"]) (\($0["codec"]))" }.joined(separator: ", ")
        return "Each peer's file is the largest not larger than ours, or, where no quality is low "
            + "enough, its smallest: \(names).\n"
    }

    private static func details(of table: Table) -> String {
        let peers = codecs(of: table).dropFirst()
        let rows = table.records.filter { $0["codec"] == "coin" }.map { coin in
            [coin["image"], coin["bytes"], coin["psnr_db"], coin["ms_ssim"], coin["encode_s"]]
                + peers.flatMap { peer in
                    let row = table.records.filter {
                        $0["image"] == coin["image"] && $0["codec"] == peer
                    }
                    return ["bytes", "psnr_db", "ms_ssim"].map { row.first?[$0] ?? "" }
                }
        }
        return markdown(
            ["image", "coin bytes", "PSNR", "MS-SSIM", "encode, s"]
                + peers.flatMap { ["\($0) bytes", "PSNR", "MS-SSIM"] }, rows)
    }
}

/// Each run.
enum DecodeReport {
    static func text(_ table: Table) -> String {
        let rows = table.records.map { row in
            [
                row["picture"], row["run"], row["kernels"], row["threads"],
                row["seconds"], row["megapixels_per_s"], row["peak_mib"], row["identical"],
            ]
        }
        return markdown(
            ["picture", "run", "kernels", "threads", "s", "MP/s", "peak, MiB", "same bytes"], rows)
            + "\n\nOf the large picture, the scalar kernels decode only the first 768 × 768 pixels."
    }
}

/// The small picture, the large one, and how they compare.
enum LargeReport {
    private static let columns = [
        "picture", "tiles", "bytes", "bpp", "psnr_db", "encode_s", "encode_us_per_pixel",
        "encode_peak_mib", "decode_s", "decode_us_per_pixel", "decode_peak_mib", "seam",
        "worst_seam",
    ]

    static func text(_ table: Table) -> String {
        let rows = table.records.map { row in columns.map { row[$0] } }
        return markdown(
            [
                "picture", "tiles", "bytes", "bpp", "PSNR, dB", "encode, s", "µs/pixel", "MiB",
                "decode, s", "µs/pixel", "MiB", "seam", "worst",
            ], rows) + "\n\n" + ratios(of: table).joined(separator: " ")
    }

    /// Sentences that compare the last picture with the first.
    static func ratios(of table: Table) -> [String] {
        let rows = table.records
        guard let small = rows.first, let large = rows.last else { return [] }
        func ratio(_ column: String) -> String {
            (large.number(column) / small.number(column)).digits(2)
        }
        return [
            "A pixel of the mosaic takes \(ratio("encode_us_per_pixel")) times as long to encode "
                + "as one of \(small["picture"]), and \(ratio("decode_us_per_pixel")) times as "
                + "long to decode.",
            "Across the borders of tiles, the error changes \(large["seam"]) times as much from "
                + "pixel to pixel as inside tiles, and nowhere in the blended strips more than "
                + "\(large["worst_seam"]) times as much.",
        ]
    }
}

/// Both functions of a variant and a width in one line.
enum KernelsReport {
    static func text(_ table: Table) -> String {
        let columns = ["gflop_per_s", "ns_per_pixel", "cycles_per_pixel", "roofline_percent"]
        let rows = table.records.filter { $0["function"] == "evaluate" }.map { evaluate in
            let gradient = table.records.filter {
                $0["function"] == "gradient" && $0["kernels"] == evaluate["kernels"]
                    && $0["width"] == evaluate["width"]
            }
            return [evaluate["kernels"], evaluate["width"], evaluate["peak_gflop_per_s"]]
                + ([evaluate] + gradient).flatMap { row in columns.map { row[$0] } }
        }
        let header = ["GFLOP/s", "ns/pixel", "cycles/pixel", "% of roofline"]
        return markdown(
            ["kernels", "width", "peak GFLOP/s"] + header.map { "evaluate, " + $0 }
                + header.map { "gradient, " + $0 }, rows)
    }
}
