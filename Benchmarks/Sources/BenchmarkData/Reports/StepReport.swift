/// A step of the fit: whole steps, then the stages of the quickest kernels.
package enum StepReport {
    package static let columns = [
        "kernels", "networks", "threads", "stage", "parameters", "latents", "ms", "gflop_per_s",
        "peak_percent", "roofline_percent", "peak_gflop_per_s",
    ]
    /// The name of the stage that is all of them.
    package static let whole = "whole step"

    package static func text(_ table: Table) -> String {
        [steps(table.records), "", stages(table.records), "", notes].joined(separator: "\n")
    }

    private static func steps(_ records: [Table.Record]) -> String {
        let rows = records.filter { $0["stage"] == whole }.map { row in
            [row["kernels"], row["networks"], row["parameters"], row["threads"], row["ms"]]
                + [scaled(row).digits(2), row["gflop_per_s"], row["peak_gflop_per_s"]]
                + [row["peak_percent"], row["roofline_percent"], gain(row, records).digits(2)]
        }
        return markdown(
            [
                "kernels", "networks", "parameters", "threads", "ms a step", "at 118 GFLOP/s",
                "GFLOP/s", "peak of a core", "% of peak", "% of roofline", "times one thread",
            ], rows)
    }

    /// The milliseconds that a step would take where a core's peak is that of the reference.
    private static func scaled(_ row: Table.Record) -> Double {
        row.number("ms") * row.number("peak_gflop_per_s") / CurveRecords.referencePeak
    }

    /// How many times as quick as with one thread.
    private static func gain(_ row: Table.Record, _ records: [Table.Record]) -> Double {
        guard row["threads"] != "1" else { return .nan }
        let one = records.first {
            $0["threads"] == "1" && $0["stage"] == whole && $0["kernels"] == row["kernels"]
                && $0["networks"] == row["networks"]
        }
        return (one?.number("ms") ?? .nan) / row.number("ms")
    }

    /// The stages of the last variant, which is the quickest, by networks and threads.
    private static func stages(_ records: [Table.Record]) -> String {
        let kernels = records.last?["kernels"] ?? ""
        let own = records.filter { $0["kernels"] == kernels }
        let runs = own.filter { $0["stage"] == whole }.map { ($0["networks"], $0["threads"]) }
        let names = own.map { $0["stage"] }.reduce(into: [String]()) {
            if !$0.contains($1) { $0.append($1) }
        }
        let rows = names.map { name in
            [name]
                + runs.flatMap { networks, threads in
                    let row = own.first {
                        $0["stage"] == name && $0["networks"] == networks
                            && $0["threads"] == threads
                    }
                    return ["ms", "gflop_per_s", "roofline_percent"].map { row?[$0] ?? "" }
                }
        }
        let header = runs.flatMap { networks, threads in
            [
                "\(networks), \(threads) thread\(threads == "1" ? "" : "s"): ms", "GFLOP/s",
                "% of roofline",
            ]
        }
        return markdown(["stage (\(kernels))"] + header, rows)
    }

    private static let notes =
        "768 × 512, with a grid of full size. GFLOP/s count the multiply-adds of networks and filters, "
        + "forward and backward; the roofline is the peak of as many cores as there are threads, "
        + "measured with all of them busy, and has room for exponentials, logarithms, noise and the "
        + "latents' steps as well."
}
