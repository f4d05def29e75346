internal import FormatKit

/// How a region of a picture at any size is made of an octave of the picture.
struct OctavePlan {
    /// The octave that is decoded: 2^−octave of the size, rounded up.
    let octave: Int
    /// The size of the picture at the octave.
    let size: ImageSize
    /// The part of it that is needed.
    let region: PixelRegion
    /// The taps of each column and row wanted, or `nil` if the octave has the size that is wanted.
    let taps: (columns: [FilterTaps], rows: [FilterTaps])?

    /// The size of a picture at an octave.
    static func size(_ image: ImageSize, octave: Int) -> ImageSize {
        let more = (1 << octave) - 1
        return ImageSize(
            width: (image.width + more) >> octave, height: (image.height + more) >> octave)
    }

    /// Plans for `region` of the picture sampled at `size`, of octaves 0…`highest`.
    ///
    /// It is made of the smallest octave that is not smaller.
    init(image: ImageSize, region: PixelRegion, size wanted: ImageSize, highest: Int) {
        if let octave = (0...highest).first(where: { Self.size(image, octave: $0) == wanted }) {
            self.octave = octave
            size = wanted
            self.region = region
            taps = nil
            return
        }
        let octave =
            (0...highest).last {
                let size = Self.size(image, octave: $0)
                return size.width >= wanted.width && size.height >= wanted.height
            } ?? 0
        let horizontal = AxisFilter(length: image.width, octave: octave, count: wanted.width)
        let vertical = AxisFilter(length: image.height, octave: octave, count: wanted.height)
        let columns = region.columns.map(horizontal.taps)
        let rows = region.rows.map(vertical.taps)
        self.octave = octave
        size = Self.size(image, octave: octave)
        self.region = PixelRegion(columns: Self.range(columns), rows: Self.range(rows))
        taps = (columns, rows)
    }

    /// What taps read, which move on with their samples.
    private static func range(_ taps: [FilterTaps]) -> Range<Int> {
        guard let first = taps.first, let last = taps.last else { return 0..<0 }
        return first.first..<last.range.upperBound
    }
}

extension Architecture {
    /// How a region of the picture at `size` is made of what can be decoded, or `nil` if it can.
    fileprivate func plan(
        _ region: PixelRegion, _ size: ImageSize, of image: ImageSize
    ) -> OctavePlan? {
        guard case .octaves(let highest) = sampling else { return nil }
        return OctavePlan(image: image, region: region, size: size, highest: highest)
    }

    /// What decoding a region of the picture at any size takes.
    func cost(
        of region: PixelRegion, atAnySize size: ImageSize, header: CoinHeader, threadCount: Int
    ) -> DecodingCost {
        guard let plan = plan(region, size, of: header.size) else {
            return cost(of: region, at: size, threadCount: threadCount)
        }
        return cost(of: plan.region, at: plan.size, threadCount: threadCount)
    }

    /// Starts `decoder` on a region of the picture at any size.
    func makeRegionDecoder(
        _ decoder: any PictureDecoder, _ region: PixelRegion, atAnySize size: ImageSize,
        header: CoinHeader, context: CodecContext
    ) throws(ImageError) -> any RegionDecoder {
        guard let plan = plan(region, size, of: header.size) else {
            return try decoder.makeRegionDecoder(region, at: size, context: context)
        }
        let source = try decoder.makeRegionDecoder(plan.region, at: plan.size, context: context)
        guard let taps = plan.taps else { return source }
        return ResampledRegion(
            source, region: plan.region, layout: header.layout, taps: taps)
    }
}
