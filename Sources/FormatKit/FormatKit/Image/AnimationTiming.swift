/// How a picture takes part in an animation.
public struct AnimationTiming: Sendable, Hashable {
    /// How long the frame is shown.
    public var duration: FrameDuration
    /// How often the animation is shown, the same for all frames; 0 is for ever.
    public var loopCount: Int
    /// The color around the frames, the same for all of them, where the file names one.
    public var background: RGBAColor?

    /// Creates a timing.
    public init(duration: FrameDuration, loopCount: Int = 0, background: RGBAColor? = nil) {
        self.duration = duration
        self.loopCount = loopCount
        self.background = background
    }

    /// Whether ``background`` is one that somebody chose: not nothing at all, nor the white that
    /// encoders put where they are told nothing.
    package var namesBackground: Bool {
        guard let background else { return false }
        return background != .white && background.alpha > 0
    }

    /// What is lost where at most so many loops can be asked for.
    package func lossOfLoops(limit: Int) -> [Loss] {
        loopCount > limit ? [.animation("\(loopCount) loops become \(limit)")] : []
    }

    /// What is lost where nothing is said of the color around the frames.
    package var lossOfBackground: [Loss] {
        namesBackground ? [.animation("the background of the animation is left out")] : []
    }

    /// What is lost of a frame in an animation whose loops and background are those of its first.
    func losses(shownAs first: AnimationTiming) -> [Loss] {
        let loops =
            loopCount == first.loopCount
            ? []
            : [
                Loss.animation(
                    "the animation is shown \(first.loopText), as its first frame's is, not "
                        + loopText)
            ]
        return loops + (background == first.background ? [] : lossOfBackground)
    }

    /// How often the animation is shown, for people: `for ever`, `once`, `3 times`.
    private var loopText: String {
        switch loopCount {
        case 0: "for ever"
        case 1: "once"
        default: "\(loopCount) times"
        }
    }

    /// What a writer takes for pages that have no timing: a tenth of a second, for ever.
    package static let `default` = AnimationTiming(duration: FrameDuration(milliseconds: 100))
}

/// A time as a fraction of seconds, so that a thirtieth stays one.
public struct FrameDuration: Sendable, Hashable {
    /// The seconds, times ``denominator``; not negative.
    public var numerator: Int
    /// Positive.
    public var denominator: Int

    /// Creates a duration of `numerator` / `denominator` seconds.
    ///
    /// - Precondition: `numerator` is not negative and `denominator` is positive.
    public init(_ numerator: Int, _ denominator: Int) {
        precondition(numerator >= 0 && denominator > 0)
        self.numerator = numerator
        self.denominator = denominator
    }

    /// Creates a duration.
    ///
    /// - Precondition: `milliseconds` is not negative.
    public init(milliseconds: Int) {
        self.init(milliseconds, 1000)
    }

    /// The duration in milliseconds, rounded to the nearest.
    public var milliseconds: Int {
        let (whole, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
        let (product, overflow) = whole.multipliedReportingOverflow(by: 1000)
        let part = Int((Double(rest) * 1000 / Double(denominator)).rounded())
        return overflow || product > .max - part ? .max : product + part
    }

    /// The same duration in milliseconds if it is a whole number of them, or else in lowest terms.
    ///
    /// For readers, so that a time has one form whatever the unit of the file.
    package var normalized: FrameDuration {
        let reduced = reduced
        let (factor, rest) = 1000.quotientAndRemainder(dividingBy: reduced.denominator)
        let (product, overflow) = reduced.numerator.multipliedReportingOverflow(by: factor)
        return rest != 0 || overflow ? reduced : FrameDuration(milliseconds: product)
    }

    /// Whether this is `numerator` / `denominator` seconds.
    package func equals(_ numerator: Int, _ denominator: Int) -> Bool {
        reduced == FrameDuration(numerator, denominator).reduced
    }

    /// The same duration in lowest terms.
    var reduced: FrameDuration {
        var (divisor, rest) = (denominator, numerator)
        while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
        return FrameDuration(numerator / divisor, denominator / divisor)
    }
}
