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
        let model = structure.extensions.icc.flatMap(Self.model)
        let isOpaque = first.covers(structure.size) && !structure.isUncovering
        let areGray = try Self.areGray(structure, source)
        isGray = isOpaque && model != .rgb && areGray
        let bitCount = Self.grayBitCount(colors)
        significantBits = isGray ? bitCount : 8
        storage =
            if isGray {
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

    /// The model of the pixels that a profile is for.
    static func model(_ icc: [UInt8]) -> ColorModel? {
        guard icc.count >= 128 else { return nil }
        return ["GRAY": ColorModel.gray, "RGB ": .rgb][String(latin1: icc[16..<20])]
    }

    private static func areGray(
        _ structure: GIFStructure, _ source: any ImageSource
    ) throws(ImageError) -> Bool {
        var last: GIFColorTable?
        for frame in structure.frames where frame.colors != last {
            let colors = try frame.colors.colors(in: source)
            guard colors.allSatisfy({ $0.red == $0.green && $0.green == $0.blue }) else {
                return false
            }
            last = frame.colors
        }
        return true
    }

    /// The fewest bits of a sample that hold all grays.
    private static func grayBitCount(_ colors: [RGBAColor]) -> Int {
        [1, 2, 4].first { bits in
            let step = 255 / (1 << bits - 1)
            return colors.allSatisfy { Int($0.red) % step == 0 }
        } ?? 8
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
