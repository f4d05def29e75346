/// A picture of the size of a Kodak image and a large one, and how they compare.
package enum LargeReport {
    package static func text(_ table: Table) -> String {
        let rows = table.records.map { row in
            [
                row["picture"], row["bytes"], row["bpp"], row["psnr_db"], row["encode_s"],
                [row].scaledSeconds("encode_s").digits(1), row["encode_us_per_pixel"],
                row["encode_peak_mib"], row["encode_bytes_per_pixel"], row["decode_s"],
                row["decode_us_per_pixel"], row["decode_peak_mib"], row["seam"],
                row["worst_seam"],
            ]
        }
        let header = [
            "picture", "bytes", "bpp", "PSNR, dB", "encode, s", "at 118 GFLOP/s", "µs/pixel",
            "MiB", "bytes of memory a pixel", "decode, s", "µs/pixel", "MiB", "seam", "worst",
        ]
        return markdown(header, rows) + "\n\n" + ratios(table.records)
    }

    /// Sentences that compare the last picture with the first.
    private static func ratios(_ rows: [Table.Record]) -> String {
        guard let small = rows.first, let large = rows.last, rows.count > 1 else { return "" }
        func ratio(_ column: String) -> String {
            (large.number(column) / small.number(column)).digits(2)
        }
        let setting = large["setting"] == "default" ? "the default settings" : large["setting"]
        return
            "With \(setting). A pixel of the mosaic takes \(ratio("encode_us_per_pixel")) times as "
            + "long to encode as one of \(small["picture"]), at \(ratio("bpp")) times the bits, and "
            + "\(ratio("decode_us_per_pixel")) times as long to decode (to uncompressed TIFF). Across "
            + "the borders of the windows that it was fitted in, the error changes \(large["seam"]) "
            + "times as much from pixel to pixel as elsewhere, and nowhere near them more than "
            + "\(large["worst_seam"]) times as much."
    }
}
