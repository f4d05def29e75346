internal import FormatKit

/// How pictures are compressed.
struct PDFOptions {
    /// What is asked for.
    enum Compression: String, CaseIterable {
        /// What fits: Group 4 for black and white, JPEG if a quality is asked for, or else Flate.
        case auto
        case flate
        case ccitt
        case jpeg
    }

    /// How one picture is compressed.
    enum Coding: Equatable {
        /// Deflate, behind PNG's predictors.
        case flate
        /// Group 4.
        case group4
        case jpeg
    }

    let compression: Compression
    let quality: Double?
    let effort: Int?
    private let isLossless: Bool
    private let hasJPEG: Bool

    /// The quality of JPEG that is asked for without a number.
    private static let defaultQuality = 90.0

    /// The options as help shows them.
    ///
    /// - Parameter hasJPEG: Whether there is an encoder of JPEG.
    /// - Returns: The options.
    static func specs(hasJPEG: Bool) -> [OptionSpec] {
        let words = Compression.allCases.filter { hasJPEG || $0 != .jpeg }.map(\.rawValue)
        return [
            OptionSpec(
                "compression", .choice(words), default: "auto",
                summary: "how pixels are compressed; auto: ccitt for black and white, "
                    + (hasJPEG ? "jpeg for 8 bits with a quality, " : "") + "or else flate"),
            OptionSpec.transcode(
                "take the JPEG or JPEG 2000 file that the input is, byte for byte"),
        ]
    }

    init(_ settings: WriteSettings, hasJPEG: Bool) throws(ImageError) {
        try settings.checkRanges()
        compression =
            settings.options.choice("compression").flatMap(Compression.init) ?? .auto
        quality = settings.quality
        effort = settings.effort
        isLossless = settings.isLossless
        self.hasJPEG = hasJPEG
        if isLossless, compression == .jpeg {
            throw .invalidOption(name: "pdf.compression", reason: "jpeg is always lossy")
        }
    }

    /// How a picture is compressed.
    ///
    /// - Throws: ``ImageError/invalidOption(name:reason:)`` if it cannot be as it is asked for.
    func coding(of header: ImageHeader) throws(ImageError) -> Coding {
        let layout = header.layout
        let isBlackAndWhite =
            layout == PixelLayout(.gray, .uint8) && header.storage == .packedGray(bitCount: 1)
        switch compression {
        case .flate: return .flate
        case .ccitt:
            guard isBlackAndWhite else { throw refusal("stores only black and white", layout) }
            return .group4
        case .jpeg:
            guard layout.sample == .uint8 else {
                throw refusal("stores only 8-bit samples", layout)
            }
            return .jpeg
        case .auto:
            if isBlackAndWhite { return .group4 }
            let isJPEG = hasJPEG && quality != nil && !isLossless && layout.sample == .uint8
            return isJPEG ? .jpeg : .flate
        }
    }

    private func refusal(_ reason: String, _ layout: PixelLayout) -> ImageError {
        .invalidOption(
            name: "pdf.compression", reason: "\(compression.rawValue) \(reason), not \(layout)")
    }

    /// The settings of the codec that compresses pixels.
    func settings(for coding: Coding) -> WriteSettings {
        coding == .jpeg
            ? WriteSettings(quality: quality ?? Self.defaultQuality, effort: effort)
            : WriteSettings(effort: effort)
    }

    /// Why a stream is not taken with such settings, or `nil` if it is.
    static func objection(_ stream: CodedStream, _ settings: WriteSettings) -> String? {
        if settings.quality != nil { return "a quality is asked for" }
        let compression = settings.options.choice("compression").flatMap(Compression.init) ?? .auto
        let isAsked = compression == .auto || compression == .jpeg && stream.format == .jpeg
        guard isAsked else { return "pdf.compression is set" }
        let trait = stream.traits.first { $0 != "CMYK" }
        return trait.map { "PDF cannot say what the file has: \($0)" }
    }
}
