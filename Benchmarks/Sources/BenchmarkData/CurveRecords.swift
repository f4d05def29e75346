/// Files of `.coin` and of peers at several qualities, as `benchmark rate-distortion` and
/// `benchmark efforts` write them down.
package struct CurveRecords {
    /// The peak of the machine that times are told for, in GFLOP/s a core.
    package static let referencePeak = 118.0
    /// The rates that deltas are taken over, in bits per pixel.
    package static let rates = 0.1...1.2
    package static let columns = [
        "image", "codec", "effort", "quality", "version", "bytes", "bpp", "psnr_db", "ms_ssim",
        "encode_s", "encode_cpu_s", "encode_peak_mib", "decode_s", "decode_cpu_s",
        "decode_peak_mib", "peak_gflop_per_s",
    ]
    /// What tells a row from all others.
    package static let key = ["image", "codec", "effort", "quality"]
    package static let coin = "coin"

    package let records: [Table.Record]

    package init(_ table: Table) {
        records = table.records
    }

    /// The efforts of `.coin` that there are, in rising order.
    package var efforts: [Int] {
        Set(records.filter { $0["codec"] == Self.coin }.compactMap { Int($0["effort"]) }).sorted()
    }

    /// The peers that there are, in the order of their first rows.
    package var peers: [String] {
        records.map { $0["codec"] }.filter { $0 != Self.coin }
            .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// The sources of the codec that the rows of `.coin` were made with.
    package var versions: [String] {
        Set(records.filter { $0["codec"] == Self.coin }.map { $0["version"] }).sorted()
    }

    /// The rows of `.coin` at an effort.
    package func rows(effort: Int) -> [Table.Record] {
        records.filter { $0["codec"] == Self.coin && $0["effort"] == "\(effort)" }
    }

    /// The curves of `.coin` at an effort, of all images or of those that are wanted.
    package func curves(effort: Int, images: Set<String>? = nil) -> ImageCurves {
        Self.curves(rows(effort: effort), images)
    }

    /// The curves of a peer, of all images or of those that are wanted.
    package func curves(peer: String, images: Set<String>? = nil) -> ImageCurves {
        Self.curves(records.filter { $0["codec"] == peer }, images)
    }

    private static func curves(_ rows: [Table.Record], _ images: Set<String>?) -> ImageCurves {
        ImageCurves(
            rows.map {
                .init(
                    image: $0["image"], setting: $0["quality"], rate: $0.number("bpp"),
                    quality: $0.number("psnr_db"))
            }, images: images)
    }
}

extension Sequence<Table.Record> {
    /// The rows whose times were taken.
    package var timed: [Table.Record] { filter { !$0["encode_s"].isEmpty } }

    /// The median of a column of times, in seconds as measured.
    package func seconds(_ column: String) -> Double {
        timed.map { $0.number(column) }.median
    }

    /// The median of a column of times as they would be on the machine that times are told for,
    /// if they go with its peak.
    package func scaledSeconds(_ column: String) -> Double {
        timed.map {
            $0.number(column) * $0.number("peak_gflop_per_s") / CurveRecords.referencePeak
        }.median
    }

    /// The mean of a column.
    package func mean(_ column: String) -> Double { map { $0.number(column) }.mean }

    /// The peaks of the machines that the rows come from, in GFLOP/s a core.
    package var peaks: String {
        let peaks = map { $0.number("peak_gflop_per_s") }.filter { !$0.isNaN }
        guard let low = peaks.min(), let high = peaks.max() else { return "" }
        // Whole numbers: the peak varies by some percent from run to run.
        return low.digits(0) == high.digits(0)
            ? low.digits(0) : "\(low.digits(0)) to \(high.digits(0))"
    }
}
