internal import MetadataBlocks

extension PhotoshopResources {
    /// What holds of the resources after a change of the picture.
    func changed(by change: PictureChange) -> Changed<[UInt8]?> {
        switch change {
        case .rewritten: return Changed(value: bytes)
        case .convertedToSRGB: return Changed(value: removing(Self.colorNumbers) ?? bytes)
        case .cropped, .turned, .resampled:
            // Paths are told in parts of the sides.
            let pictures = change.showsTheSame ? [] : Self.pictureNumbers
            let places = change.kind == .resampled ? Self.pixelNumbers : Self.placeNumbers
            let rest = removing(pictures.union(places))
            var losses: [Loss] = []
            if removing(pictures) != nil {
                losses.append(
                    .part(
                        of: .photoshop,
                        "the thumbnail among the Photoshop image resources is left out: it shows "
                            + "the picture as it was before"))
            }
            if removing(places) != nil {
                let paths = change.kind == .resampled ? "" : "paths, "
                losses.append(
                    .part(
                        of: .photoshop,
                        "\(paths)guides and slices among the Photoshop image resources are left out"
                    )
                )
            }
            let value = rest ?? bytes
            return Changed(value: value.isEmpty ? nil : value, losses: losses)
        }
    }

    /// Small copies of the picture, old and new.
    private static let pictureNumbers: Set<Int> = [0x0409, 0x040C]
    /// What tells places in the picture: guides, slices, paths.
    private static let placeNumbers: Set<Int> =
        Set(0x07D0...0x0BB6).union([0x0BB7]).union(pixelNumbers)
    /// Of these, what tells them in pixels: guides and slices.
    private static let pixelNumbers: Set<Int> = [0x0408, 0x041A]
    /// The ICC profile, and that there is none on purpose.
    private static let colorNumbers: Set<Int> = [0x040F, 0x0411]
}
