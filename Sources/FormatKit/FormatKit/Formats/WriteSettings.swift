/// How to encode, in terms that mean the same for every format.
///
/// ```swift
/// let options = try OptionValues(parsing: ["subsampling": "444"], for: jpeg.descriptor)
/// let settings = WriteSettings(quality: 90, options: options)
/// ```
public struct WriteSettings: Sendable, Equatable {
    /// 0 (smallest) … 100 (best), or `nil` for the format's default.
    public var quality: Double?
    /// Whether every sample must survive.
    public var isLossless: Bool
    /// 1 (fastest) … 9 (smallest or best), or `nil` for the format's default.
    public var effort: Int?
    /// The format's own options.
    public var options: OptionValues
    /// Whether this is one of several trials, of which only the best counts: what an option misses in it is
    /// no news to anybody.
    package var isTrial = false

    /// Creates settings; what is left out has the format's default.
    public init(
        quality: Double? = nil, isLossless: Bool = false, effort: Int? = nil,
        options: OptionValues = OptionValues()
    ) {
        self.quality = quality
        self.isLossless = isLossless
        self.effort = effort
        self.options = options
    }
    /// Accepts a quality and an effort within their ranges, or throws.
    ///
    /// - Throws: ``ImageError/invalidOption(name:reason:)``.
    package func checkRanges() throws(ImageError) {
        if let effort, !(1...9).contains(effort) {
            throw .invalid(.effort, "\(effort) is not from 1 to 9")
        }
        if let quality, !(0...100).contains(quality) {
            throw .invalid(.quality, "\(quality) is not from 0 to 100")
        }
    }
}
