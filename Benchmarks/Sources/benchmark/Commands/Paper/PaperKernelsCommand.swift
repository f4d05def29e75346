internal import ArgumentParser
internal import BenchmarkData
internal import CKernelBenchmarks

/// The speed of the kernels on one core, against what the core can do at most.
struct PaperKernelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kernels",
        abstract: "Time evaluation and gradient of networks of 10 layers on one core.",
        discussion: """
            A multiply-add counts as 2 operations in evaluation and 6 in the gradient. The \
            roofline is the measured rate of fused multiply-adds, of which a sine takes the time \
            of 10, and of 15 with its derivative.
            """)

    @Option(help: "How long to run each kernel, in seconds.")
    var seconds = 0.5

    @OptionGroup var results: ResultOptions

    static let columns = [
        "kernels", "width", "function", "gflop_per_s", "ns_per_pixel", "cycles_per_pixel",
        "roofline_percent", "peak_gflop_per_s", "clock_ghz",
    ]

    private static let widths = [20, 28, 30, 40, 49, 64]
    private static let layers = 10

    func run() throws {
        let conditions = try Conditions.current()
        var table = Table(columns: Self.columns)
        for kernels in Kernels.supported {
            let peak = kernel_benchmark_peak(kernels.variant, seconds)
            // At once, as wide vectors may slow the clock down.
            let clock = kernel_benchmark_clock(seconds)
            for width in Self.widths {
                let times = kernel_benchmark_network(
                    kernels.variant, Int32(Self.layers), Int32(width), seconds)
                let network = Network(layers: Self.layers, width: width)
                for work in [network.evaluation(times.evaluate), network.gradient(times.gradient)] {
                    let row =
                        [kernels.name, "\(width)"] + work.cells(peak: peak, clock: clock)
                        + [(2e-9 * peak).digits(1), (1e-9 * clock).digits(2)]
                    table.append(row)
                    print(row.joined(separator: " "))
                }
            }
        }
        try results.folder.write(table, conditions, as: "paper-kernels")
    }
}

/// What a network of 2 inputs and 3 outputs takes for each pixel.
private struct Network {
    let layers: Int
    let width: Int

    private var multiplyAdds: Double {
        Double(2 * width + (layers - 1) * width * width + 3 * width)
    }
    private var sines: Double { Double(layers * width) }

    func evaluation(_ seconds: Double) -> Work {
        Work(
            function: "evaluate", seconds: seconds, flops: 2 * multiplyAdds,
            slots: multiplyAdds + 10 * sines)
    }

    /// Forward, and backward to the weights and to the inputs of each layer.
    func gradient(_ seconds: Double) -> Work {
        Work(
            function: "gradient", seconds: seconds, flops: 6 * multiplyAdds,
            slots: 3 * multiplyAdds + 15 * sines)
    }
}

/// What a function took and did for one pixel.
private struct Work {
    let function: String
    let seconds: Double
    let flops: Double
    /// Operations that each take the time of a multiply-add.
    let slots: Double

    func cells(peak: Double, clock: Double) -> [String] {
        [
            function, (1e-9 * flops / seconds).digits(1), (1e9 * seconds).digits(2),
            (clock * seconds).digits(1), (100 * slots / peak / seconds).digits(1),
        ]
    }
}
