/// Adam for the filters of an analysis.
struct FilterOptimizer {
    private var mean: [Double]
    private var variance: [Double]
    private var decays = (mean: 1.0, variance: 1.0)

    init(count: Int) {
        mean = [Double](repeating: 0, count: count)
        variance = mean
    }

    mutating func step(_ values: inout [Float], gradient: [Double], rate: Float) {
        decays = (decays.mean * 0.9, decays.variance * 0.99)
        for k in values.indices {
            mean[k] += 0.1 * (gradient[k] - mean[k])
            variance[k] += 0.01 * (gradient[k] * gradient[k] - variance[k])
            let size = (variance[k] / (1 - decays.variance)).squareRoot() + 1e-9
            values[k] -= rate * Float(mean[k] / (1 - decays.mean) / size)
        }
    }
}
