internal import CCoinKernels

/// The planes and networks of a fit of latent grids, and one step of it as phases of items.
///
/// The items of a phase may run at the same time on several threads; every other use is for one
/// thread. What an item computes does not depend on the thread, nor on the variant.
@safe
package final class FitModel: @unchecked Sendable {
    /// A part of a step; those of a whole one, in their order, are in ``forward`` and ``backward``.
    package enum Phase: UInt32, CaseIterable, Sendable {
        case soften, upsample, synthesize, border, compare, halve, similarity, rateEven, rateOdd
        case expand, join, synthesisGradientEven, synthesisGradientOdd, upsampleGradient, reduce,
            step

        var code: coin_fit_phase { coin_fit_phase(rawValue) }

        /// Whether each item is a band of rows, of a grid or of the picture, and leaves the others alone.
        package var isByBands: Bool {
            switch self {
            case .soften, .synthesize, .compare, .rateEven, .rateOdd: true
            default: false
            }
        }

        /// What gives the rate and the error.
        package static let forward: [Phase] = [
            .soften, .upsample, .synthesize, .border, .compare, .halve, .similarity, .rateEven,
            .rateOdd,
        ]
        /// Of ``forward``, what gives the error.
        package static let error: [Phase] = [
            .upsample, .synthesize, .border, .compare, .halve, .similarity,
        ]
        /// What gives the gradient, after ``forward``.
        package static let backward: [Phase] = [
            .expand, .join, .synthesisGradientEven, .synthesisGradientOdd, .upsampleGradient,
            .reduce,
        ]
    }

    package let configuration: FitConfiguration
    package let shape: FitShape
    package let variant: KernelVariant
    /// In sight of the tests, which look into its planes.
    let model: UnsafeMutablePointer<coin_fit_model>
    private let memory: UnsafeMutableRawPointer
    private let workspaces: UnsafeMutablePointer<Float>
    private let workspaceCount: Int

    /// Allocates a model of zeros for so many threads.
    ///
    /// - Precondition: this CPU can run `variant`.
    package init(_ configuration: FitConfiguration, variant: KernelVariant, threadCount: Int) {
        precondition(variant.isSupported && threadCount > 0)
        self.configuration = configuration
        self.variant = variant
        shape = FitShape(configuration)
        unsafe model = .allocate(capacity: 1)
        unsafe model.initialize(to: coin_fit_model())
        let byteCount = configuration.byteCount
        unsafe memory = .allocate(byteCount: byteCount, alignment: 64)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        var config = configuration.code
        unsafe coin_fit_model_init(model, &config, memory)
        workspaceCount = unsafe coin_fit_model_workspace(model) + 16
        unsafe workspaces = .allocate(capacity: workspaceCount * threadCount)
        unsafe workspaces.initialize(repeating: 0, count: workspaceCount * threadCount)
    }

    deinit {
        unsafe model.deallocate()
        unsafe memory.deallocate()
        unsafe workspaces.deallocate()
    }

    /// The number of items of a phase.
    package func itemCount(_ phase: Phase) -> Int {
        Int(unsafe coin_fit_item_count(model, phase.code))
    }

    /// Does an item of a phase on a thread, counted from 0.
    package func run(_ phase: Phase, item: Int, thread: Int) {
        unsafe coin_fit_run(
            variant.code, model, phase.code, UInt32(item), workspaces + thread * workspaceCount)
    }

    // MARK: Parameters

    /// The parameters of all networks; setting them prepares what the kernels derive.
    package var parameters: [Float] {
        get {
            unsafe [Float](
                UnsafeBufferPointer(start: model.pointee.parameters, count: shape.count))
        }
        set {
            precondition(newValue.count == shape.count)
            for k in 0..<shape.count { unsafe model.pointee.parameters[k] = newValue[k] }
            unsafe coin_fit_transpose(
                &model.pointee.shape, model.pointee.parameters, model.pointee.transposed)
        }
    }

    /// The gradient of the parameters, after the phase `reduce`.
    package var gradient: [Float] {
        unsafe [Float](UnsafeBufferPointer(start: model.pointee.gradient, count: shape.count))
    }

    // MARK: Settings of a step

    /// How softly latents are rounded: a temperature, 0 for hard; noise of a deviation; its seed.
    ///
    /// A negative deviation gives the opposite of the noise.
    package func setRounding(temperature: Float, noise: Float, seed: UInt32) {
        unsafe model.pointee.temperature = temperature
        unsafe model.pointee.sigma = noise
        unsafe model.pointee.seed = seed
    }

    /// Whether gradients are computed, and what the squared error counts: its gradient is so many
    /// times the error.
    ///
    /// - Parameters:
    ///   - wanted: Whether gradients are computed.
    ///   - errorScale: What the squared error counts.
    ///   - sample: The rows that stand for all of a large plane in the gradient of the layers'
    ///     parameters: every `period`th, from row `phase` on.
    package func setGradient(
        _ wanted: Bool, errorScale: Float, sample: (period: Int, phase: Int) = (1, 0)
    ) {
        precondition(sample.period > 0 && 0..<sample.period ~= sample.phase)
        unsafe model.pointee.with_gradient = wanted ? 1 : 0
        unsafe model.pointee.scale = errorScale
        unsafe model.pointee.sample = coin_fit_sample(
            period: UInt32(sample.period), phase: UInt32(sample.phase))
    }

    /// The step that the phase `step` takes.
    package func setStep(_ adam: AdamStep, rate: Float) {
        let constants = adam.constants
        unsafe model.pointee.adam = coin_latents_adam(
            mean_decay: constants.mean_decay, variance_decay: constants.variance_decay,
            mean_scale: constants.mean_scale, variance_scale: constants.variance_scale,
            epsilon: constants.epsilon, rate: rate, limit: 511)
    }

    /// Pins latents to what they are: of all pixels above `rows`, and left of `columns` above `last`.
    ///
    /// - Precondition: multiples of the pixels that a latent of the coarsest level stands for.
    package func pin(rows: Int, columns: Int, last: Int) {
        unsafe model.pointee.pins = coin_fit_pins(
            rows: UInt32(rows), columns: UInt32(columns), last: UInt32(last))
    }

    // MARK: Results

    /// The bits of all latents, after the phases `rateEven` and `rateOdd`.
    package var bits: Double { unsafe coin_fit_total_bits(model) }

    /// The sum of weighted squared errors, in the model's units, after the phase `compare`.
    package var squaredError: Double { unsafe coin_fit_total_squares(model) }

    /// What counts as error, in squares of the model's units, after the phases of ``Phase/error``: the
    /// squared error; or, with scales of similarity, that beside luma and what similarity lacks.
    package var distortion: Double { unsafe coin_fit_total_distortion(model) }

    // MARK: The picture and the latents

    /// Fills in the target from interleaved samples.
    ///
    /// - Parameters:
    ///   - samples: Rows of samples, from the first pixel of the model on.
    ///   - rowStride: Samples from one row to the next.
    ///   - depth: 8 or 16; 16-bit samples are in the machine's byte order.
    ///   - channelCount: Channels of the samples, of which the model takes its own first ones.
    ///   - hasAlpha: Whether the last of them is alpha.
    ///   - base: What is subtracted from each channel, in samples.
    ///   - unit: The samples of a unit of the model.
    package func setTarget(
        _ samples: UnsafeRawPointer, rowStride: Int, depth: Int, channelCount: Int,
        hasAlpha: Bool, base: [Float], unit: Float
    ) {
        var picture = unsafe coin_fit_picture(
            samples: samples, row_samples: rowStride, depth: UInt32(depth),
            channels: UInt32(channelCount), has_alpha: hasAlpha ? 1 : 0)
        unsafe coin_fit_set_target(model, &picture, base, unit)
    }

    /// Prepares to judge luma by structural similarity, after the target is set.
    ///
    /// - Parameters:
    ///   - range: The units of the model from black to white.
    ///   - weight: What 1 − the similarity counts in each pixel, as a squared error.
    ///   - squares: What a squared error of luma counts beside that.
    /// - Precondition: the configuration has scales of similarity.
    package func setSimilarity(range: Float, weight: Float, squares: Float) {
        precondition(configuration.similarityScales > 0)
        unsafe coin_fit_set_similarity(model, range, weight, squares)
    }

    /// Starts the latents of a group as a pyramid of the target.
    package func startLatents(
        _ group: FitConfiguration.Group, deadZone: Float, taps: [Float]
    ) {
        precondition(taps.count == 4)
        unsafe coin_fit_start(
            variant.code, model, UInt32(group.rawValue), deadZone, taps, workspaces)
    }

    /// The shape of the filters of an analysis: groups of color, levels, taps.
    package static let analysisShape = (
        groups: 3, levels: Int(COIN_ANALYSIS_LEVELS), taps: Int(COIN_ANALYSIS_TAPS)
    )

    private static let analysisCount =
        analysisShape.groups * analysisShape.levels * analysisShape.taps

    /// Starts the latents of luma and chroma by linear filters of the target's bands.
    ///
    /// - Parameters:
    ///   - filters: Of the shape ``analysisShape``; `coin_fit_analyze` tells what the taps count.
    ///   - taps: Those of upsampling.
    package func analyze(filters: [Float], taps: [Float]) {
        precondition(filters.count == Self.analysisCount && taps.count == 4)
        unsafe coin_fit_analyze(variant.code, model, filters, taps, workspaces)
    }

    /// Adds to the gradient of an analysis' filters, after a pass backward that followed it.
    ///
    /// - Precondition: no step of the latents has been taken.
    package func addAnalysisGradient(to gradient: inout [Double], taps: [Float]) {
        precondition(gradient.count == Self.analysisCount && taps.count == 4)
        precondition(configuration.levels == Self.analysisShape.levels)
        unsafe coin_fit_analysis_gradient(variant.code, model, taps, &gradient, workspaces)
    }

    /// A grid of the model.
    package struct Grid: Sendable {
        package let level: Int
        package let group: FitConfiguration.Group
        package let width: Int
        package let height: Int
    }

    /// The grids, finest first.
    package var grids: [Grid] {
        (0..<Int(unsafe model.pointee.grid_count)).map { index in
            let grid = unsafe coin_fit_grid_at(model, UInt32(index)).pointee
            return Grid(
                level: Int(unsafe grid.level),
                group: FitConfiguration.Group(rawValue: Int(unsafe grid.group)) ?? .luma,
                width: Int(unsafe grid.y.width), height: Int(unsafe grid.y.height))
        }
    }

    /// The latents of a grid, rounded: row by row.
    package func latents(grid index: Int) -> [Int16] {
        let grid = grids[index]
        return unsafe [Int16](unsafeUninitializedCapacity: grid.width * grid.height) {
            buffer, count in
            unsafe coin_fit_export(model, UInt32(index), buffer.baseAddress)
            count = grid.width * grid.height
        }
    }

    /// Sets the pinned latents of a grid; `latents` has all of them, row by row.
    package func setPinnedLatents(_ latents: [Int16], grid index: Int) {
        let grid = grids[index]
        precondition(latents.count == grid.width * grid.height)
        unsafe coin_fit_import_pinned(model, UInt32(index), latents)
    }
}
