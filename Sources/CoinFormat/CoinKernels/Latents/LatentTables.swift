internal import CCoinKernels

/// The ranges of the symbols of latents, for every scale and fraction of a mean (§5).
@safe package struct LatentTables: @unchecked Sendable {
    /// The number of scales.
    package static let scaleCount = Int(COIN_LATENT_SCALES)
    /// The largest magnitude of a latent.
    package static let maximum = Int(COIN_LATENT_MAX)
    /// The tables, computed when they are first needed; some 440 kB.
    package static let shared = LatentTables()

    let pointer: OpaquePointer
    /// What each frequency costs in 1/65536 bits; `[65536]`.
    let costs: [UInt32]

    private init() {
        // Lives as long as the process, as everyone's constants.
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: coin_latent_tables_size(), alignment: 64)
        unsafe pointer = coin_latent_tables_fill(memory)
        costs = unsafe [UInt32](unsafeUninitializedCapacity: 65_536) { buffer, count in
            unsafe coin_latent_costs_fill(buffer.baseAddress)
            count = 65_536
        }
    }

    /// The constants of a scale: 2^30 times the ratio of its distribution, and its radius.
    package static func constants(scale: Int) -> (ratio: Int, radius: Int) {
        precondition((0..<scaleCount).contains(scale))
        var radius: UInt32 = 0
        let ratio = unsafe coin_latent_scale_constants(UInt32(scale), &radius)
        return (Int(ratio), Int(radius))
    }

    /// Where the range of a difference starts: C(j) for j in -R…R + 1.
    package func boundary(scale: Int, fraction: Int, difference: Int) -> Int {
        let radius = Self.constants(scale: scale).radius
        precondition((-8...7).contains(fraction) && (-radius...radius + 1).contains(difference))
        return Int(
            unsafe coin_latent_boundary(
                pointer, UInt32(scale), Int32(fraction), Int32(difference)))
    }

    /// What values cost with these predictions, in 1/65536 bits.
    ///
    /// - Parameters:
    ///   - values: Latents in any order, each within ±``maximum``.
    ///   - predictions: Of each, in the same order.
    ///   - each: If not empty, shape `[count]`; overwritten with what each costs.
    /// - Returns: The sum.
    package func cost(
        of values: Span<Int16>, _ predictions: LatentPredictions, each: inout MutableSpan<UInt32>
    ) -> UInt64 {
        precondition(values.count == predictions.means.count)
        precondition(each.isEmpty || each.count == values.count)
        let wantsEach = !each.isEmpty
        return unsafe values.withUnsafeBufferPointer { values in
            unsafe each.withUnsafeMutableBufferPointer { each in
                unsafe coin_latent_cost(
                    pointer, costs, values.baseAddress, predictions.means, predictions.scales,
                    values.count, wantsEach ? each.baseAddress : nil)
            }
        }
    }

    /// What values cost with these predictions, in 1/65536 bits.
    package func cost(of values: Span<Int16>, _ predictions: LatentPredictions) -> UInt64 {
        var none: [UInt32] = []
        var span = none.mutableSpan
        return cost(of: values, predictions, each: &span)
    }
}

/// The distribution of every latent of a grid, as the entropy network predicts it.
package struct LatentPredictions: Equatable, Sendable {
    /// The means in 1/16, row by row.
    package var means: [Int16]
    /// The indices of the scales, row by row.
    package var scales: [UInt8]

    /// Creates predictions.
    ///
    /// - Precondition: as many means as scales; means within ±16·511, scales below 128.
    package init(means: [Int16], scales: [UInt8]) {
        precondition(means.count == scales.count)
        self.means = means
        self.scales = scales
    }
}

extension LatentTables {
    /// What a value with a mean of 0 costs, in 1/65536 bits.
    ///
    /// - Precondition: its magnitude is up to 65535 and the scale's radius together.
    package func cost(_ value: Int, scale: Int) -> UInt64 {
        let radius = Self.constants(scale: scale).radius
        let magnitude = Int(value.magnitude)
        precondition(magnitude <= radius + 65_535)
        func start(_ difference: Int) -> Int {
            difference > radius + 1
                ? 65_536 : boundary(scale: scale, fraction: 0, difference: difference)
        }
        if magnitude <= radius {
            return UInt64(costs[start(magnitude + 1) - start(magnitude)])
        }
        let code = magnitude - radius
        let bits = 4 + Int.bitWidth - 1 - code.leadingZeroBitCount
        return UInt64(bits << 16) + UInt64(costs[65_536 - start(radius + 1)])
    }
}
