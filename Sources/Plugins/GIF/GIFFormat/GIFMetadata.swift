internal import FormatKit

/// Which metadata have a place in a file.
enum GIFMetadata {
    /// Whether a profile is one that a reader takes for such pixels.
    static func takes(_ icc: [UInt8], _ model: ColorModel) -> Bool {
        ColorModel(profile: icc) == model
    }

    /// Whether a packet has no byte that would end it.
    static func takes(xmp: [UInt8]) -> Bool {
        !xmp.isEmpty && !xmp.contains(0)
    }

    /// Whether a text is a plain comment.
    static func takes(_ text: TextEntry) -> Bool {
        text.keyword == "Comment" && text.language.isEmpty && text.translatedKeyword.isEmpty
            && !text.value.isEmpty
    }

    /// What has no place.
    static func losses(_ header: ImageHeader) -> [Loss] {
        let metadata = header.metadata
        var losses = Loss.texts(metadata.texts.filter { !takes($0) })
        if let icc = metadata.icc, !takes(icc, header.layout.model) {
            losses.append(.metadata(.icc))
        }
        if let xmp = metadata.xmp, !xmp.isEmpty, !takes(xmp: xmp) {
            losses.append(.part(of: .xmp, "the XMP packet has a zero byte and is left out"))
        }
        return losses
    }
}
