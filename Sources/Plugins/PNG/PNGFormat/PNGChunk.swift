internal import FormatKit

/// A chunk's four-letter name.
struct PNGChunkType: RawRepresentable, Hashable, CustomStringConvertible {
    /// The letters, the first in the most significant byte.
    let rawValue: UInt32

    init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// A name that may be any text.
    init?(named name: String) {
        guard name.utf8.count == 4 else { return nil }
        rawValue = name.utf8.reduce(0) { $0 << 8 | UInt32($1) }
        guard isValid else { return nil }
    }

    init(_ name: StaticString) {
        rawValue = "\(name)".utf8.reduce(0) { $0 << 8 | UInt32($1) }
    }

    static let header = PNGChunkType("IHDR")
    static let palette = PNGChunkType("PLTE")
    static let transparency = PNGChunkType("tRNS")
    static let pixels = PNGChunkType("IDAT")
    static let end = PNGChunkType("IEND")
    static let profile = PNGChunkType("iCCP")
    static let exif = PNGChunkType("eXIf")
    static let density = PNGChunkType("pHYs")
    static let gamma = PNGChunkType("gAMA")
    static let chromaticities = PNGChunkType("cHRM")
    static let standardRGB = PNGChunkType("sRGB")
    static let codingIndependentColor = PNGChunkType("cICP")
    static let masteringDisplay = PNGChunkType("mDCV")
    static let contentLight = PNGChunkType("cLLI")
    /// The names that drafts of the third edition had.
    static let draftMasteringDisplay = PNGChunkType("mDCv")
    static let draftContentLight = PNGChunkType("cLLi")
    static let significantBits = PNGChunkType("sBIT")
    static let background = PNGChunkType("bKGD")
    static let histogram = PNGChunkType("hIST")
    static let suggestedPalette = PNGChunkType("sPLT")
    static let offset = PNGChunkType("oFFs")
    static let stereo = PNGChunkType("sTER")
    static let time = PNGChunkType("tIME")
    static let animation = PNGChunkType("acTL")
    static let frameControl = PNGChunkType("fcTL")
    static let framePixels = PNGChunkType("fdAT")
    static let text = PNGChunkType("tEXt")
    static let compressedText = PNGChunkType("zTXt")
    static let internationalText = PNGChunkType("iTXt")
    /// Where Apple's tools say how to decode the pixels of this very file in two parts.
    static let appleOffset = PNGChunkType("iDOT")
    /// Where Apple's tools put the first chunk of a file that only they can read.
    static let appleHeader = PNGChunkType("CgBI")

    private var letters: [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: rawValue >> $0) }
    }

    /// Whether all four bytes are ASCII letters, as they must be.
    var isValid: Bool {
        letters.allSatisfy { (0x41...0x5A).contains($0 & 0xDF) }
    }

    /// Whether a decoder that does not know the chunk must give up: its first letter is a capital.
    var isCritical: Bool { rawValue & 0x2000_0000 == 0 }

    /// The ancillary chunks whose meaning is known here.
    private static let known: Set<PNGChunkType> = [
        profile, exif, density, gamma, chromaticities, standardRGB, codingIndependentColor,
        masteringDisplay, contentLight, draftMasteringDisplay, draftContentLight,
        significantBits, background, histogram, suggestedPalette, offset, stereo, time, animation,
        frameControl, framePixels, text, compressedText, internationalText, transparency,
        appleOffset,
    ]

    /// Whether the meaning of the chunk is not known here, but that it may be copied, whatever
    /// else of a file is changed: its last letter is small (PNG, 3rd edition, §5.4, §14.2).
    var isUnknownButSafeToCopy: Bool {
        !isCritical && rawValue & 0x20 != 0 && !Self.known.contains(self)
    }

    /// Whether pixels can be read without knowing more chunks than the standard's.
    var isKnownOrAncillary: Bool {
        !isCritical || [.header, .palette, .pixels, .end].contains(self)
    }

    /// Whether pixels depend on the chunk.
    var affectsPixels: Bool { isCritical || self == .transparency }

    /// The kind of metadata that the chunk holds.
    var kind: MetadataKind {
        switch self {
        case .profile: .icc
        case .exif: .exif
        case .density: .resolution
        case .gamma: .gamma
        case .chromaticities: .chromaticities
        case .standardRGB: .renderingIntent
        case .codingIndependentColor: .codePoints
        case .masteringDisplay, .draftMasteringDisplay: .masteringDisplay
        case .contentLight, .draftContentLight: .contentLight
        case .significantBits: .significantBits
        case .background: .background
        case .time: .modificationTime
        case .text, .compressedText, .internationalText: .texts
        default: .formatBlocks
        }
    }

    var isText: Bool {
        [.text, .compressedText, .internationalText].contains(self)
    }

    var description: String { String(decoding: letters, as: UTF8.self) }
}

/// Where a chunk lies in a file.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 4 | size of the content, big-endian, at most 2³¹ − 1 |
/// | 4 | 4 | type |
/// | 8 | n | content |
/// | 8 + n | 4 | CRC-32 of type and content |
struct PNGChunk: Equatable {
    let type: PNGChunkType
    /// The offset of the first byte of the chunk.
    let offset: Int
    /// The size of the content, in bytes.
    let contentByteCount: Int

    /// The bytes of a chunk that are not its content.
    static let overhead = 12

    var contentOffset: Int { offset + 8 }
    var end: Int { offset + Self.overhead + contentByteCount }
}

extension PNGChunk {
    /// The content, or `nil` if its check value is wrong.
    func content(
        in source: any ImageSource, _ limits: Limits
    ) throws(ImageError) -> [UInt8]? {
        try limits.checkMemory(contentByteCount)
        let bytes = try source.bytes(at: offset + 4, count: contentByteCount + 8)
        guard bytes.count == contentByteCount + 8 else {
            throw .truncated(.png, "the file ends inside chunk \(type)", offset: offset)
        }
        var check = CRC32()
        check.update(bytes.span.extracting(droppingLast: 4))
        guard check.value == bytes.suffix(4).bigEndian32() else { return nil }
        return Array(bytes.dropFirst(4).dropLast(4))
    }
}
