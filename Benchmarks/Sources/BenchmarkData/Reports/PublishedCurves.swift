/// Curves that others have published, not measured here.
package struct PublishedCurves {
    /// Those with figures for each image, by name.
    package let images: [(name: String, curves: ImageCurves)]
    /// Those of which only means over the Kodak images are known, by name.
    package let means: [(name: String, curve: RateDistortionCurve)]

    /// Creates curves from tables of `codec`, `bpp` and `psnr_db`, the second also of `image` and
    /// `setting`.
    package init(means: Table, images: Table) {
        self.images = Self.names(images).map { name in
            (
                name,
                ImageCurves(
                    images.records.filter { $0["codec"] == name }.map {
                        ImageCurves.Sample(
                            image: $0["image"], setting: $0["setting"], rate: $0.number("bpp"),
                            quality: $0.number("psnr_db"))
                    })
            )
        }
        self.means = Self.names(means).compactMap { name in
            RateDistortionCurve(
                means.records.filter { $0["codec"] == name }.map {
                    .init(rate: $0.number("bpp"), quality: $0.number("psnr_db"))
                }
            ).map { (name, $0) }
        }
    }

    /// None at all.
    package static let none = PublishedCurves(
        means: Table(columns: ["codec"]), images: Table(columns: ["codec"]))

    private static func names(_ table: Table) -> [String] {
        table.records.map { $0["codec"] }.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}
