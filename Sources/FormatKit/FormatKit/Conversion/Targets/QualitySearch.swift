/// Searches the setting at which a value comes to a goal, in few attempts.
///
/// Values are taken to rise with the setting, nearly in a straight line; where they do not, the search
/// is slower, or ends somewhat off the best setting, but what it calls reached was measured to be.
struct QualitySearch {
    /// On which side of the goal values are good.
    enum Side {
        /// At or below it; the highest such setting is wanted.
        case below
        /// At or above it; the lowest such setting is wanted.
        case above
    }

    /// What is known before the first attempt.
    struct Prior {
        /// The settings that there are.
        let range: ClosedRange<Double>
        /// Settings are multiples of one in so many parts.
        let stepsPerUnit: Double
        /// Where to begin.
        let start: Double
        /// About how much the value rises with the setting.
        let slope: Double
    }

    /// An attempt.
    struct Attempt: Equatable {
        let setting: Double
        let value: Double
    }

    let side: Side
    let goal: Double
    /// How far on the good side of the goal is near enough.
    let tolerance: Double
    let prior: Prior
    let attemptLimit: Int
    private(set) var attempts: [Attempt] = []
    /// The highest setting tried whose value was too low, or good and below, and the lowest of the
    /// others: the search goes on between them.
    private var (low, high): (Attempt?, Attempt?) = (nil, nil)
    /// How many attempts in a row have moved the same end.
    private var (lowRun, highRun) = (0, 0)

    init(side: Side, goal: Double, tolerance: Double, prior: Prior, attemptLimit: Int) {
        self.side = side
        self.goal = goal
        self.tolerance = tolerance
        self.prior = prior
        self.attemptLimit = attemptLimit
    }

    /// Whether a value is on the good side.
    func isReached(_ value: Double) -> Bool { side == .below ? value <= goal : value >= goal }

    /// The setting to try next, or `nil` if there is nothing more to find.
    var next: Double? {
        guard let last = attempts.last else { return settled(prior.start) }
        if isReached(last.value), abs(last.value - goal) <= tolerance { return nil }
        guard attempts.count < attemptLimit else { return lastResort }
        switch (low, high) {
        case (let low?, let high?): return between(low, high)
        case (let low?, nil): return above(low)
        case (nil, let high?): return below(high)
        case (nil, nil): return nil
        }
    }

    /// Takes note of an attempt with the setting that was ``next``.
    mutating func add(_ value: Double, at setting: Double) {
        let attempt = Attempt(setting: setting, value: value)
        attempts.append(attempt)
        let isLow = side == .below ? value <= goal : value < goal
        if isLow {
            (low, lowRun, highRun) = (attempt, lowRun + 1, 0)
        } else {
            (high, lowRun, highRun) = (attempt, 0, highRun + 1)
        }
    }

    /// The least difference of two settings.
    private var grain: Double { 1 / prior.stepsPerUnit }

    /// Where a value is aimed at: on the good side, not quite at the goal.
    private var aim: Double { goal + (side == .below ? -0.5 : 0.5) * tolerance }

    /// If nothing was good, the end of the range that is most likely to be.
    private var lastResort: Double? {
        let end = side == .below ? prior.range.lowerBound : prior.range.upperBound
        let isTried = attempts.contains { $0.setting == end }
        return isTried || attempts.contains { isReached($0.value) } ? nil : end
    }

    private func between(_ low: Attempt, _ high: Attempt) -> Double? {
        let width = high.setting - low.setting
        guard width > 1.5 * grain else { return nil }
        // A curve or a straight line, unless it has only crept up on one end.
        let isCreeping = lowRun > 3 || highRun > 3
        let rise = high.value - low.value
        let line = rise > 0 ? low.setting + (aim - low.value) / rise * width : nil
        let place = isCreeping ? nil : curve(within: low.setting...high.setting) ?? line
        let middle = low.setting + 0.5 * width
        let margin = max(grain, 0.02 * width)
        return settled(
            min(max(place ?? middle, low.setting + margin), high.setting - margin))
    }

    /// Where the parabola through the last three attempts, with the setting as a function of the value,
    /// has the value that is aimed at; `nil` if that is not between two settings.
    private func curve(within range: ClosedRange<Double>) -> Double? {
        guard attempts.count > 2 else { return nil }
        let points = attempts.suffix(3)
        var sum = 0.0
        for (index, point) in points.enumerated() {
            var weight = 1.0
            for (other, far) in points.enumerated() where other != index {
                guard point.value != far.value else { return nil }
                weight *= (aim - far.value) / (point.value - far.value)
            }
            sum += point.setting * weight
        }
        return range.contains(sum) ? sum : nil
    }

    private func above(_ low: Attempt) -> Double? {
        guard low.setting < prior.range.upperBound else { return nil }
        let step = stride(from: low, run: lowRun)
        return settled(max(low.setting + step, low.setting + grain))
    }

    private func below(_ high: Attempt) -> Double? {
        guard high.setting > prior.range.lowerBound else { return nil }
        let step = stride(from: high, run: highRun)
        return settled(min(high.setting - step, high.setting - grain))
    }

    /// How far to go on from the only end that there is, a little further each time.
    private func stride(from end: Attempt, run: Int) -> Double {
        var slope = prior.slope
        if attempts.count > 1 {
            let other = attempts[attempts.count - 2]
            let measured = (end.value - other.value) / (end.setting - other.setting)
            if measured > 0.2 * prior.slope, measured.isFinite { slope = measured }
        }
        let farther = [1.0, 1.3, 2, 4, 8][min(run - 1, 4)]
        return farther * abs(aim - end.value) / slope
    }

    /// A setting in the range, on the grid.
    private func settled(_ setting: Double) -> Double {
        let range = prior.range
        guard setting > range.lowerBound else { return range.lowerBound }
        guard setting < range.upperBound else { return range.upperBound }
        return (setting * prior.stepsPerUnit).rounded() / prior.stepsPerUnit
    }
}
