import CCoinKernels
import TestSupport

@testable import CoinKernels

/// A model whose picture, latents and networks are random; outputs are never cut off.
struct RandomFit {
    let model: FitModel

    /// What the gradient of the squared error is, times the error.
    static let errorScale: Float = 0.7

    init(
        _ configuration: FitConfiguration, variant: KernelVariant = .best, threadCount: Int = 1,
        seed: UInt64 = 1
    ) {
        model = FitModel(configuration, variant: variant, threadCount: threadCount)
        var numbers = SplitMix64(seed: seed)
        model.parameters = Self.networks(model.shape, &numbers)
        let code = unsafe model.model
        unsafe code.pointee.low = (-1e6, -1e6, -1e6, -1e6)
        unsafe code.pointee.high = (1e6, 1e6, 1e6, 1e6)
        for index in model.grids.indices {
            // As far from integers as from the next ones.
            unsafe fill(grid(index).y, &numbers, in: -2.4...2.4)
            unsafe fill(grid(index).values, &numbers, in: -2.4...2.4)
        }
        let targets = unsafe planes(code.pointee.target)
        for channel in 0..<configuration.channelCount {
            unsafe fill(targets[channel], &numbers, in: -2...2)
        }
        if configuration.first[3] != nil {
            unsafe code.pointee.has_weight = 1
            unsafe fill(code.pointee.weight, &numbers, in: 0...1)
        }
        if configuration.similarityScales > 0 { setSimilarity() }
    }

    /// The units from black, which is as far below 0, to white; and what similarity counts.
    static let (black, range, similarityWeight): (Float, Float, Float) = (-3, 6, 40)
    /// What a squared error of luma counts beside that.
    static let squaresWeight: Float = 0.6

    private func setSimilarity() {
        let code = unsafe model.model
        let low = unsafe code.pointee.low
        unsafe code.pointee.low = (Self.black, Self.black, Self.black, Self.black)
        model.setSimilarity(
            range: Self.range, weight: Self.similarityWeight, squares: Self.squaresWeight)
        unsafe code.pointee.low = low
    }

    private static func networks(_ shape: FitShape, _ numbers: inout SplitMix64) -> [Float] {
        shape.tensors.flatMap { (tensor: FitShape.Tensor) -> [Float] in
            if tensor.role == .taps {
                let start: [Float] = [-0.04, 0.26, 0.88, -0.1]
                return numbers.floats(tensor.range.count, in: -0.1...0.1).enumerated()
                    .map { start[$0 % 4] + $1 }
            }
            let reach = tensor.isBias ? 0.3 : 1 / Float(tensor.columns).squareRoot()
            return numbers.floats(tensor.range.count, in: -reach...reach)
        }
    }

    // MARK: Planes

    /// A grid, by its index.
    func grid(_ index: Int) -> coin_fit_grid {
        unsafe coin_fit_grid_at(model.model, UInt32(index)).pointee
    }

    private func planes(_ tuple: (coin_plane, coin_plane, coin_plane, coin_plane)) -> [coin_plane] {
        unsafe [tuple.0, tuple.1, tuple.2, tuple.3]
    }

    private func fill(
        _ plane: coin_plane, _ numbers: inout SplitMix64, in range: ClosedRange<Float>
    ) {
        for y in 0..<Int(unsafe plane.height) {
            let row = numbers.floats(Int(unsafe plane.width), in: range)
            for (x, value) in row.enumerated() {
                unsafe plane.origin[y * plane.stride + x] = value
            }
        }
    }

    /// The numbers of a plane, row by row.
    func numbers(_ plane: coin_plane) -> [Float] {
        (0..<Int(unsafe plane.height)).flatMap { y in
            (0..<Int(unsafe plane.width)).map { x in
                unsafe plane.origin[y * plane.stride + x]
            }
        }
    }

    // MARK: Passes

    /// Does the phases one after the other, the items of each in an order that `order` gives.
    func run(_ phases: [FitModel.Phase], order: (Int) -> [Int] = { Array(0..<$0) }) {
        for phase in phases {
            for item in order(model.itemCount(phase)) { model.run(phase, item: item, thread: 0) }
        }
    }

    /// The phases of a pass that starts from the rounded latents.
    static let passes = FitModel.Phase.forward.filter { $0 != .soften }

    /// What is minimized: bits, and half of what counts as error times its scale.
    func loss() -> Double {
        model.setGradient(false, errorScale: Self.errorScale)
        run(Self.passes)
        return lossOfPass
    }

    /// The same, after a pass.
    var lossOfPass: Double { model.bits + Double(Self.errorScale) / 2 * model.distortion }

    /// Computes the gradient at the rounded latents; that of the layers of some rows.
    func differentiate(sample: (period: Int, phase: Int) = (1, 0)) {
        model.setGradient(true, errorScale: Self.errorScale, sample: sample)
        run(Self.passes + FitModel.Phase.backward)
    }

    /// The gradient of a rounded latent, after ``differentiate()``.
    func gradient(grid index: Int, x: Int, y: Int) -> Float {
        let grid = unsafe grid(index)
        let place = y * Int(unsafe grid.y.stride) + x
        let parts = unsafe withUnsafeBytes(of: grid.step_gradients) { bytes in
            unsafe Array(bytes.bindMemory(to: UnsafePointer<coin_plane>?.self))
        }
        return unsafe parts.prefix(Int(grid.gradient_count)).reduce(0) { sum, plane in
            unsafe sum + (plane?.pointee.origin[place] ?? .nan)
        }
    }
}

extension FitModel {
    /// Sets all latents of a grid, by pinning the whole picture for as long.
    func setLatents(_ latents: [Int16], grid: Int) {
        pin(rows: 1 << 24, columns: 0, last: 0)
        setPinnedLatents(latents, grid: grid)
        pin(rows: 0, columns: 0, last: 0)
    }
}
