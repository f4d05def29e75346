import FormatKit

import CTIFFShim

/// The compressions that are written, as far as the installed libtiff has them.
enum TIFFCompression: String, CaseIterable {
    case none, packbits, lzw, deflate, zstd, lerc, webp, jpeg, ccitt

    /// The number in a file.
    var code: UInt16 {
        switch self {
        case .none: 1
        case .ccitt: 4
        case .lzw: 5
        case .jpeg: TIFFName.jpeg
        case .deflate: 8
        case .packbits: 32773
        case .lerc: 34887
        case .zstd: 50000
        case .webp: 50001
        }
    }

    /// Those that the installed libtiff has.
    static let available = allCases.filter { ctiff_has_codec($0.code) == 1 }

    /// Whether predictors go with it.
    var takesPredictor: Bool { [.lzw, .deflate, .zstd].contains(self) }

    /// Whether it stores samples of fewer than 8 bits and places in a palette.
    var takesPackedSamples: Bool {
        takesPredictor || [.none, .packbits, .ccitt].contains(self)
    }

    /// An upper bound on the compressed size, per mille.
    ///
    /// LZW turns 8 bits into up to 12, PackBits adds a byte to 128, Deflate five to 16 384,
    /// Zstandard three to 131 072; the others have headers for each strip or tile, and JPEG at best
    /// quality can grow noise. Group 4 turns 1 bit into up to 4, but the count is of whole bytes.
    var worstPerMille: Int {
        switch self {
        case .none, .ccitt: 1000
        case .lzw, .jpeg: 1500
        case .deflate, .zstd: 1001
        case .packbits: 1008
        case .lerc, .webp: 1100
        }
    }

    /// Refuses pixels that it cannot hold.
    func check(_ header: ImageHeader) throws(ImageError) {
        let layout = header.layout
        let reason: String? =
            switch self {
            case .ccitt where header.storage != .packedGray(bitCount: 1):
                "stores only black and white"
            case .jpeg where layout.sample != .uint8: "stores only 8-bit samples"
            case .jpeg where layout.hasAlpha: "has no alpha"
            case .webp where layout.sample != .uint8 || layout.model != .rgb:
                "stores only 8-bit RGB"
            // libtiff 4.5 loses color below alpha.
            case .webp where layout.hasAlpha: "has no alpha"
            case .webp where header.size.width > 16383: "stores strips of at most 16383 pixels"
            default: nil
            }
        guard let reason else { return }
        throw .invalidOption(
            name: "tiff.compression", reason: "\(rawValue) \(reason), not \(layout)")
    }
}
