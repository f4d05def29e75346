internal import ArgumentParser
internal import BenchmarkData
@_spi(Benchmarks) internal import CoinFormat
internal import FormatKit

/// The speed of a step of the fit, stage by stage, against what the cores can do at most.
struct KernelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels",
        abstract: "Time the stages of a step of the fit, 768 x 512, with every kernel variant.",
        discussion: """
            A multiply-add that a network or a filter asks for counts as 2 operations, 4 where the \
            gradient of its input is taken as well, 6 where that of its weight is, too. The roofline \
            is the measured rate of fused multiply-adds of as many cores as there are threads; each \
            of the other operations of exponentials, logarithms, noise and the latents' steps takes \
            a place of one in it.
            """)

    static let name = "kernels"

    @Option(parsing: .upToNextOption, help: "Threads.")
    var threads = [1, 2]

    @Option(
        help: "Windows of 10 steps, of which the quickest counts; of the scalar kernels, steps.")
    var windows = 12

    @Option(help: "The image.")
    var image = "kodim15"

    @OptionGroup var photographs: PhotographOptions
    @OptionGroup var results: ResultOptions

    /// Quality 60: wide networks would be chosen, and all grids are there.
    private static let lambda = 0.1 / 64
    private static let windowLength = 10

    func run() throws {
        guard let photograph = try photographs.chosen([image]).first else { return }
        let conditions = try Conditions.current()
        let picture = try photograph.image()
        var table = Table(columns: StepReport.columns)
        for kernels in Kernels.supported {
            for count in threads {
                let peak =
                    kernels.choice == .scalar
                    ? .nan : MachinePeak.measure(kernels, coreCount: count, seconds: 0.5)
                for isWide in [false, true] {
                    let rows = try measure(
                        picture, kernels, isWide: isWide, threadCount: count, peak: peak)
                    for row in rows { table.append(row) }
                    print(rows.last?.joined(separator: " ") ?? "")
                }
            }
        }
        try results.folder.write(table, conditions, as: Self.name)
        print(StepReport.text(table))
    }

    /// The rows of all stages, and of the whole step.
    private func measure(
        _ picture: Image, _ kernels: Kernels, isWide: Bool, threadCount: Int, peak: Double
    ) throws -> [[String]] {
        let fit = try FitTiming(
            picture, wide: isWide, lambda: Self.lambda, kernels: kernels.choice,
            threadCount: threadCount)
        let seconds = quickest(fit, isScalar: kernels.choice == .scalar)
        let head = [kernels.name, isWide ? "wide" : "compact", "\(threadCount)"]
        func row(_ name: String, _ stages: [FitTiming.Stage]) -> [String] {
            let time = stages.map { seconds[$0] ?? 0 }.reduce(0, +)
            let multiplyAdds = stages.map(fit.multiplyAdds).reduce(0, +)
            let others = stages.map(fit.otherOperations).reduce(0, +)
            // Multiply-adds a second.
            let most = 0.5e9 * peak * Double(threadCount)
            return head + [
                name, "\(fit.parameterCount)", "\(fit.latentCount)", (1e3 * time).digits(3),
                multiplyAdds > 0 ? (2e-9 * multiplyAdds / time).digits(1) : "",
                multiplyAdds > 0 ? (100 * multiplyAdds / time / most).digits(1) : "",
                multiplyAdds + others > 0
                    ? (100 * (multiplyAdds + others) / time / most).digits(1) : "",
                peak.digits(1),
            ]
        }
        let stages = FitTiming.Stage.allCases
        return stages.map { row($0.rawValue, [$0]) } + [row(StepReport.whole, stages)]
    }

    /// The times of the stages in the quickest of some windows of steps.
    ///
    /// A window has one of the steps that refine the optimizer's bases, but for the first 20, which
    /// do not count. The scalar kernels, a reference, take single steps.
    private func quickest(_ fit: FitTiming, isScalar: Bool) -> [FitTiming.Stage: Double] {
        let length = isScalar ? 1 : Self.windowLength
        for _ in 0..<(isScalar ? 1 : 20) { _ = fit.step() }
        let all = (0..<(isScalar ? 2 : max(1, windows))).map { _ in
            (0..<length).reduce(into: [FitTiming.Stage: Double]()) { sums, _ in
                for (stage, time) in fit.step() {
                    sums[stage, default: 0] += time / .seconds(1) / Double(length)
                }
            }
        }
        return all.min { $0.values.reduce(0, +) < $1.values.reduce(0, +) } ?? [:]
    }
}
