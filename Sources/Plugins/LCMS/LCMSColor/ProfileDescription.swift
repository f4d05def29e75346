internal import CLCMSShim
internal import FormatKit

/// What an ICC profile says by numbers: a matrix and curves, or code points by name.
struct ProfileDescription {
    /// The code points that the profile names.
    let named: ColorCodePoints?
    /// X, Y and Z of the primaries, and then the curves; `nil` if there is more to the profile.
    private let numbers: (colorants: [Double], curves: [Float])?

    /// Reads a profile, or returns `nil` if it is damaged or not for pixels of `model`.
    init?(of profile: [UInt8], model: ColorModel) {
        guard model != .cmyk, profile.count >= 128 else { return nil }
        var found = clcms_description()
        var colorants = [Double](repeating: 0, count: 9)
        let curveCount = model == .gray ? 1 : 3
        var curves = [Float](repeating: 0, count: curveCount * Int(CLCMS_CURVE_SAMPLE_COUNT))
        let isRead = unsafe profile.withUnsafeBufferPointer { profile in
            unsafe clcms_describe(
                profile.baseAddress, profile.count, Int32(model.channelCount), &found, &colorants,
                &curves)
        }
        guard isRead != 0 else { return nil }
        let points = found.code_points
        named =
            found.has_code_points == 0
            ? nil
            : ColorCodePoints(
                primaries: points.0, transfer: points.1, matrix: points.2,
                isFullRange: points.3 != 0)
        numbers = found.is_plain == 0 ? nil : (colorants, curves)
    }

    /// Whether two profiles mean the same colors, but for rounding in their files.
    ///
    /// The colorants of sRGB differ by up to 0.0002 among the profiles of its makers, those of
    /// sRGB and of BT.601 by 0.01; the curves of sRGB and of a power of 2.2 by 0.008.
    func isEqual(to other: ProfileDescription) -> Bool {
        guard let numbers, let others = other.numbers else { return false }
        return zip(numbers.colorants, others.colorants).allSatisfy { abs($0 - $1) <= 0.0005 }
            && zip(numbers.curves, others.curves).allSatisfy { abs($0 - $1) <= 0.0002 }
    }
}
