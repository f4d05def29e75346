internal import CAVIFShim
internal import FormatKit
internal import MetadataBlocks

/// What a file says of its pictures.
struct AVIFContents {
    /// The size of what is coded, of which the picture may be a part.
    let codedSize: ImageSize
    let size: ImageSize
    let layout: PixelLayout
    let depth: Int
    let frameCount: Int
    let chroma: cavif_chroma
    let color: cavif_code_points
    let orientation: Orientation
    let icc: [UInt8]?
    let exif: [UInt8]?
    let xmp: [UInt8]?

    init(_ contents: cavif_contents) {
        codedSize = unsafe ImageSize(
            width: Int(contents.coded_width), height: Int(contents.coded_height))
        size = unsafe ImageSize(width: Int(contents.width), height: Int(contents.height))
        depth = Int(unsafe contents.depth)
        chroma = unsafe contents.chroma
        let alpha: AlphaMode =
            unsafe contents.has_alpha == 0
            ? .opaque : contents.is_premultiplied != 0 ? .premultiplied : .straight
        layout = PixelLayout(
            chroma == .none ? .gray : .rgb, depth > 8 ? .uint16 : .uint8, alpha: alpha)
        frameCount = Int(unsafe contents.frame_count)
        color = unsafe contents.color
        let transformation = unsafe contents.transformation
        orientation = Orientation(
            rotation: transformation.rotation, mirror: transformation.mirror)
        icc = unsafe Self.array(contents.icc)
        exif = unsafe Self.array(contents.exif).map(ExifBlock.removingPrefix)
        xmp = unsafe Self.array(contents.xmp)
    }

    private static func array(_ bytes: cavif_bytes) -> [UInt8]? {
        guard unsafe bytes.count > 0 else { return nil }
        return unsafe Array(UnsafeBufferPointer(start: bytes.start, count: bytes.count))
    }

    /// What `convert info` prints.
    var details: [ImageDetail] {
        let subsampling =
            switch chroma {
            case .full: "4:4:4"
            case .half: "4:2:2"
            case .quarter: "4:2:0"
            case .none: "4:0:0"
            }
        let range = color.is_full_range != 0 ? "full" : "limited"
        let codes = [color.primaries, color.transfer, color.matrix]
        return [
            ImageDetail("subsampling", .text(subsampling)), ImageDetail("range", .text(range)),
            ImageDetail("cicp", .list(codes.map { .integer(Int($0)) })),
        ]
    }

    /// What the file says of its colors; sRGB is what is assumed anyway.
    ///
    /// The matrix is undone, and samples have their whole range, once they are RGB.
    var codePoints: ColorCodePoints? {
        guard let primaries = UInt8(exactly: color.primaries),
            let transfer = UInt8(exactly: color.transfer), primaries != 2, transfer != 2
        else { return nil }
        let codePoints = ColorCodePoints(primaries: primaries, transfer: transfer)
        return codePoints == .sRGB ? nil : codePoints
    }
}
