internal import FormatKit
internal import MetadataBlocks

/// The segments that carry an image's metadata.
struct JPEGMetadataSegments {
    private(set) var segments: [(marker: JPEGMarker, content: [UInt8])] = []
    private(set) var density: JFIFDensity?
    /// What has no place in segments.
    private(set) var losses: [Loss] = []

    init(_ metadata: ImageMetadata) {
        density = metadata.resolution.flatMap(JFIFDensity.init)
        if metadata.resolution != nil, density == nil { losses.append(.metadata(.resolution)) }
        addExif(metadata)
        for content in metadata.xmp.map(XMPSegments.contents) ?? [] {
            segments.append((.application(1), content))
        }
        addProfile(metadata.icc)
        addResources(metadata)
        for text in metadata.texts { addComment(text) }
        losses += Loss.texts(metadata.texts.filter { JPEGComment.content(of: $0) == nil })
    }

    private mutating func addExif(_ metadata: ImageMetadata) {
        guard var exif = metadata.exifCarryingOrientation else { return }
        if ExifBlock.prefix.count + exif.count > JPEGSegment.contentLimit {
            losses.append(.metadata(.exif))
            // The orientation must not go with it.
            guard let rest = ExifOrientation.setting(metadata.orientation, in: nil) else { return }
            exif = rest
        }
        segments.append((.application(1), ExifBlock.prefix + exif))
    }

    private mutating func addProfile(_ profile: [UInt8]?) {
        guard let profile else { return }
        guard let contents = ICCSegments.contents(of: profile) else {
            losses.append(.metadata(.icc))
            return
        }
        for content in contents { segments.append((.application(2), content)) }
    }

    private mutating func addResources(_ metadata: ImageMetadata) {
        let resources = metadata.photoshopCarryingIPTC
        if let own = metadata.photoshop, own != resources, PhotoshopResources(own).iptc != nil {
            losses.append(
                .part(
                    of: .photoshop,
                    "the IPTC record among the Photoshop image resources gives way to the other "
                        + "one"))
        }
        for content in PhotoshopSegments.contents(of: resources ?? []) {
            segments.append((.application(13), content))
        }
    }

    private mutating func addComment(_ text: TextEntry) {
        guard let content = JPEGComment.content(of: text) else { return }
        let loss = Loss.part(of: .texts, "the language of a comment is left out")
        if !text.language.isEmpty || !text.translatedKeyword.isEmpty, !losses.contains(loss) {
            losses.append(loss)
        }
        segments.append((.comment, content))
    }
}
