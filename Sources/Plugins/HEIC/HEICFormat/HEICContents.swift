internal import CHEIFShim
internal import FormatKit

/// What a file says of its picture.
struct HEICContents {
    let size: ImageSize
    /// The size before the picture is cut and turned.
    let codedSize: ImageSize
    let layout: PixelLayout
    /// The bits of a sample.
    let depth: Int
    /// The sizes of profile, Exif block and XMP packet, 0 where there is none.
    let blockByteCounts: [Int]
    private let contents: cheif_contents

    init(_ contents: cheif_contents) {
        self.contents = contents
        size = ImageSize(width: Int(contents.width), height: Int(contents.height))
        codedSize = ImageSize(
            width: Int(contents.coded_width), height: Int(contents.coded_height))
        depth = Int(contents.depth)
        let alpha: AlphaMode =
            contents.has_alpha == 0
            ? .opaque : contents.is_premultiplied != 0 ? .premultiplied : .straight
        layout = PixelLayout(.rgb, depth > 8 ? .uint16 : .uint8, alpha: alpha)
        blockByteCounts = [contents.icc_count, contents.exif_count, contents.xmp_count]
    }

    /// What the file says of its colors; sRGB is what is assumed anyway.
    ///
    /// The matrix is undone, and samples have their whole range, once they are RGB.
    var codePoints: ColorCodePoints? {
        guard contents.has_code_points != 0, let primaries = UInt8(exactly: contents.primaries),
            let transfer = UInt8(exactly: contents.transfer), primaries != 2, transfer != 2
        else { return nil }
        let codePoints = ColorCodePoints(primaries: primaries, transfer: transfer)
        return codePoints == .sRGB ? nil : codePoints
    }

    /// What `convert info` prints.
    var details: [ImageDetail] {
        guard contents.has_code_points != 0 else { return [] }
        let codes = [contents.primaries, contents.transfer, contents.matrix]
        return [
            ImageDetail("range", .text(contents.is_full_range != 0 ? "full" : "limited")),
            ImageDetail("cicp", .list(codes.map { .integer(Int($0)) })),
        ]
    }
}
