package import FormatKit

/// Parses what the command line says about metadata.
package enum PictureArguments {
    /// The kinds of metadata in a list such as `icc,exif`, `all` or `none`; `nil` if a name is
    /// unknown.
    package static func metadata(_ text: String) -> Set<MetadataKind>? {
        switch text {
        case "all": return Set(MetadataKind.allCases)
        case "none": return []
        default:
            let names = text.split(separator: ",", omittingEmptySubsequences: false)
            let kinds = names.compactMap { MetadataKind(rawValue: String($0)) }
            return kinds.count == names.count ? Set(kinds) : nil
        }
    }
}
