public import FormatKit

/// What of the codec's work may be chosen; no result depends on it.
enum WorkOptions {
    static let kernels = OptionSpec(
        "kernels", .choice(KernelChoice.allCases.map(\.rawValue)),
        default: KernelChoice.auto.rawValue, summary: "the instruction set of hand-written code")
    static let work = OptionSpec(
        Limits.Name.work.rawValue, .integer(0...Int.max), default: "\(defaultMultiplyAddLimit)",
        summary: "the most multiply-adds that decoding may ask for")
    static let specs = [kernels, work]

    static let defaultMultiplyAddLimit = 1 << 44
}

extension Limits.Name {
    /// ``/FormatKit/CodecContext/multiplyAddLimit``.
    public static let work = Limits.Name("work", counting: "multiply-adds")
}

extension CodecContext {
    /// The instruction set that `.coin` uses; results do not depend on it.
    public var kernels: KernelChoice {
        get {
            codecOptions[.coin].choice(WorkOptions.kernels.key)
                .flatMap(KernelChoice.init(rawValue:)) ?? .auto
        }
        set { codecOptions[.coin].set(WorkOptions.kernels.key, to: .choice(newValue.rawValue)) }
    }

    /// The most multiply-adds that decoding one `.coin` picture may ask for; 2^44 by default.
    public var multiplyAddLimit: Int {
        get {
            codecOptions[.coin].integer(WorkOptions.work.key)
                ?? WorkOptions.defaultMultiplyAddLimit
        }
        set { codecOptions[.coin].set(WorkOptions.work.key, to: .integer(newValue)) }
    }

    /// Accepts a decoder's work of `count` multiply-adds, or throws.
    ///
    /// - Throws: ``ImageError/limitExceeded(_:requested:allowed:)``.
    func checkWork(_ count: Int) throws(ImageError) {
        guard count <= multiplyAddLimit else {
            throw .limitExceeded(.work, requested: count, allowed: multiplyAddLimit)
        }
    }
}
