internal import MetadataBlocks

/// What a change leaves of something, and what of it is lost.
struct Changed<Value> {
    /// What holds after the change.
    var value: Value
    /// What of it does not.
    var losses: [Loss] = []
}

extension ImageMetadata {
    /// What holds of the metadata once the picture has been changed.
    ///
    /// ``MetadataKind/effect(of:)`` is the table that decides.
    func changed(by change: PictureChange) -> Changed<ImageMetadata> {
        var result = Changed(value: self)
        guard !change.isNone else { return result }
        for kind in MetadataKind.allCases where kind == .renderingIntent || kinds.contains(kind) {
            switch kind.effect(of: change.kind) {
            case .holds: break
            case .ends: result.value.remove(kind)
            case .follows: result.losses += result.value.follow(change, kind)
            }
        }
        return result
    }

    /// Changes one kind along with the picture; returns what is lost of it.
    private mutating func follow(_ change: PictureChange, _ kind: MetadataKind) -> [Loss] {
        switch (kind, change) {
        case (.exif, _): return take(exif.map { ExifChange(change, $0).result }, \.exif)
        case (.xmp, _): return take(xmp.map { XMPChange(change).result(of: $0) }, \.xmp)
        case (.photoshop, _):
            return take(photoshop.map { PhotoshopResources($0).changed(by: change) }, \.photoshop)
        case (.geotiff, _):
            return take(geotiff.map { GeoReference.changed($0, by: change) }, \.geotiff)
        case (.formatBlocks, _):
            let count = blocks.count
            let isMixed = change.kind == .resampled
            blocks.removeAll { $0.size != nil || $0.dependsOnSamples && isMixed }
            return blocks.count < count ? [.metadata(.formatBlocks)] : []
        case (.resolution, .turned(let orientation, _)):
            if orientation.isTransposing { resolution = resolution?.transposed }
        case (.orientation, _): orientation = .up
        case (.renderingIntent, _): renderingIntent = .perceptual
        default: break
        }
        return []
    }

    private mutating func take(
        _ change: Changed<[UInt8]?>?, _ block: WritableKeyPath<ImageMetadata, [UInt8]?>
    ) -> [Loss] {
        guard let change else { return [] }
        self[keyPath: block] = change.value
        return change.losses
    }
}
