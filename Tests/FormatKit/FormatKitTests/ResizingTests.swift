import TestSupport
import Testing

@testable import FormatKit

/// Pictures at other sizes, beside a plain reference in `Double`, and what has to hold of any filter.
@Suite struct ResizingTests {
    private static let layouts: [PixelLayout] = [
        PixelLayout(.gray, .uint8), PixelLayout(.gray, .uint8, alpha: .straight),
        PixelLayout(.rgb, .uint8), PixelLayout(.rgb, .uint8, alpha: .straight),
        PixelLayout(.rgb, .uint8, alpha: .premultiplied), PixelLayout(.cmyk, .uint8),
        PixelLayout(.cmyk, .uint8, alpha: .straight), PixelLayout(.gray, .uint16),
        PixelLayout(.rgb, .uint16), PixelLayout(.rgb, .uint16, alpha: .straight),
        PixelLayout(.gray, .float32), PixelLayout(.rgb, .float32, alpha: .straight),
    ]

    /// Old and new sizes: up and down, by whole and other factors, one of them each way, of one
    /// column or row.
    private static let sizes: [(ImageSize, ImageSize)] = [
        ((24, 18), (12, 6)), ((24, 18), (11, 7)), ((24, 18), (48, 54)), ((24, 18), (31, 23)),
        ((24, 18), (9, 40)), ((24, 18), (1, 1)), ((1, 18), (5, 7)), ((24, 1), (7, 3)),
        ((24, 18), (24, 5)), ((24, 18), (23, 18)), ((1, 1), (4, 3)),
    ].map {
        (ImageSize(width: $0.0, height: $0.1), ImageSize(width: $1.0, height: $1.1))
    }

    private static func noise(_ size: ImageSize, _ layout: PixelLayout, seed: UInt64 = 3) -> Image {
        var random = SplitMix64(seed: seed)
        return Image(size, layout) { _, _, _ in Double(random.next() % 1_000_001) / 1_000_000 }
    }

    private static func reader(_ image: Image) throws -> any ImageReader {
        try CannedFormat(image).makeReader(
            source: MemorySource(CannedFormat.bytes), context: CodecContext())
    }

    private static func resized(
        _ image: Image, _ selection: Selection, rowCapacity: Int = 5,
        context: CodecContext = CodecContext(), isUpright: Bool = false
    ) throws -> Image {
        let pages = try SelectedPages(
            of: try reader(image), format: FormatID("canned"), selection: selection,
            isUpright: isUpright, context: context)
        let reader = try pages.open(0)
        let header = reader.header
        var bytes: [UInt8] = []
        var band = PixelBand(
            width: header.size.width, layout: header.layout, rowCapacity: rowCapacity)
        while bytes.count < header.size.height * band.bytesPerRow {
            try reader.readRows(into: &band)
            bytes += band.filledBytes
        }
        return Image(header: header, bytes: bytes)
    }

    private static func resized(
        _ image: Image, to size: ImageSize, _ filter: ResamplingFilter?
    ) throws -> Image {
        try resized(
            image, Selection(scale: .size(size), resampling: Resampling(filter: filter)))
    }

    /// The largest difference, in levels of integers, of reals in those of 16 bits.
    private static func difference(
        _ samples: [Double], _ expected: [Double], _ sample: SampleType
    ) -> Double {
        let largest = sample == .float32 ? 1.0 : Double(1 << sample.bitCount - 1)
        let unit = sample == .float32 ? 65_535.0 : 1
        return zip(samples, expected).reduce(0) { worst, pair in
            let expected = sample == .float32 ? pair.1 : min(max(pair.1, 0), largest)
            return max(worst, abs(pair.0 - expected) * unit)
        }
    }

    @Test(arguments: ResamplingFilter.allCases, layouts)
    func `samples are those of the reference`(filter: ResamplingFilter, layout: PixelLayout) throws
    {
        for (old, new) in Self.sizes {
            var image = Self.noise(old, layout)
            if layout.alpha == .premultiplied, let opaque = image.premultiplied { image = opaque }
            let result = try Self.resized(image, to: new, filter)
            #expect(result.header.size == new)
            let expected = PlainResampling.resized(image, to: new, filter)
            #expect(result.samples.count == expected.count)
            if layout.hasAlpha, filter != .nearest {
                let found = Self.composed(result.samples, layout)
                let difference = Self.difference(
                    found, Self.composed(expected, layout), layout.sample)
                #expect(difference <= 1.01, "\(old) to \(new)")
            } else {
                let difference = Self.difference(result.samples, expected, layout.sample)
                #expect(difference <= 0.51, "\(old) to \(new)")
            }
        }
    }

    /// Color as it is seen: where alpha is near 0, color is hardly defined.
    private static func composed(_ samples: [Double], _ layout: PixelLayout) -> [Double] {
        let (channels, largest) = (
            layout.channelCount,
            layout.sample == .float32 ? 1.0 : Double(1 << layout.sample.bitCount - 1)
        )
        func clamped(_ value: Double) -> Double { min(max(value, 0), largest) }
        return samples.indices.map { index in
            let alpha = clamped(samples[index / channels * channels + channels - 1])
            if index % channels == channels - 1 { return alpha }
            let isReal = layout.sample == .float32
            let color = isReal ? samples[index] : clamped(samples[index])
            return layout.alpha == .straight ? color * alpha / largest : min(color, alpha)
        }
    }

    @Test(arguments: layouts)
    func `without a wish it is Lanczos to shrink and Mitchell to enlarge`(
        layout: PixelLayout
    ) throws {
        guard !layout.hasAlpha else { return }
        let image = Self.noise(ImageSize(width: 24, height: 18), layout)
        let size = ImageSize(width: 11, height: 29)
        let result = try Self.resized(image, to: size, nil)
        let expected = PlainResampling.resized(image, to: size, across: .lanczos3, down: .mitchell)
        #expect(Self.difference(result.samples, expected, layout.sample) <= 0.51)
    }

    @Test(arguments: ResamplingFilter.allCases, layouts)
    func `a flat picture stays as flat`(filter: ResamplingFilter, layout: PixelLayout) throws {
        for (old, new) in Self.sizes {
            for isLinear in [false, true] {
                let values = [0.2, 0.35, 0.5, 0.7, 0.8]
                let image = Image(old, layout) { _, _, channel in
                    // Not brighter than alpha.
                    layout.alpha == .premultiplied && channel == layout.channelCount - 1
                        ? 0.9 : values[channel]
                }
                let result = try Self.resized(
                    image,
                    Selection(
                        scale: .size(new),
                        resampling: Resampling(filter: filter, isLinearLight: isLinear)))
                let pixel = Array(image.bytes.prefix(layout.bytesPerPixel))
                let isFlat = stride(from: 0, to: result.bytes.count, by: pixel.count).allSatisfy {
                    Array(result.bytes[$0..<$0 + pixel.count]) == pixel
                }
                #expect(isFlat, "\(old) to \(new), \(isLinear)")
            }
        }
    }

    @Test(arguments: ResamplingFilter.allCases, [13, 60, 97, 200])
    func `a ramp stays a ramp, and stays where it is`(filter: ResamplingFilter, width: Int) throws {
        guard filter != .nearest else { return }
        let image = Image(ImageSize(width: 100, height: 3), PixelLayout(.gray, .float32)) {
            x, _, _ in
            (Double(x) + 0.5) / 100
        }
        let result = try Self.resized(image, to: ImageSize(width: width, height: 3), filter)
        let step = 100 / Double(width)
        // Near the ends there is nothing to one side.
        let margin = Int((3 * max(1, step) / step).rounded(.up)) + 1
        // A mean of what a pixel covers has steps; stretched lines are not quite straight between
        // whole factors. In samples of the ramp:
        let tolerance =
            switch filter {
            case .box: step < 1 ? 0.5 : 0.1
            case .bilinear: step > 1 ? 0.1 : 1e-5
            default: 0.02 * max(1, step)
            }
        let worst = zip(margin..<width - margin, result.samples[(width + margin)...]).map {
            abs($1 - (Double($0) + 0.5) * step / 100)
        }.max()
        #expect(worst ?? 1 <= tolerance / 100)
    }

    @Test(arguments: ResamplingFilter.allCases, sizes)
    func `a symmetric picture stays symmetric`(
        filter: ResamplingFilter, sizes: (ImageSize, ImageSize)
    ) throws {
        // Of two samples that are as near, one is taken.
        guard filter != .nearest else { return }
        let (old, new) = sizes
        var random = SplitMix64(seed: 5)
        var half: [[Int]: Double] = [:]
        let image = Image(old, PixelLayout(.gray, .uint16)) { x, y, _ in
            let place = [min(x, old.width - 1 - x), min(y, old.height - 1 - y)]
            if half[place] == nil { half[place] = Double(random.next() % 1000) / 999 }
            return half[place] ?? 0
        }
        let samples = try Self.resized(image, to: new, filter).samples
        for y in 0..<new.height {
            for x in 0..<new.width {
                let (right, bottom) = (new.width - 1 - x, new.height - 1 - y)
                let difference = samples[y * new.width + x] - samples[bottom * new.width + right]
                // Sums are taken from the left: the last bits may differ.
                #expect(abs(difference) <= 1)
            }
        }
    }

    @Test(arguments: ResamplingFilter.allCases, layouts)
    func `bands do not matter, and a region is a part of the whole`(
        filter: ResamplingFilter, layout: PixelLayout
    ) throws {
        let image = Self.noise(ImageSize(width: 24, height: 18), layout)
        for size in [(11, 7), (40, 50), (30, 5)].map({ ImageSize(width: $0, height: $1) }) {
            var selection = Selection(
                scale: .size(size), resampling: Resampling(filter: filter))
            let whole = try Self.resized(image, selection, rowCapacity: 100)
            #expect(try Self.resized(image, selection, rowCapacity: 1) == whole)
            #expect(try Self.resized(image, selection, rowCapacity: 3) == whole)
            let region = PixelRegion(columns: 3..<size.width - 1, rows: 2..<size.height - 1)
            selection.region = region
            #expect(try Self.resized(image, selection).bytes == Self.part(of: whole, region))
        }
    }

    /// The bytes of a region.
    private static func part(of image: Image, _ region: PixelRegion) -> [UInt8] {
        let pixel = image.header.layout.bytesPerPixel
        let columns = region.columns.lowerBound * pixel..<region.columns.upperBound * pixel
        let bytesPerRow = image.header.size.width * pixel
        var bytes: [UInt8] = []
        for row in region.rows {
            let start = row * bytesPerRow
            bytes += image.bytes[start + columns.lowerBound..<start + columns.upperBound]
        }
        return bytes
    }

    @Test(arguments: ResamplingFilter.allCases)
    func `what is cut away has no part`(filter: ResamplingFilter) throws {
        let layout = PixelLayout(.rgb, .uint8)
        let image = Self.noise(ImageSize(width: 24, height: 18), layout)
        let region = PixelRegion(columns: 5..<19, rows: 4..<15)
        let cut = try Self.resized(image, Selection(region: region))
        let fit = Selection.Fit(ImageSize(width: 7, height: 90), isEnlarging: true)
        let resampling = Resampling(filter: filter)
        #expect(
            try Self.resized(image, Selection(region: region, fit: fit, resampling: resampling))
                .bytes == Self.resized(cut, Selection(fit: fit, resampling: resampling)).bytes)
    }

    @Test(arguments: ResamplingFilter.allCases, [SampleType.uint8, .uint16, .float32])
    func `the color of what is transparent is not seen`(
        filter: ResamplingFilter, sample: SampleType
    ) throws {
        guard filter != .nearest else { return }
        let layout = PixelLayout(.rgb, sample, alpha: .straight)
        let size = ImageSize(width: 20, height: 16)
        func picture(hidden: Double) -> Image {
            Image(size, layout) { x, y, channel in
                let isSeen = (x / 5 + y / 4) % 2 == 0
                return channel == 3 ? (isSeen ? 1 : 0) : isSeen ? 0.25 : hidden
            }
        }
        for new in [ImageSize(width: 9, height: 7), ImageSize(width: 33, height: 41)] {
            let result = try Self.resized(picture(hidden: 1), to: new, filter)
            #expect(try Self.resized(picture(hidden: 0), to: new, filter).bytes == result.bytes)
            let largest = sample == .float32 ? 1 : Double(1 << sample.bitCount - 1)
            // Everything that can be seen has the one color, but for rounding.
            let samples = result.samples
            let isOne = stride(from: 0, to: samples.count, by: 4).allSatisfy { pixel in
                samples[pixel + 3] == 0 || abs(samples[pixel] / largest - 0.25) <= 0.003
            }
            #expect(isOne, "\(new)")
        }
    }

    @Test(arguments: [PixelLayout(.gray, .uint8), PixelLayout(.gray, .uint16)])
    func `light is mixed as light`(layout: PixelLayout) throws {
        let checkers = Image(ImageSize(width: 8, height: 8), layout) { x, y, _ in
            Double((x + y) % 2)
        }
        let size = ImageSize(width: 4, height: 4)
        func middle(_ image: Image, isLinear: Bool) throws -> Double {
            let result = try Self.resized(
                image,
                Selection(
                    scale: .size(size),
                    resampling: Resampling(filter: .box, isLinearLight: isLinear)))
            #expect(Set(result.samples).count == 1)
            return result.samples[0] / Double(1 << layout.sample.bitCount - 1)
        }
        #expect(abs(try middle(checkers, isLinear: false) - 0.5) < 0.003)
        // IEC 61966-2-1 of 0.5.
        #expect(abs(try middle(checkers, isLinear: true) - 0.7354) < 0.003)
        var other = checkers
        other.header.metadata.gamma = 0.5
        #expect(abs(try middle(other, isLinear: true) - 0.5.squareRoot()) < 0.003)
        other.header.metadata.codePoints = ColorCodePoints(primaries: 1, transfer: 8)
        #expect(abs(try middle(other, isLinear: true) - 0.5) < 0.003)
    }

    @Test func `reals are light unless it is said what they are`() throws {
        let checkers = Image(
            ImageSize(width: 8, height: 8), PixelLayout(.gray, .float32)
        ) { x, y, _ in Double((x + y) % 2) * 0.8 }
        let way = Resampling(filter: .box, isLinearLight: true)
        let selection = Selection(scale: .factor(0.5), resampling: way)
        #expect(abs(try Self.resized(checkers, selection).samples[0] - 0.4) < 1e-6)
        var sRGB = checkers
        sRGB.header.metadata.renderingIntent = .perceptual
        // Half the light of 0.8 in sRGB.
        #expect(abs(try Self.resized(sRGB, selection).samples[0] - 0.5855) < 1e-3)
    }

    @Test func `what cannot be held or had is refused before it is begun`() throws {
        let image = Self.noise(ImageSize(width: 64, height: 64), PixelLayout(.rgb, .uint8))
        let huge = Selection(scale: .size(ImageSize(width: 1 << 20, height: 1 << 20)))
        #expect(throws: ImageError.self) { try Self.resized(image, huge) }
        for selection in [
            huge, Selection(scale: .factor(1e5)),
            Selection(
                fit: Selection.Fit(ImageSize(width: 1 << 30, height: 1 << 30), isEnlarging: true)),
            Selection(fit: Selection.Fit(ImageSize(width: 0, height: 5))),
        ] {
            let error = #expect(throws: ImageError.self) { try Self.resized(image, selection) }
            guard case .invalidOption = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        let context = CodecContext(limits: Limits(memoryByteCount: 3000))
        #expect(throws: ImageError.self) {
            try Self.resized(image, Selection(scale: .factor(0.5)), context: context)
        }
        #expect(context.memory.reservedByteCount == 0)
    }

    @Test(
        arguments: [
            ((400, 300), (100, 100), false, (100, 75)), ((300, 400), (100, 100), false, (75, 100)),
            ((400, 300), (200, 10), false, (13, 10)), ((40, 30), (100, 100), false, (40, 30)),
            ((40, 30), (100, 100), true, (100, 75)), ((40, 30), (100, 20), false, (27, 20)),
            ((1000, 1), (10, 10), false, (10, 1)), ((1, 1000), (10, 10), false, (1, 10)),
            ((4000, 3000), (400, 400), false, (400, 300)), ((3, 2), (2, 2), false, (2, 1)),
        ] as [((Int, Int), (Int, Int), Bool, (Int, Int))])
    func `fits into a box`(
        old: (Int, Int), box: (Int, Int), isEnlarging: Bool, new: (Int, Int)
    ) {
        let fit = Selection.Fit(
            ImageSize(width: box.0, height: box.1), isEnlarging: isEnlarging)
        #expect(
            fit.size(for: ImageSize(width: old.0, height: old.1))
                == ImageSize(width: new.0, height: new.1))
    }

    @Test(arguments: Orientation.allCases)
    func `a picture fits as it is shown`(orientation: Orientation) throws {
        let upright = Self.noise(ImageSize(width: 40, height: 30), PixelLayout(.rgb, .uint8))
        let stored = upright.stored(as: orientation)
        let fit = Selection(fit: Selection.Fit(ImageSize(width: 20, height: 12)))
        for isUpright in [false, true] {
            let result = try Self.resized(stored, fit, isUpright: isUpright).upright()
            #expect(result.header.size == ImageSize(width: 16, height: 12))
            let expected = try Self.resized(upright, fit)
            let difference = zip(result.samples, expected.samples).map { abs($0 - $1) }.max()
            // Columns and rows are mixed in the other order.
            #expect(difference ?? 9 <= 1)
        }
    }

    @Test func `a picture keeps its precision, its form and its storage where it can`() throws {
        var image = Self.noise(ImageSize(width: 8, height: 8), PixelLayout(.gray, .uint8))
        image.header.significantBits = 1
        image.header.storage = .packedGray(bitCount: 1)
        let nearest = try Self.resized(image, to: ImageSize(width: 4, height: 4), .nearest)
        #expect(nearest.header.storage == image.header.storage)
        #expect(nearest.header.significantBits == 1)
        let mixed = try Self.resized(image, to: ImageSize(width: 4, height: 4), .box)
        #expect(mixed.header.storage == nil && mixed.header.significantBits == 8)
        var integers = Self.noise(ImageSize(width: 8, height: 8), PixelLayout(.gray, .float32))
        integers.header.form = [.integers, .signed]
        let real = try Self.resized(integers, to: ImageSize(width: 4, height: 4), .box)
        #expect(real.header.form == [] && real.header.losses.count == 3)
        let kept = try Self.resized(integers, to: ImageSize(width: 4, height: 4), .nearest)
        #expect(kept.header.form == [.integers, .signed] && kept.header.losses.isEmpty)
    }

    @Test func `an extra sample of unknown meaning is no alpha`() throws {
        var image = Self.noise(
            ImageSize(width: 24, height: 18), PixelLayout(.rgb, .uint8, alpha: .straight))
        image.header.form = [.unspecifiedAlpha]
        let size = ImageSize(width: 9, height: 11)
        let result = try Self.resized(image, to: size, .bicubic)
        var plain = Image(header: image.header, bytes: image.bytes)
        plain.header.layout = PixelLayout(.cmyk, .uint8)
        let expected = PlainResampling.resized(plain, to: size, .bicubic)
        #expect(Self.difference(result.samples, expected, .uint8) <= 0.51)
    }

    @Test func `damage is noticed also where nothing is taken from`() throws {
        for filter in ResamplingFilter.allCases {
            let reader = EndingReader(ImageSize(width: 5, height: 5), rowCount: 4)
            let pages = try SelectedPages(
                of: reader, format: FormatID("ending"),
                selection: Selection(
                    scale: .size(ImageSize(width: 5, height: 2)),
                    resampling: Resampling(filter: filter)), context: CodecContext())
            #expect(throws: ImageError.self) { try Image(reading: try pages.open(0)) }
        }
    }

    /// A file that ends too early.
    private final class EndingReader: ImageReader {
        let header: ImageHeader
        private var rowsLeft: Int

        init(_ size: ImageSize, rowCount: Int) {
            header = ImageHeader(size: size, layout: PixelLayout(.gray, .uint8))
            rowsLeft = rowCount
        }

        func readRows(into band: inout PixelBand) throws(ImageError) {
            guard rowsLeft > 0 else { throw .truncated(FormatID("ending"), "it ends") }
            rowsLeft -= 1
            unsafe band.fill(rowCount: 1) { _ in }
        }
    }
}

extension Image {
    /// The picture with no color brighter than its alpha, which is last.
    fileprivate var premultiplied: Image? {
        let channels = header.layout.channelCount
        guard header.layout.sample == .uint8 else { return nil }
        var image = self
        for index in bytes.indices {
            image.bytes[index] = min(
                bytes[index], bytes[index / channels * channels + channels - 1])
        }
        return image
    }
}
