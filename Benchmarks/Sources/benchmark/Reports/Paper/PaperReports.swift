internal import BenchmarkData

/// Each run.
enum PaperDecodeReport {
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
enum PaperLargeReport {
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
enum PaperKernelsReport {
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

/// PyTorch beside the tool.
enum PaperReferenceReport {
    static func text(_ table: Table) -> String {
        let rows = table.records.map { row in
            ["what", "unit", "pytorch", "coin", "ratio"].map { row[$0] }
        }
        return markdown(["10x28 on kodim15", "unit", "PyTorch", "this", "times"], rows)
            + "\n\nPyTorch's time to the paper's quality is that of 50 000 steps, extrapolated from "
            + "those that were run."
    }
}

/// What a decoder needs.
enum PaperModelSizeReport {
    static func text(_ table: Table) -> String {
        markdown(["what", "bytes"], table.records.map { [$0["what"], $0["bytes"]] })
    }
}
