package import FormatKit

/// Parses what the command line says about metadata.
package enum PictureArguments {
    /// What of the metadata is carried.
    package struct KeptMetadata: Equatable {
        /// The kinds.
        package var kinds = Set(MetadataKind.allCases)
        /// Whether where a picture was taken is, too.
        package var includesLocation = true

        /// Everything.
        package init() {}
    }

    /// The word for where a picture was taken, which is part of several kinds.
    private static let location = "gps"

    /// What a list such as `icc,exif`, `all` or `none` names, less what follows hyphens, as in
    /// `all-gps` or `icc,exif-gps`; `nil` if a name is unknown.
    package static func metadata(_ text: String) -> KeptMetadata? {
        var kept = KeptMetadata()
        kept.kinds = []
        var excluded: Set<MetadataKind> = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = item.split(separator: "-", omittingEmptySubsequences: false)
            switch words[0] {
            case "all" where !text.contains(","): kept.kinds = Set(MetadataKind.allCases)
            case "none" where text == "none": break
            default:
                guard let kind = MetadataKind(rawValue: String(words[0])) else { return nil }
                kept.kinds.insert(kind)
            }
            for word in words.dropFirst() {
                if word == location {
                    kept.includesLocation = false
                } else if let kind = MetadataKind(rawValue: String(word)) {
                    excluded.insert(kind)
                } else {
                    return nil
                }
            }
        }
        kept.kinds.subtract(excluded)
        return kept
    }
}
