internal import CoinKernels
internal import FormatKit

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Fits one network to the pixels of a tile.
struct TileFitter {
    /// How far a fit has come.
    struct Status {
        /// The number of passes done.
        let epoch: Int
        /// The number of passes in all.
        let epochCount: Int
        /// The mean squared error of the last pass.
        let meanSquaredError: Double
        /// How often the fit has diverged and gone back to better weights.
        let restartCount: Int

        /// The peak signal-to-noise ratio of the last pass, in decibels; 0…120.
        var decibels: Double {
            meanSquaredError < 1 ? -10 * log10(max(meanSquaredError, 1e-12)) : 0
        }
    }

    let samples: TileSamples
    /// The index of the network's architecture in the header.
    let architecture: Int
    let descriptor: SirenDescriptor
    let settings: FitSettings
    let kernels: KernelVariant
    let threadCount: Int

    private var shape: NetworkShape { descriptor.shape(channelCount: samples.channelCount) }

    /// Runs the fit.
    ///
    /// The best weights seen are the result, as a decoder will see them: rounded. They are never
    /// worse than those of a flat picture. A fit that diverges goes on from the best weights with
    /// a lower learning rate.
    ///
    /// - Throws: Whatever `report` throws; it is called after every pass.
    func fit(
        report: (Status) throws(ImageError) -> Void
    ) throws(ImageError) -> TileWeights {
        var generator = SeededGenerator(seed: settings.seed)
        let means = samples.means
        let initial = descriptor.initialParameters(means: means, generator: &generator)
        let batches = BatchGradient(
            samples, shape: shape, batchSize: settings.batchSize(sampleCount: samples.count),
            kernels: kernels, threadCount: threadCount, seed: generator.next())
        var state = FitState(
            parameters: initial, flat: flat(means), shape: shape, settings: settings,
            kernels: kernels)
        let stepsPerEpoch = max(1, samples.count / batches.batchSize)
        let stepCount = settings.epochCount * stepsPerEpoch
        let rate =
            settings.learningRate
            ?? settings.optimizer.learningRate(
                neuronCount: descriptor.widths.reduce(0, +), stepCount: stepCount)
        for epoch in 0..<settings.epochCount {
            var sum = 0.0
            for step in 0..<stepsPerEpoch {
                let done = Double(epoch * stepsPerEpoch + step) / Double(stepCount)
                sum += state.step(
                    batches, rate: rate * Self.schedule(done),
                    descriptor: descriptor, threadCount: threadCount)
            }
            let error = sum / Double(stepsPerEpoch)
            state.finishEpoch(error: error)
            if Self.isCheckpoint(epoch, of: settings.epochCount) { evaluate(&state) }
            try report(
                Status(
                    epoch: epoch + 1, epochCount: settings.epochCount, meanSquaredError: error,
                    restartCount: state.restartCount))
        }
        return round(state.best.parameters)
    }

    /// The learning rate's factor when the part `done` of all steps is done: a short rise, then a
    /// straight fall to zero.
    private static func schedule(_ done: Double) -> Float {
        let rise = 0.02
        return Float(done < rise ? (done + 1e-3) / rise : (1 - done) / (1 - rise))
    }

    /// Whether the weights are measured after a pass: now and then in the second half, often at
    /// the end, when the learning rate is low and the weights are best.
    private static func isCheckpoint(_ epoch: Int, of count: Int) -> Bool {
        let left = count - 1 - epoch
        return left == 0 || (left * 2 < count && left % max(1, count / 20) == 0)
    }

    /// The weights of a picture of one color, and their error.
    private func flat(_ means: [Float]) -> FitState.Snapshot {
        var parameters = [Float](repeating: 0, count: shape.parameterCount)
        parameters.replaceSubrange((parameters.count - means.count)..., with: means)
        let color = round(parameters).values.suffix(means.count).map(Binary16.decode)
        return FitState.Snapshot(
            parameters: parameters, error: samples.meanSquaredError(ofColor: color))
    }

    private func round(_ parameters: [Float]) -> TileWeights {
        TileWeights(
            rounding: parameters, architecture: architecture, descriptor: descriptor,
            channelCount: samples.channelCount)
    }

    /// Measures the weights as a decoder will see them and keeps them if they are the best.
    private func evaluate(_ state: inout FitState) {
        guard state.parameters.allSatisfy(\.isFinite) else { return }
        let decoded = round(state.parameters).parameters(
            descriptor, channelCount: samples.channelCount)
        let error = samples.meanSquaredError(
            of: decoded, shape: shape, kernels: kernels, threadCount: threadCount)
        state.keepIfBest(error: error)
    }
}
