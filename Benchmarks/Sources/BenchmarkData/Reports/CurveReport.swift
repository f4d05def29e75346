/// What latent grids do on a set of images, and what bits they take against others'.
package struct CurveReport {
    private let records: CurveRecords
    private let published: PublishedCurves
    /// The rates that deltas are taken over, in bits per pixel.
    private let rates: ClosedRange<Double>
    /// The default effort first, as it counts most.
    private let efforts: [Int]

    package static let defaultEffort = 5

    package init(
        _ table: Table, published: PublishedCurves,
        rates: ClosedRange<Double> = CurveRecords.rates
    ) {
        records = CurveRecords(table)
        self.published = published
        self.rates = rates
        let all = records.efforts
        efforts = all.filter { $0 == Self.defaultEffort } + all.filter { $0 != Self.defaultEffort }
    }

    /// The deltas against each peer and what each quality gives.
    package var text: String { deltaText + "\n\n" + pointText }

    /// The deltas against each peer.
    package var deltaText: String { deltas + "\n\n" + deltaNotes }

    /// What each quality gives, and in what time.
    package var pointText: String { points + "\n\n" + pointNotes }

    // MARK: Deltas

    /// Another codec, with what there is of it.
    private struct Anchor {
        let name: String
        let images: ImageCurves?
        /// Its means over the same images; over all of Kodak where it has none of its own.
        let means: (Set<String>) -> RateDistortionCurve?
    }

    private var anchors: [Anchor] {
        let peers = records.peers.map { peer in
            Anchor(
                name: peer, images: records.curves(peer: peer),
                means: { records.curves(peer: peer, images: $0).means })
        }
        let withImages = published.images.map { name, curves in
            Anchor(
                name: "\(name), published", images: curves,
                means: { $0 == curves.images ? curves.means : nil })
        }
        // Of how many images a published mean is, only its name tells: all 24 of Kodak.
        let others = published.means.map { name, curve in
            Anchor(name: "\(name), published", images: nil) { $0.count == 24 ? curve : nil }
        }
        return peers + withImages + others
    }

    private var deltas: String {
        let rows = anchors.map { anchor in
            [anchor.name] + efforts.flatMap { cells(effort: $0, anchor) }
        }
        .filter { row in row.dropFirst().contains { !$0.isEmpty } }
        let header = efforts.flatMap {
            ["effort \($0): images", "mean, %", "least, %", "most, %", "curve of means, %"]
        }
        return markdown(["against"] + header, rows)
    }

    private func cells(effort: Int, _ anchor: Anchor) -> [String] {
        let own = records.curves(effort: effort)
        let differences =
            anchor.images.map { own.rateDifferences(from: $0, within: rates) } ?? [:]
        let values = differences.values.sorted()
        // A curve of means is compared only with one over the same images.
        let common = anchor.images.map { own.images.intersection($0.images) } ?? own.images
        let ours = records.curves(effort: effort, images: common).means
        let delta = anchor.means(common).flatMap {
            ours?.rateDifference(from: $0, within: rates)
        }
        return [values.isEmpty ? "" : "\(values.count)"]
            + [values.mean, values.first, values.last, delta].map { $0?.signed(1) ?? "" }
    }

    private var deltaNotes: String {
        "Bits at equal PSNR (Bjøntegaard; piecewise cubic, monotone), with no curve below "
            + "\(rates.lowerBound) or above \(rates.upperBound) bits per "
            + "pixel: the mean over the images, the least and the most of them, and of the curve of "
            + "means over the images. Less than 0 is fewer bits than the other. Whole files; "
            + "JPEG 2000 spends the same rate on every image, all others a constant quality. What is "
            + "published was not measured here."
    }

    // MARK: Points

    private var points: String {
        let rows = efforts.flatMap { effort in
            let rows = records.rows(effort: effort)
            return Self.qualities(rows).map { quality in
                (effort: effort, quality: quality, rows: rows.filter { $0["quality"] == quality })
            }
        }
        let hasTimes = rows.contains { !$0.rows.timed.isEmpty }
        return markdown(
            [
                "effort", "quality", "images", "bytes", "bpp", "PSNR, dB", "MS-SSIM", "MiB",
            ] + (hasTimes ? Self.timeNames : []),
            rows.map { effort, quality, rows in
                ["\(effort)", quality] + Self.point(rows) + (hasTimes ? Self.times(rows) : [])
            })
    }

    private static func point(_ rows: [Table.Record]) -> [String] {
        [
            "\(rows.count)", rows.mean("bytes").digits(0), rows.mean("bpp").digits(3),
            rows.mean("psnr_db").digits(2), rows.mean("ms_ssim").digits(4),
            (rows.map { $0.number("encode_peak_mib") }.max() ?? .nan).digits(0),
        ]
    }

    private static let timeNames = [
        "encode, s", "at 118 GFLOP/s", "slowest, s", "CPU, s", "decode, s",
    ]

    private static func times(_ rows: [Table.Record]) -> [String] {
        [
            rows.seconds("encode_s").digits(2), rows.scaledSeconds("encode_s").digits(2),
            (rows.timed.map { $0.number("encode_s") }.max() ?? .nan).digits(2),
            rows.seconds("encode_cpu_s").digits(2), rows.seconds("decode_s").digits(3),
        ]
    }

    /// The qualities of rows, in rising order.
    static func qualities(_ rows: [Table.Record]) -> [String] {
        Set(rows.map { $0["quality"] }).sorted { (Double($0) ?? 0) < (Double($1) ?? 0) }
    }

    private var pointNotes: String {
        let rows = records.records.filter { $0["codec"] == CurveRecords.coin }
        let (images, timed) = (Set(rows.map { $0["image"] }), Set(rows.timed.map { $0["image"] }))
        let means =
            "Whole processes, from TIFF and to PPM. Rates and qualities are means over the images, "
        let sources = "Codec sources: " + records.versions.joined(separator: " and ") + "."
        if timed.isEmpty { return means + "memory is the largest; no times were taken. " + sources }
        let times = timed == images ? "times medians" : "times medians over \(timed.count) of them"
        return means
            + "\(times), memory the largest. A core's peak was \(rows.peaks) GFLOP/s; the column beside "
            + "the seconds is what they are times that peak over 118. " + sources
    }

    // MARK: Images

    /// The same for each image.
    package var imageText: String {
        efforts.map { effort in
            [
                "### Effort \(effort): bits at equal PSNR, %", "", imageDeltas(effort: effort), "",
                "### Effort \(effort): bits per pixel, PSNR and seconds", "",
                imagePoints(effort: effort),
            ].joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    private func imageDeltas(effort: Int) -> String {
        let own = records.curves(effort: effort)
        let columns = anchors.compactMap { anchor in
            anchor.images.map {
                (
                    name: anchor.name,
                    values: own.rateDifferences(from: $0, within: rates)
                )
            }
        }
        let rows = own.images.sorted().map { image in
            [image] + columns.map { $0.values[image]?.signed(1) ?? "" }
        }
        let means = ["mean"] + columns.map { $0.values.values.mean.signed(1) }
        return markdown(["image"] + columns.map(\.name), rows + [means])
    }

    private func imagePoints(effort: Int) -> String {
        let all = records.rows(effort: effort)
        let qualities = Self.qualities(all)
        let rows = Set(all.map { $0["image"] }).sorted().map { image in
            [image]
                + qualities.flatMap { quality in
                    let row = all.first { $0["image"] == image && $0["quality"] == quality }
                    return [
                        row?.number("bpp").digits(3) ?? "", row?.number("psnr_db").digits(2) ?? "",
                        row?.number("encode_s").digits(1) ?? "",
                    ]
                }
        }
        return markdown(
            ["image"] + qualities.flatMap { ["quality \($0): bpp", "dB", "s"] }, rows)
    }
}

extension Double {
    /// The number with its sign, also where it is positive; empty if it is not a number.
    package func signed(_ count: Int) -> String { (self > 0 ? "+" : "") + digits(count) }
}
