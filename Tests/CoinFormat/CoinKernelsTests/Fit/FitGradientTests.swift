import CCoinKernels
import TestSupport
import Testing

@testable import CoinKernels

@Suite struct FitGradientTests {
    @Test(arguments: FitForm.all + FitForm.similar)
    func `parameters' gradients are central differences`(form: FitForm) {
        let fit = RandomFit(form.configuration)
        fit.differentiate()
        let (gradient, parameters) = (fit.model.gradient, fit.model.parameters)
        for (index, tensor) in fit.model.shape.tensors.enumerated() {
            let largest = gradient[tensor.range].map(\.magnitude).max() ?? 0
            for k in tensor.range.sampled(12) {
                let agrees = Self.agrees(
                    gradient[k], largest: largest, steps: [2e-3, 5e-4]
                ) { step in
                    fit.model.parameters[k] = parameters[k] + step
                    defer { fit.model.parameters[k] = parameters[k] }
                    return fit.loss()
                }
                #expect(agrees, "parameter \(k - tensor.range.lowerBound) of tensor \(index)")
            }
        }
    }

    @Test(arguments: FitForm.all + FitForm.similar)
    func `latents' gradients are central differences, also at borders`(form: FitForm) {
        let fit = RandomFit(form.configuration, seed: 2)
        fit.differentiate()
        for (index, grid) in fit.model.grids.enumerated() {
            let places = Self.places(grid.width, grid.height)
            let gradients = places.map { fit.gradient(grid: index, x: $0.x, y: $0.y) }
            let largest = gradients.map(\.magnitude).max() ?? 0
            let values = unsafe fit.grid(index).values
            for (place, gradient) in zip(places, gradients) {
                let k = place.y * Int(unsafe values.stride) + place.x
                let value = unsafe values.origin[k]
                let agrees = Self.agrees(
                    gradient, largest: largest, steps: [1e-2, 2e-3]
                ) { step in
                    unsafe values.origin[k] = value + step
                    defer { unsafe values.origin[k] = value }
                    return fit.loss()
                }
                #expect(agrees, "\(grid.group) \(grid.level), \(place), \(gradient)")
            }
        }
    }

    @Test(arguments: FitForm.all + FitForm.similar)
    func `a pass with gradients tells the same bits and error as one without`(form: FitForm) {
        let fit = RandomFit(form.configuration, seed: 3)
        let loss = fit.loss()
        fit.differentiate()
        #expect(fit.lossOfPass == loss)
    }

    /// Straight through, as otherwise nothing would bring an output back.
    @Test func `outputs beyond the range count as its ends, and keep their gradient`() {
        let fit = RandomFit(FitForm(9, 6, levels: 1, first: (0, nil, nil)).configuration)
        unsafe fit.model.model.pointee.low.0 = 0.25
        unsafe fit.model.model.pointee.high.0 = 0.25
        fit.differentiate()
        let errors = unsafe fit.numbers(fit.model.model.pointee.error.0)
        let targets = unsafe fit.numbers(fit.model.model.pointee.target.0)
        let expected = targets.map { (0.25 - $0) * RandomFit.errorScale }
        #expect(zip(errors, expected).allSatisfy { ($0 - $1).magnitude < 1e-6 })
        let sum = targets.reduce(0) { $0 + Double((0.25 - $1) * (0.25 - $1)) }
        #expect((fit.model.squaredError - sum).magnitude < 1e-5 * sum)
    }

    /// Whether a derivative is that of `loss`.
    ///
    /// The smaller steps, and those to one side, are for places where a neuron or a scale is cut
    /// off within the larger ones, or on the other side.
    private static func agrees(
        _ gradient: Float, largest: Float, steps: [Float], _ loss: (Float) -> Double
    ) -> Bool {
        let tolerance = 0.03 * Double(gradient.magnitude) + 0.02 * Double(largest) + 0.01
        return steps.contains { step in
            let (before, here, after) = (loss(-step), loss(0), loss(step))
            let slopes = [(after - before) / 2, after - here, here - before]
            return slopes.contains {
                ($0 / Double(step) - Double(gradient)).magnitude <= tolerance
            }
        }
    }

    /// All corners, some of the borders, where chunks of columns meet, and some inside.
    private static func places(_ width: Int, _ height: Int) -> [(x: Int, y: Int)] {
        let columns = Set([0, 1, 2, 255, 256, 257, width - 2, width - 1])
            .filter { (0..<width).contains($0) }
        let rows = Set([0, 1, 15, 16, 17, height - 2, height - 1])
            .filter { (0..<height).contains($0) }
        let places = rows.sorted().flatMap { y in columns.sorted().map { (x: $0, y: y) } }
        var generator = SplitMix64(seed: 9)
        let inside = (0..<8).map { _ in
            (
                x: Int.random(in: 0..<width, using: &generator),
                y: Int.random(in: 0..<height, using: &generator)
            )
        }
        return places + inside
    }
}

extension Range<Int> {
    /// All numbers, or `count` of them, evenly spread, where there are many more.
    fileprivate func sampled(_ count: Int) -> [Int] {
        guard self.count > 2 * count else { return Array(self) }
        return (0..<count).map { lowerBound + $0 * (self.count - 1) / (count - 1) }
    }
}
