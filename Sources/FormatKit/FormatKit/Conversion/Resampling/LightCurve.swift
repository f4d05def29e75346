#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// What light samples stand for: a rising curve from 0…1 to 0…1.
enum LightCurve: Sendable, Equatable {
    /// That of sRGB (IEC 61966-2-1).
    case sRGB
    /// A power.
    case power(Double)
    /// A power of a line above a place, and a line below (ICC.1:2022 §10.18): (ax + b)^g, cx.
    case parametric(g: Double, a: Double, b: Double, c: Double, d: Double)
    /// Equal steps from 0 to 1, with straight lines between.
    case samples([Double])
    /// Perceptual quantization (SMPTE ST 2084).
    case pq
    /// Hybrid log-gamma (ARIB STD-B67), the light of the scene.
    case hlg

    /// That of a picture, or `nil` if its samples are light, or none at all.
    init?(of header: ImageHeader) {
        guard header.layout.model != .cmyk else { return nil }
        switch header.metadata.colorAccount {
        case nil:
            // Reals of which nothing is said are light, unless they stand for integers.
            let isSaid = !header.metadata.kinds.isDisjoint(with: MetadataKind.colorDescriptions)
            let isReal =
                header.layout.sample == .float32 && !header.form.contains(.integers)
            guard isSaid || !isReal else { return nil }
            self = .sRGB
        case .profile(let profile): self = ICCToneCurve(in: profile)?.curve ?? .sRGB
        case .codePoints(let points):
            guard let curve = Self(codePoint: points.transfer) else { return nil }
            self = curve
        case .calibration(let gamma, _):
            self = gamma.map { $0 > 0 ? .power(1 / $0) : .sRGB } ?? .sRGB
        case .curves(let curves, _):
            // Of three channels, that of green.
            let table = curves.tables[curves.tables.count / 2].map(Double.init)
            let (first, last) = (table[0], table[table.count - 1])
            self = .samples(table.map { ($0 - first) / (last - first) })
        }
    }

    /// That of a transfer function (ITU-T H.273, table 3), or `nil` if it is linear.
    private init?(codePoint: UInt8) {
        switch codePoint {
        case 1, 6, 14, 15:
            // Its inverse: V = 1.099 L^0.45 - 0.099 above L = 0.018.
            self = .parametric(
                g: 1 / 0.45, a: 1 / 1.099, b: 0.099 / 1.099, c: 1 / 4.5, d: 0.081)
        case 4: self = .power(2.2)
        case 5: self = .power(2.8)
        case 8: return nil
        case 16: self = .pq
        case 18: self = .hlg
        default: self = .sRGB
        }
    }

    /// The light of all codes of a layout's integers, or of equal steps of its reals; never falling.
    func table(for layout: PixelLayout) -> [Double] {
        let last = layout.sample == .uint8 ? 255 : 65_535
        var table = (0...last).map { light(Double($0) / Double(last)) }
        table[0] = 0
        table[last] = 1
        // Two codes of one light would be one code.
        for index in 1...last where !(table[index] > table[index - 1]) {
            table[index] = table[index - 1].nextUp
        }
        return table
    }

    /// The light of any real: what is negative mirrors what is not, and beyond 1 curves go on that have
    /// no end there.
    func light(ofReal value: Double) -> Double {
        guard value.isFinite else { return value }
        if value < 0 { return -light(ofReal: -value) }
        switch self {
        case .sRGB, .power, .parametric: return light(value)
        case .samples, .pq, .hlg: return light(min(value, 1))
        }
    }

    private func light(_ value: Double) -> Double {
        switch self {
        case .sRGB:
            value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        case .power(let exponent): pow(value, exponent)
        case .parametric(let g, let a, let b, let c, let d):
            value >= d ? pow(max(0, a * value + b), g) : c * value
        case .samples(let samples): Self.interpolated(samples, value)
        case .pq: Self.perceptual(value)
        case .hlg: Self.hybrid(value)
        }
    }

    private static func interpolated(_ samples: [Double], _ value: Double) -> Double {
        let place = value * Double(samples.count - 1)
        let index = min(Int(place), samples.count - 2)
        return samples[index] + (place - Double(index)) * (samples[index + 1] - samples[index])
    }

    /// SMPTE ST 2084 §5.
    private static func perceptual(_ value: Double) -> Double {
        let root = pow(value, 32.0 / 2523)
        let ratio = max(root - 3424.0 / 4096, 0) / (2413.0 / 128 - 2392.0 / 128 * root)
        return pow(ratio, 8192.0 / 1305)
    }

    /// ARIB STD-B67, the inverse of its OETF.
    private static func hybrid(_ value: Double) -> Double {
        let (a, b, c) = (0.17883277, 0.28466892, 0.55991073)
        return value <= 0.5 ? value * value / 3 : (exp((value - c) / a) + b) / 12
    }
}

/// The tone curve of an ICC profile of the kind that has matrices: that of gray, or of green.
struct ICCToneCurve {
    private let profile: [UInt8]

    /// Looks for the curve; `nil` where there is none that makes sense.
    init?(in profile: [UInt8]) {
        self.profile = profile
        guard curve != nil else { return nil }
    }

    /// The curve.
    var curve: LightCurve? {
        for name in ["gTRC", "kTRC"] {
            if let place = tag(name), let curve = curve(at: place) { return curve }
        }
        return nil
    }

    private func integer(_ offset: Int, _ count: Int) -> Int? {
        profile.bigEndian(at: offset, count: count)
    }

    private func fixed(_ offset: Int) -> Double? {
        integer(offset, 4).map { Double(Int32(truncatingIfNeeded: $0)) / 65_536 }
    }

    /// Where a tag's content begins (ICC.1:2022 §7.3).
    private func tag(_ name: String) -> Int? {
        guard let count = integer(128, 4), count <= 200 else { return nil }
        let signature = name.utf8.reduce(0) { $0 << 8 | Int($1) }
        let entry = (0..<count).first { integer(132 + 12 * $0, 4) == signature }
        return entry.flatMap { integer(136 + 12 * $0, 4) }
    }

    private func curve(at place: Int) -> LightCurve? {
        switch integer(place, 4) {
        case 0x6375_7276: sampled(place)
        case 0x7061_7261: parametric(place)
        default: nil
        }
    }

    /// A `curv` (§10.6).
    private func sampled(_ place: Int) -> LightCurve? {
        guard let count = integer(place + 8, 4), count <= 65_536 else { return nil }
        if count == 0 { return .power(1) }
        if count == 1 {
            return integer(place + 12, 2).flatMap { $0 > 0 ? .power(Double($0) / 256) : nil }
        }
        let samples = (0..<count).compactMap { integer(place + 12 + 2 * $0, 2) }
        guard samples.count == count, let last = samples.last, last > samples[0] else { return nil }
        let first = samples[0]
        return .samples(samples.map { Double(max(first, $0) - first) / Double(last - first) })
    }

    /// A `para` (§10.18), without what is added to both parts.
    private func parametric(_ place: Int) -> LightCurve? {
        guard let kind = integer(place + 8, 2), kind <= 4 else { return nil }
        let numbers = (0..<[1, 3, 4, 5, 7][kind]).compactMap { fixed(place + 12 + 4 * $0) }
        guard numbers.count == [1, 3, 4, 5, 7][kind], numbers[0] > 0 else { return nil }
        let g = numbers[0]
        switch kind {
        case 0: return .power(g)
        // There is no line below.
        case 1, 2: return .parametric(g: g, a: numbers[1], b: numbers[2], c: 0, d: 0)
        default:
            return .parametric(g: g, a: numbers[1], b: numbers[2], c: numbers[3], d: numbers[4])
        }
    }
}
