package import FormatKit

extension ImageError {
    /// The error in the words of the command line: with the option that it is about, or that helps.
    package var message: String {
        switch self {
        case .limitExceeded(let limit, _, _): "\(self); \(limit.option) raises the limit"
        case .outputExists: "\(self); --overwrite replaces it"
        case .invalidOption(let name, let reason):
            "option \(RequestField(rawValue: name)?.option ?? name): \(reason)"
        case .unstorable(_, _, .depth?):
            "\(self); --depth 8 or 16 drops some first, or leave out --lossless"
        case .unstorable(_, _, let field?): "\(self); \(field.option) chooses one of them"
        case .tooLarge(_, _, let allowed): "\(self); --fit \(allowed) makes it small enough"
        default: description
        }
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
        case .kernels: "--kernels"
        case .target: "--target-size, --target-psnr or --target-ssim"
        }
    }
}

extension Limits.Name {
    /// The option that sets it.
    fileprivate var option: String {
        switch self {
        case .pixels: "--max-pixels"
        case .memory: "--max-memory"
        case .metadata: "--max-metadata"
        case .frames: "--max-frames"
        case .work: "--max-work"
        }
    }
}
