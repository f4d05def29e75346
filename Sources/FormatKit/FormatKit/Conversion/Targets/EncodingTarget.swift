/// What an output is to come to, for which a quality is searched.
///
/// ```swift
/// let converter = Converter(
///     registry: try BuiltInFormats.makeRegistry(), context: CodecContext(),
///     target: .byteCount(20_000))
/// let report = try converter.convert(
///     try FileSource(path: photograph), to: webP, settings: WriteSettings()
/// ) { () throws(ImageError) in try FileSink(path: output, isReplacing: false) }
/// if let reached = report.reached {
///     print("\(reached.value) bytes at quality \(reached.settingValue)")
/// }
/// ```
public enum EncodingTarget: Sendable, Hashable {
    /// A file of at most so many bytes.
    case byteCount(Int)
    /// A peak signal-to-noise ratio, in dB, of at least so much in every picture.
    case psnr(Double)
    /// A multi-scale structural similarity, 0…1, of at least so much in every picture.
    case similarity(Double)
}

/// How a writer is led to a target.
package struct TargetCapability: Sendable, Hashable {
    /// The options that decide in place of the quality, and so cannot be given with a target.
    package let rivals: [String]
    /// The option of a rate in bits per pixel that the writer hits nearly, if it has one: a size is
    /// searched with it.
    package let rateOption: String?
    /// How often a picture may be encoded, at least 2.
    package let attemptLimit: Int

    /// Creates a capability.
    public init(rivals: [String] = [], rateOption: String? = nil, attemptLimit: Int = 12) {
        precondition(attemptLimit >= 2)
        self.rivals = rivals
        self.rateOption = rateOption
        self.attemptLimit = attemptLimit
    }
}

/// How a target was reached.
public struct ReachedTarget: Sendable, Equatable {
    /// The target.
    public let target: EncodingTarget
    /// What the output has come to, in bytes, dB or as a similarity; of several pictures the worst.
    public let value: Double
    /// What was varied: `quality`, or the key of an option of the format.
    public let setting: String
    /// Its value; the same output comes from a conversion with this value and no target.
    public let settingValue: Double
    /// How often the pictures were encoded.
    public let attemptCount: Int

    /// The name of the setting that every format has.
    public static let quality = "quality"
}

extension EncodingTarget {
    /// The number that is to be reached.
    public var value: Double {
        switch self {
        case .byteCount(let count): Double(count)
        case .psnr(let value), .similarity(let value): value
        }
    }

    /// Whether an output with this value is good enough.
    func isReached(by value: Double) -> Bool {
        switch self {
        case .byteCount: value <= self.value
        case .psnr, .similarity: value >= self.value
        }
    }

    /// A stable name for machines: `bytes`, `psnr` or `ms_ssim`.
    package var name: String {
        switch self {
        case .byteCount: "bytes"
        case .psnr: "psnr"
        case .similarity: "ms_ssim"
        }
    }

    /// Accepts a target that makes sense for a format, or throws.
    ///
    /// - Throws: ``ImageError/invalidOption(name:reason:)`` if the format has no quality to search, the
    ///   settings fix it, or the number is out of range.
    package func check(_ format: FormatDescriptor, _ settings: WriteSettings) throws(ImageError) {
        guard let capability = format.write?.targets else {
            throw .invalid(.target, "\(format.id) has no quality to search")
        }
        if settings.isLossless {
            throw .invalid(.target, "a lossless file is what it is")
        }
        if settings.quality != nil {
            throw .invalid(.target, "a quality is given already")
        }
        if let rival = capability.rivals.first(where: settings.options.contains) {
            throw .invalid(.target, "\(format.id).\(rival) decides in place of the quality")
        }
        if settings.streamUse == .always {
            throw .invalid(.target, "a stream that passes as it is has no quality to search")
        }
        let isSensible =
            switch self {
            case .byteCount(let count): count > 0
            case .psnr(let value): value > 0 && value <= 120
            case .similarity(let value): value > 0 && value < 1
            }
        guard isSensible else { throw .invalid(.target, "\(self) is out of range") }
    }
}

extension EncodingTarget: CustomStringConvertible {
    /// For example `a PSNR of 40 dB`.
    public var description: String { Self.text(value, of: self) }

    /// A value in the words of a target.
    static func text(_ value: Double, of target: EncodingTarget) -> String {
        switch target {
        case .byteCount: "\(Int(exactly: value) ?? .max) bytes"
        case .psnr: "a PSNR of \(rounded(value, 100)) dB"
        case .similarity: "an MS-SSIM of \(rounded(value, 100_000))"
        }
    }

    /// Rounded to a fraction, whole numbers without a point.
    private static func rounded(_ value: Double, _ scale: Double) -> String {
        let number = (value * scale).rounded() / scale
        guard number.isFinite else { return "infinity" }
        return Int(exactly: number).map { "\($0)" } ?? "\(number)"
    }
}
