package import FormatKit

extension ImageError {
    /// The error in the words of the command line: with the option that it is about, or that helps.
    package var message: String {
        switch self {
        case .limitExceeded(let limit, _, _):
            limit.option.map { "\(self); \($0) raises the limit" } ?? description
        case .outputExists: "\(self); --overwrite replaces it"
        case .invalidOption(let name, let reason):
            "option \(Self.option(name)): \(reason)"
        case .unstorable(_, _, .depth?):
            "\(self); --depth 8 or 16 drops some first, or leave out --lossless"
        case .unstorable(_, _, let field?): "\(self); \(field.option) chooses one of them"
        case .tooLarge(_, _, let allowed): "\(self); --fit \(allowed) makes it small enough"
        default: description
        }
    }

    /// What the command line calls a field of the request or an option.
    private static func option(_ name: String) -> String {
        RequestField(rawValue: name)?.option ?? CodecFlag(rawValue: name)?.option ?? name
    }
}

extension RequestField {
    /// The option that sets it.
    fileprivate var option: String {
        switch self {
        case .quality: "--quality"
        case .effort: "--effort"
        case .isLossless: "--lossless"
        case .scale: "--scale"
        case .size: "--size"
        case .region: "--region"
        case .fit: "--fit"
        case .page: "--page"
        case .pages: "--pages"
        case .depth: "--depth"
        case .isConvertedToSRGB: "--to-srgb"
        case .target: "--target-size, --target-psnr or --target-ssim"
        }
    }
}

extension Limits.Name {
    /// The option that sets it, of those that one does.
    fileprivate var option: String? {
        switch self {
        case .pixels: "--max-pixels"
        case .memory: "--max-memory"
        case .metadata: "--max-metadata"
        case .frames: "--max-frames"
        default: CodecFlag(rawValue: rawValue)?.option
        }
    }
}
