internal import CCoinKernels

extension FitModel {
    /// The level whose latents are tried, or `nil`.
    ///
    /// A pass forward tells the rate of that level and of the two below, which is all that can
    /// change, and keeps the bits of each latent.
    package func setTriedLevel(_ level: Int?) {
        unsafe model.pointee.tried_level = level.map(UInt32.init) ?? UInt32(COIN_FIT_NO_LEVEL)
    }

    /// Begins to try latents, after passes that have told of all levels.
    package func beginTrials() { unsafe coin_fit_begin_trials(model) }

    /// Ends the trials; the optimizer of the latents has no memory afterwards.
    package func endTrials() { unsafe coin_fit_end_trials(model) }

    /// Tries to round latents of a level to the second nearest integer instead of the nearest, and
    /// leaves those so that lower the cost: bits, and what errors count.
    ///
    /// Many are tried in one pass, since what one of them changes no other does.
    ///
    /// - Parameters:
    ///   - level: The level.
    ///   - leastDistance: How far from the nearest integer a latent has to be, at most 1/2.
    ///   - leastCount: Passes that would try fewer are not worth it.
    ///   - pass: Runs the phases of a pass forward.
    /// - Returns: By how much the cost is lower.
    /// - Throws: What `pass` throws; what was being tried stays then.
    package func tryOtherRounding<Failure: Error>(
        ofLevel level: Int, leastDistance: Float, leastCount: Int,
        pass: () throws(Failure) -> Void
    ) throws(Failure) -> Double {
        setTriedLevel(level)
        guard let grid = grids.first(where: { $0.level == level }) else { return 0 }
        var leastDistance = leastDistance
        var count = unsafe coin_fit_list_candidates(model, leastDistance, nil)
        // More than memory is counted for are there only if latents do not settle at all.
        while count > configuration.candidateLimit(level: level) {
            leastDistance += 0.02
            count = unsafe coin_fit_list_candidates(model, leastDistance, nil)
        }
        guard Int(count) >= leastCount else { return 0 }
        var candidates = [coin_fit_candidate](repeating: coin_fit_candidate(), count: Int(count))
        _ = unsafe coin_fit_list_candidates(model, leastDistance, &candidates)
        var taken = [UInt8](repeating: 0, count: grid.width * grid.height)
        var saved = 0.0
        while true {
            let tried = unsafe coin_fit_try(model, &candidates, count, &taken)
            if tried > 0 { try pass() }
            saved += unsafe coin_fit_decide(model, &candidates, count)
            if Int(tried) < leastCount { return saved }
        }
    }
}
