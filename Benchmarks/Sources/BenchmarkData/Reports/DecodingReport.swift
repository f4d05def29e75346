/// Each run of the decoder.
package enum DecodingReport {
    package static let columns = [
        "picture", "size", "bpp", "run", "kernels", "threads", "seconds", "megapixels_per_s",
        "peak_mib", "identical",
    ]

    package static func text(_ table: Table) -> String {
        let rows = table.records.map { row in columns.map { row[$0] } }
        return markdown(
            [
                "picture", "size", "bpp", "run", "kernels", "threads", "s", "MP/s", "peak, MiB",
                "same bytes",
            ], rows)
            + "\n\nIn process: from the parsed file to samples in memory, the shortest of a second's "
            + "runs. To TIFF (uncompressed) and to PNG: whole processes, the best of three."
    }
}
