internal import FormatKit

/// What the colors of a file and its metadata say of how pixels are delivered.
struct GIFLook {
    private let isGray: Bool
    /// How the first frame is stored.
    let storage: SampleStorage?
    let significantBits: Int
    let metadata: ImageMetadata
    /// What is wrong with metadata.
    let losses: [Loss]

    init(_ structure: GIFStructure, _ source: any ImageSource) throws(ImageError) {
        let first = structure.frames[0]
        let colors = try first.colors.colors(in: source)
        let model = structure.extensions.icc.flatMap(ColorModel.init(profile:))
        let isOpaque = first.covers(structure.size) && !structure.isUncovering
        let bitCount =
            isOpaque && model != .rgb ? try Self.grayBitCount(structure, source) : nil
        isGray = bitCount != nil
        significantBits = bitCount ?? 8
        storage =
            if let bitCount {
                bitCount < 8 ? .packedGray(bitCount: bitCount) : nil
            } else {
                Self.palette(colors, first, structure.size)
            }
        var metadata = ImageMetadata(
            xmp: structure.extensions.xmp, texts: structure.extensions.comments)
        var losses: [Loss] = []
        if let icc = structure.extensions.icc {
            if model == (isGray ? .gray : .rgb) {
                metadata.icc = icc
            } else {
                losses.append(
                    .part(
                        of: .icc,
                        "the ICC profile is damaged or not one for such pixels, and is left out"))
            }
        }
        if structure.pixelShape > 0, structure.pixelShape != Self.squareShape {
            metadata.resolution = Resolution(
                horizontal: 64, vertical: Double(structure.pixelShape) + 15, unit: .none)
        }
        self.metadata = metadata
        self.losses = losses
    }

    /// 64 64ths.
    private static let squareShape = UInt8(49)

    /// The layout of a picture.
    func layout(isUncovered: Bool) -> PixelLayout {
        PixelLayout(isGray ? .gray : .rgb, .uint8, alpha: isUncovered ? .straight : .opaque)
    }

    /// The bits of the colors of all frames, if they are grays.
    private static func grayBitCount(
        _ structure: GIFStructure, _ source: any ImageSource
    ) throws(ImageError) -> Int? {
        var last: GIFColorTable?
        var bitCount = 1
        for frame in structure.frames where frame.colors != last {
            let colors = try frame.colors.colors(in: source)
            guard colors.allSatisfy({ $0.red == $0.green && $0.green == $0.blue }) else {
                return nil
            }
            bitCount = max(bitCount, SampleStorage.bitCount(holding: colors.map(\.red)))
            last = frame.colors
        }
        return bitCount
    }

    /// The palette, with a color that stands for what is transparent.
    private static func palette(
        _ colors: [RGBAColor], _ frame: GIFFrame, _ canvas: ImageSize
    ) -> SampleStorage? {
        var colors = colors
        let none = RGBAColor(red: 0, green: 0, blue: 0, alpha: 0)
        if let index = frame.control.transparentIndex.map(Int.init), index < colors.count {
            colors[index] = none
        } else if !frame.covers(canvas) {
            guard colors.count < 256 else { return nil }
            colors.append(none)
        }
        let bitCount = [1, 2, 4].first { 1 << $0 >= colors.count } ?? 8
        return .palette(Palette(colors, indexBitCount: bitCount))
    }
}
