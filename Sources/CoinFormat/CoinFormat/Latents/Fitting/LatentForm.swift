internal import CoinKernels
internal import FormatKit

/// The sizes of the grids and networks of one picture, and the units of its model.
struct LatentForm: Sendable, Equatable {
    /// The sizes of networks, each with a set of defaults of its own.
    struct Sizes: Sendable, Equatable {
        let defaults: Int
        let contexts: Int
        let hidden: Int
        let width: Int

        /// For little time, or few bits.
        static let compact = Sizes(defaults: 1, contexts: 8, hidden: 14, width: 16)
        /// For more of both.
        static let wide = Sizes(defaults: 2, contexts: 12, hidden: 24, width: 32)

        /// The descriptor of a picture that has everything: what a set of defaults is laid out for.
        var complete: LatentDescriptor {
            // Not through the list of sets, which is being made when this is asked for.
            LatentDescriptor(
                levelCount: 7, firstChromaLevel: 2, firstAlphaLevel: 0, contexts: contexts,
                hidden: hidden, width: width, stateBits: 0)
        }

        /// The descriptor of a picture with such networks.
        func descriptor(
            defaults: Int, levelCount: Int, firstLumaLevel: Int, firstChromaLevel: Int?,
            firstAlphaLevel: Int?, stateBits: Int
        ) -> LatentDescriptor {
            LatentDescriptor(
                defaults: LatentDefaults.isKnown(defaults) ? defaults : 0,
                levelCount: levelCount, firstLumaLevel: firstLumaLevel,
                firstChromaLevel: firstChromaLevel, firstAlphaLevel: firstAlphaLevel,
                contexts: contexts, hidden: hidden, width: width, stateBits: stateBits)
        }
    }

    private(set) var size: ImageSize
    let layout: PixelLayout
    let descriptor: LatentDescriptor
    /// G of the stream: the samples of a unit of the model, in 1/256 for 8 bits.
    let gain: Int
    /// What the fit is for.
    var tuning = LatentTuning.psnr

    /// A unit of the model, of samples in 0…1: a latent's step grows with the error that is accepted.
    ///
    /// It grows more slowly than the root of λ, which would keep steps in proportion to errors: at high
    /// rates coarser ones pay (docs/notes/latent-fitting.md), less so where there is little time for
    /// networks to get used to them. Only of roots, which are the same on every machine.
    private static func unit(_ descriptor: LatentDescriptor, lambda: Double) -> Double {
        let fourthRoot = lambda.squareRoot().squareRoot()
        let isWide = descriptor.hidden >= Sizes.wide.hidden
        let coarse =
            isWide ? 0.72 * fourthRoot : 1.15 * fourthRoot * fourthRoot.squareRoot()
        return max(proportionalUnit(lambda: lambda), coarse)
    }

    /// A unit in proportion to the errors that are accepted: latents look alike at all rates, so that
    /// one set of networks can be learned for all (docs/notes/latent-fitting.md).
    static func proportionalUnit(lambda: Double) -> Double { 1.913 * lambda.squareRoot() }

    /// λ from which on the finest luma grid is of half size.
    static let halfSizeLambda = 0.005

    /// Whether a picture is too small to do without the finest grids, and to pay for wide networks.
    static func isSmall(pixelCount: Int) -> Bool { pixelCount < 40_000 }

    /// A picture's form with a descriptor of its own, and with units of its own if they are given, in
    /// samples of 0…1.
    init(
        size: ImageSize, layout: PixelLayout, descriptor: LatentDescriptor, lambda: Double,
        unit: Double? = nil
    ) {
        self.size = size
        self.layout = layout
        self.descriptor = descriptor
        let full = layout.sample == .uint8 ? 255.0 * 256 : 65_535
        let samples = (unit ?? Self.unit(descriptor, lambda: lambda)) * full
        gain = min(max(Int(samples.rounded()), 1), LatentNetworks.gainRange.upperBound)
    }

    /// The form that suits a picture at a rate.
    init(size: ImageSize, layout: PixelLayout, hasAlpha: Bool, lambda: Double, sizes: Sizes) {
        let side = max(size.width, size.height)
        let levels = min(7, Int.bitWidth - (side - 1).leadingZeroBitCount + 1)
        let isSmall = Self.isSmall(pixelCount: size.pixelCount)
        let last = levels - 1
        self.init(
            size: size, layout: layout,
            descriptor: sizes.descriptor(
                defaults: sizes.defaults, levelCount: levels,
                firstLumaLevel: lambda < Self.halfSizeLambda || isSmall ? 0 : min(1, last),
                firstChromaLevel: layout.model == .rgb ? min(isSmall ? 1 : 2, last) : nil,
                firstAlphaLevel: hasAlpha ? 0 : nil,
                stateBits: size.pixelCount < 65_536 ? 0 : 2),
            lambda: lambda)
    }

    /// The samples of a unit of the model.
    var unit: Float { Float(gain) / (layout.sample == .uint8 ? 256 : 1) }

    /// The units of the model from black to white.
    var range: Float { (layout.sample == .uint8 ? 255 : 65_535) / unit }

    /// The channels of color: gray, or red, green and blue.
    private var colorCount: Double { descriptor.firstChromaLevel == nil ? 1 : 3 }

    /// What a squared error in units of the model counts, in bits, times 2: λ is a mean over the
    /// channels of color, of samples in 0…1.
    func errorScale(lambda: Double) -> Float {
        let full = layout.sample == .uint8 ? 255.0 : 65_535.0
        let unit = Double(unit) / full
        return Float(2 * unit * unit / (colorCount * lambda))
    }

    /// What 1 − the structural similarity counts in each pixel, as a squared error in units of the model.
    var similarityWeight: Float {
        Float(colorCount) * range * range * LatentTuning.errorOfDissimilarity
    }

    /// What a squared error of luma counts beside its similarity.
    var lumaSquaresWeight: Float { Float(colorCount) * LatentTuning.shareOfSquares }

    /// The λ for which an error counts so much: the inverse of ``errorScale(lambda:)``.
    func lambda(errorScale: Float) -> Double {
        Double(self.errorScale(lambda: 1)) / Double(errorScale)
    }

    /// The same networks and grids for a part of the picture, or for a picture that this is of.
    func resized(to size: ImageSize) -> LatentForm {
        var form = self
        form.size = size
        return form
    }

    /// The bases of the stream for these means: samples, in 1/256 for 8 bits.
    func bases(means: [Double]) -> [Int] {
        let scale = layout.sample == .uint8 ? 256.0 : 1
        return means.map { min(Int(($0 * scale).rounded()), 65_535) }
    }

    /// The sizes for the kernels.
    var configuration: FitConfiguration {
        var configuration = FitConfiguration(
            width: size.width, height: size.height, levels: descriptor.levelCount,
            first: LatentGroup.allCases.map(descriptor.firstLevel),
            spatialContexts: descriptor.contexts, entropyWidth: descriptor.hidden,
            synthesisWidth: descriptor.width, channelCount: descriptor.outputCount)
        if tuning == .ssim {
            configuration.similarityScales = FitConfiguration.mostSimilarityScales(
                width: size.width, height: size.height)
        }
        return configuration
    }
}
