internal import FormatKit

/// How a region of a picture at any size is made of an octave of the picture.
struct OctavePlan {
    /// The octave that is decoded: 2^−octave of the size, rounded up.
    let octave: Int
    /// The size of the picture at the octave.
    let size: ImageSize
    /// The part of it that is needed.
    let region: PixelRegion
    /// The part of the picture that is wanted, at the size that is wanted.
    private let wanted: PixelRegion
    /// How columns and rows are resampled, or `nil` if the octave has the size that is wanted.
    private let filters: (columns: AxisFilter, rows: AxisFilter)?

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
            self.wanted = region
            filters = nil
            return
        }
        let octave =
            (0...highest).last {
                let size = Self.size(image, octave: $0)
                return size.width >= wanted.width && size.height >= wanted.height
            } ?? 0
        let horizontal = AxisFilter(length: image.width, octave: octave, count: wanted.width)
        let vertical = AxisFilter(length: image.height, octave: octave, count: wanted.height)
        self.octave = octave
        size = Self.size(image, octave: octave)
        self.region = PixelRegion(
            columns: horizontal.range(of: region.columns), rows: vertical.range(of: region.rows))
        self.wanted = region
        filters = (horizontal, vertical)
    }

    /// The taps of each column and row wanted, or `nil` if the octave has the size that is wanted.
    var taps: (columns: [FilterTaps], rows: [FilterTaps])? {
        filters.map { filters in
            (wanted.columns.map(filters.columns.taps), wanted.rows.map(filters.rows.taps))
        }
    }

    /// The memory that resampling takes, beside what decoding the octave takes, in bytes.
    func heldByteCount(_ layout: PixelLayout) -> Int {
        guard let filters else { return 0 }
        let sampleByteCount = layout.channelCount * MemoryLayout<Int>.stride
        let (columns, rows) = (wanted.columns.count, wanted.rows.count)
        // Rows that have been filtered along, one that is made of them, and a band of the octave.
        let windowCount = filters.rows.maximumTapCount + ResampledRegion.bandHeight + 1
        return columns * (filters.columns.byteCountPerSample + windowCount * sampleByteCount)
            + rows * filters.rows.byteCountPerSample
            + region.columns.count
            * (ResampledRegion.bandHeight * layout.bytesPerPixel + sampleByteCount)
    }
}

extension AxisFilter {
    /// What the taps of samples read, which move on with the samples.
    fileprivate func range(of samples: Range<Int>) -> Range<Int> {
        guard let first = samples.first, let last = samples.last else { return 0..<0 }
        return taps(first).first..<taps(last).range.upperBound
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
        var cost = cost(of: plan.region, at: plan.size, threadCount: threadCount)
        cost.heldByteCount += plan.heldByteCount(header.layout)
        return cost
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
