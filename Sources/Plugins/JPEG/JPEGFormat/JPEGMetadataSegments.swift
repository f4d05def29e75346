internal import FormatKit

/// The segments that carry an image's metadata.
struct JPEGMetadataSegments {
    private(set) var segments: [(marker: JPEGMarker, content: [UInt8])] = []
    private(set) var density: JFIFDensity?
    private(set) var warnings: [String] = []

    init(_ metadata: ImageMetadata) {
        density = metadata.resolution.flatMap(JFIFDensity.init)
        if let resolution = metadata.resolution, density == nil {
            warnings.append(
                "the resolution \(resolution.horizontal)x\(resolution.vertical) does not fit into "
                    + "JFIF and is left out")
        }
        addExif(metadata.exifCarryingOrientation)
        for content in metadata.xmp.map(XMPSegments.contents) ?? [] {
            segments.append((.application(1), content))
        }
        addProfile(metadata.icc)
        let resources = metadata.photoshopCarryingIPTC ?? []
        for content in PhotoshopSegments.contents(of: resources) {
            segments.append((.application(13), content))
        }
        for text in metadata.texts { addComment(text) }
    }

    private mutating func addComment(_ text: TextEntry) {
        if let content = JPEGComment.content(of: text) {
            segments.append((.comment, content))
        } else {
            warnings.append(
                "the text \"\(text.keyword.prefix(80))\" cannot be stored and is left out")
        }
    }

    private mutating func addExif(_ exif: [UInt8]?) {
        guard let exif else { return }
        let content = Array("Exif\0\0".utf8) + exif
        if content.count <= JPEGSegment.contentLimit {
            segments.append((.application(1), content))
        } else {
            warnings.append(
                "the Exif block of \(exif.count) bytes exceeds a segment and is left out")
        }
    }

    private mutating func addProfile(_ profile: [UInt8]?) {
        guard let profile else { return }
        guard let contents = ICCSegments.contents(of: profile) else {
            warnings.append(
                "the ICC profile of \(profile.count) bytes exceeds 255 segments and is left out")
            return
        }
        for content in contents { segments.append((.application(2), content)) }
    }
}
