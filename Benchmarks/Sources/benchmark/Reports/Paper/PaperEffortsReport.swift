internal import BenchmarkData

/// PSNR and time of each network at each effort, and the gain over the default.
enum PaperEffortsReport {
    /// The tool's own choice.
    private static let usual = "5"

    static func text(_ table: Table) -> String {
        let efforts = (1...9).map(String.init).filter { effort in
            table.records.contains { $0["effort"] == effort }
        }
        let points = Architecture.paper.map(\.description).filter { point in
            table.records.contains { $0["point"] == point }
        }
        let rows = points.map { point in row(table.records, point, efforts) }
        let header =
            ["network", "images"]
            + efforts.flatMap { effort in
                ["effort \(effort), dB", "CPU, s"] + (effort == usual ? [] : ["change, dB"])
            }
        return markdown(header, rows)
            + "\n\nPSNR and its change against effort \(usual), the default, are means over the "
            + "images that have all efforts; times are medians, of all cores together."
    }

    private static func row(
        _ records: [Table.Record], _ point: String, _ efforts: [String]
    ) -> [String] {
        let own = records.filter { $0["point"] == point }
        // An image counts where it has been fitted at every effort.
        let images = Set(own.map { $0["image"] }).filter { image in
            efforts.allSatisfy { effort in
                own.contains { $0["image"] == image && $0["effort"] == effort }
            }
        }
        func values(_ effort: String, _ column: String) -> [Double] {
            own.filter { $0["effort"] == effort && images.contains($0["image"]) }
                .map { $0.number(column) }
        }
        let reference = values(usual, "psnr_db").mean
        return [point, "\(images.count)"]
            + efforts.flatMap { effort in
                let mean = values(effort, "psnr_db").mean
                return [mean.digits(2), values(effort, "encode_cpu_s").median.digits(1)]
                    + (effort == usual ? [] : [(mean - reference).digits(2)])
            }
    }
}
