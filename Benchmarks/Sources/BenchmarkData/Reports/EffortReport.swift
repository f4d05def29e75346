/// What more work buys: bits against a peer, and seconds, for each effort.
package struct EffortReport {
    private let records: CurveRecords
    private let peer: String

    package init(_ table: Table, peer: String) {
        records = CurveRecords(table)
        self.peer = peer
    }

    package var text: String {
        let anchor = records.curves(peer: peer)
        let rows = records.efforts.map { effort in
            let own = records.curves(effort: effort)
            let deltas = own.rateDifferences(from: anchor, within: CurveRecords.rates).values
            let rows = records.rows(effort: effort)
            return [
                "\(effort)", "\(own.images.count)", deltas.mean.signed(1),
                gain(over: CurveReport.defaultEffort, effort).signed(1),
                rows.seconds("encode_s").digits(1), rows.scaledSeconds("encode_s").digits(1),
                rows.seconds("encode_cpu_s").digits(1),
                (rows.map { $0.number("encode_peak_mib") }.max() ?? .nan).digits(0),
            ]
        }
        let header = [
            "effort", "images", "bits against \(peer), %",
            "against effort \(CurveReport.defaultEffort), %", "encode, s", "at 118 GFLOP/s",
            "CPU, s", "MiB",
        ]
        return markdown(header, rows) + "\n\n" + notes
    }

    /// The mean over the images of the bits of an effort against another's, in percent.
    private func gain(over usual: Int, _ effort: Int) -> Double {
        effort == usual
            ? .nan
            : records.curves(effort: effort)
                .rateDifferences(from: records.curves(effort: usual), within: CurveRecords.rates)
                .values.mean
    }

    private var notes: String {
        let rows = records.records.filter { $0["codec"] == CurveRecords.coin }
        let images = Set(rows.map { $0["image"] }).sorted().joined(separator: ", ")
        let qualities = CurveReport.qualities(rows).joined(separator: ", ")
        return
            "Of \(images), qualities \(qualities); means over the images, times "
            + "medians over images and qualities. A core's peak was \(rows.peaks) GFLOP/s. Codec sources: "
            + records.versions.joined(separator: " and ") + "."
    }
}
