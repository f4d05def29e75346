internal import BenchmarkData
internal import Foundation

/// The means at the paper's operating points, how the peers do at the same file sizes, and where
/// the curves cross.
struct PaperRateDistortionReport {
    /// The paper's means on Kodak, by network.
    private static let paper = [
        "5x20": (0.0736, 23.21), "5x30": (0.160, 24.64), "10x28": (0.307, 26.41),
        "10x40": (0.611, 28.41), "13x49": (1.209, 30.64),
    ]

    private let records: [Table.Record]
    private let points: [String]
    /// The images that all codecs and all points have.
    private let images: Set<String>

    init(_ table: Table) {
        let all = table.records.filter { !$0["point"].hasPrefix("quality") }
        let coin = all.filter { $0["codec"] == "coin" }
        let groups = Dictionary(grouping: all) { [$0["codec"], $0["point"]] }
        images =
            groups.values.map { Set($0.map { $0["image"] }) }
            .reduce(nil as Set<String>?) { $0?.intersection($1) ?? $1 } ?? []
        points = Architecture.paper.map(\.description).filter { point in
            coin.contains { $0["point"] == point }
        }
        records = all
    }

    private func rows(_ codec: String, _ point: String) -> [Table.Record] {
        records.filter {
            $0["codec"] == codec && $0["point"] == point && images.contains($0["image"])
        }
    }

    private func mean(_ codec: String, _ point: String, _ column: String) -> Double {
        rows(codec, point).map { $0.number(column) }.mean
    }

    /// Times are medians: whatever else the machine did makes a run longer, never shorter.
    private func median(_ codec: String, _ point: String, _ column: String) -> Double {
        rows(codec, point).map { $0.number(column) }.median
    }

    private var peers: [String] {
        Peer.names.filter { name in records.contains { $0["codec"] == name } }
    }

    /// The curve of a codec at the same rate for each image; without the rates that some image
    /// does not reach.
    private func curve(_ codec: String) -> RateDistortionCurve? {
        let names = Set(records.filter { $0["codec"] == codec }.map { $0["point"] })
        return RateDistortionCurve(
            names.filter { name in rows(codec, name).allSatisfy { $0["fits"] == "yes" } }
                .filter { !rows(codec, $0).isEmpty }
                .map {
                    .init(rate: mean(codec, $0, "bpp"), quality: mean(codec, $0, "psnr_db"))
                })
    }

    /// A sentence for each peer that compares our curve with its.
    var summary: [String] {
        guard let ours = curve("coin") else { return [] }
        return peers.compactMap { peer in
            guard let theirs = curve(peer), let comparison = ours.comparison(with: theirs)
            else { return nil }
            let difference = ours.rateDifference(from: theirs).map {
                "\(abs($0).digits(1)) % \($0 < 0 ? "fewer" : "more") bits at equal PSNR"
            }
            let own = paperCurve?.comparison(with: theirs).flatMap {
                $0.crossings.isEmpty ? nil : "the paper's curve: \($0.turns)"
            }
            let parts = [difference, "\(comparison.turns) (\(comparison.range))", own]
            return "\(peer): " + parts.compactMap { $0 }.joined(separator: "; ")
        }
    }

    /// The paper's points, whose rates count only the weights; none for only some of the images.
    private var paperCurve: RateDistortionCurve? {
        guard images.count == 24 else { return nil }
        return RateDistortionCurve(Self.paper.values.map { .init(rate: $0.0, quality: $0.1) })
    }

    var text: String {
        var parts = [networks, "", sizes, "", misses]
        if !summary.isEmpty {
            parts += [
                "",
                "Our curve against each peer's, files against files, the same rate for every "
                    + "image; the paper's against the same, its weights against files:", "",
            ]
            parts += summary.map { "* " + $0 }
        }
        parts += [
            "", "<details><summary>Each image, 10x28</summary>", "", details, "", "</details>",
        ]
        return parts.joined(separator: "\n")
    }

    /// The networks beside the paper's.
    private var networks: String {
        let rows = points.map { point in
            let (rate, decibels) = Self.paper[point] ?? (.nan, .nan)
            let psnr = mean("coin", point, "psnr_db")
            return [
                point, "\(self.rows("coin", point).count)", rate.digits(3), decibels.digits(2),
                mean("coin", point, "bpp_weights").digits(3), psnr.digits(2),
                (psnr - decibels).digits(2), mean("coin", point, "ms_ssim").digits(4),
                median("coin", point, "encode_s").digits(1),
                mean("coin", point, "encode_peak_mib").digits(0),
                median("coin", point, "decode_s").digits(3),
            ]
        }
        return markdown(
            [
                "network", "images", "paper, bpp", "PSNR, dB", "ours, bpp", "PSNR, dB", "gain, dB",
                "MS-SSIM", "encode, s", "MiB", "decode, s",
            ], rows)
    }

    /// The PSNR of all codecs at the sizes of our files.
    private var sizes: String {
        let rows = points.map { point in
            [
                point, mean("coin", point, "bytes").digits(0),
                mean("coin", point, "bpp").digits(3), mean("coin", point, "psnr_db").digits(2),
            ]
                + peers.map { peer in
                    self.rows(peer, point).allSatisfy { $0["fits"] == "yes" }
                        ? mean(peer, point, "psnr_db").digits(2) : ""
                }
        }
        return markdown(["PSNR at the size of", "bytes", "bpp", "coin"] + peers, rows)
    }

    private var misses: String {
        "Each peer's file is the largest not larger than ours; its place is empty where its lowest "
            + "quality is larger for some image. The paper's bpp and ours beside it count the "
            + "weights, all others the file. PSNR and MS-SSIM are means over the images, times "
            + "medians."
    }

    private var details: String {
        let rows = self.rows("coin", "10x28").map { coin in
            [coin["image"], coin["bytes"], coin["psnr_db"], coin["ms_ssim"], coin["encode_s"]]
                + peers.map { peer in
                    self.rows(peer, "10x28").first { $0["image"] == coin["image"] }?["psnr_db"]
                        ?? ""
                }
        }
        return markdown(["image", "bytes", "coin, dB", "MS-SSIM", "encode, s"] + peers, rows)
    }
}

extension RateDistortionCurve.Comparison {
    /// Where the curve is the better one.
    fileprivate var turns: String {
        let names = startsAbove ? ["better", "worse"] : ["worse", "better"]
        let parts = crossings.enumerated().map { index, place in
            "\(names[index % 2]) up to \(place.rate.digits(3)) bpp (\(place.quality.digits(2)) dB)"
        }
        return
            (parts + [names[crossings.count % 2] + (crossings.isEmpty ? " everywhere" : " above")])
            .joined(separator: ", ")
    }

    fileprivate var range: String {
        "from \(rates.lowerBound.digits(3)) to \(rates.upperBound.digits(3)) bpp"
    }
}
