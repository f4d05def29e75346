internal import CLCMSShim
internal import FormatKit

/// An account of colors as the shim takes it.
struct ShimColors {
    private var profile: [UInt8] = []
    private var curve = clcms_curve.sRGB
    private var exponent = 1.0
    private var chromaticities = Chromaticities.sRGB
    private var tables: [UInt16] = []
    private var tableCount = 0
    /// Code points that a profile names beside its curves.
    private var named: ColorCodePoints?

    /// As many values of a curve as samples of 12 bits have.
    private static let tableLength = 4096

    /// Whether the light goes beyond what sRGB has a place for.
    var hasHighDynamicRange: Bool { named != nil }

    /// Translates an account, or returns `nil` if it names what is not known here.
    init?(_ colors: ColorAccount) {
        switch colors {
        case .profile(let bytes):
            guard bytes.count >= 128 else { return nil }
            profile = bytes
        case .codePoints(let points):
            guard points.matrix == 0, points.isFullRange,
                let primaries = Self.primaries[points.primaries]
            else { return nil }
            chromaticities = primaries
            if let curve = points.dynamicRangeCurve(count: Self.tableLength) {
                set(curve)
                named = points
            } else if !setTransfer(points.transfer) {
                return nil
            }
        case .calibration(let gamma, let primaries):
            if let gamma {
                guard gamma >= 0.05, gamma <= 20 else { return nil }
                (curve, exponent) = (.power, 1 / gamma)
            }
            chromaticities = primaries ?? .sRGB
            guard chromaticities.isPossible else { return nil }
        case .curves(let curves, let primaries):
            set(curves)
            chromaticities = primaries ?? .sRGB
            guard chromaticities.isPossible else { return nil }
        }
    }

    private mutating func set(_ curves: TransferCurves) {
        curve = .tables
        // Tables of one picture have one length.
        let resampled = curves.resampled(to: Self.tableLength)
        (tables, tableCount) = (resampled.flatMap(\.self), resampled.count)
    }

    /// Sets the curve of a transfer function of H.273, unless it is unknown.
    private mutating func setTransfer(_ code: UInt8) -> Bool {
        switch code {
        case 1, 6, 14, 15: curve = .bt709
        case 4: (curve, exponent) = (.power, 2.2)
        case 5: (curve, exponent) = (.power, 2.8)
        case 8: (curve, exponent) = (.power, 1)
        case 13: curve = .sRGB
        default: return false
        }
        return true
    }

    /// The primaries of H.273 that have the white point D65.
    private static let primaries: [UInt8: Chromaticities] = [
        1: .sRGB,
        5: d65(red: (0.64, 0.33), green: (0.29, 0.60), blue: (0.15, 0.06)),
        6: d65(red: (0.63, 0.34), green: (0.31, 0.595), blue: (0.155, 0.07)),
        7: d65(red: (0.63, 0.34), green: (0.31, 0.595), blue: (0.155, 0.07)),
        9: d65(red: (0.708, 0.292), green: (0.17, 0.797), blue: (0.131, 0.046)),
        12: d65(red: (0.68, 0.32), green: (0.265, 0.69), blue: (0.15, 0.06)),
    ]

    private static func d65(
        red: (Double, Double), green: (Double, Double), blue: (Double, Double)
    ) -> Chromaticities {
        Chromaticities(
            white: Chromaticities.sRGB.white, red: Chromaticity(red.0, red.1),
            green: Chromaticity(green.0, green.1), blue: Chromaticity(blue.0, blue.1))
    }

    /// Lends the account.
    func withValue<Result>(_ body: (clcms_colors) -> Result) -> Result {
        let points = [
            chromaticities.white, chromaticities.red, chromaticities.green, chromaticities.blue,
        ]
        let p = points.flatMap { [$0.x, $0.y] }
        let length = tableCount > 0 ? tables.count / tableCount : 0
        return unsafe profile.withUnsafeBufferPointer { bytes in
            unsafe tables.withUnsafeBufferPointer { tables in
                unsafe body(
                    clcms_colors(
                        profile: bytes.isEmpty ? nil : bytes.baseAddress,
                        profile_length: bytes.count,
                        curve: curve, exponent: exponent,
                        chromaticities: (p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]),
                        tables: tables.baseAddress, table_count: Int32(tableCount),
                        table_length: UInt32(length), names_code_points: named == nil ? 0 : 1,
                        code_points: (
                            named?.primaries ?? 0, named?.transfer ?? 0, named?.matrix ?? 0,
                            named?.isFullRange == true ? 1 : 0
                        )))
            }
        }
    }
}

extension Chromaticities {
    /// Whether the primaries span a triangle with white in it that has an inverse.
    fileprivate var isPossible: Bool {
        let all = [white, red, green, blue]
        guard all.allSatisfy({ $0.x >= 0 && $0.y > 0 && $0.x + $0.y <= 1 }) else { return false }
        let area =
            (green.x - red.x) * (blue.y - red.y) - (blue.x - red.x) * (green.y - red.y)
        return abs(area) > 1e-3
    }
}
