internal import MetadataBlocks

extension ImageMetadata {
    /// The Photoshop resources to write into a format that stores the IPTC record only among them.
    ///
    /// Where the resources already hold the record, they are as they were; zeros that other formats
    /// need behind it do not count.
    package var photoshopCarryingIPTC: [UInt8]? {
        guard let iptc else { return photoshop }
        let resources = PhotoshopResources(photoshop ?? [])
        if let own = resources.iptc, Self.isEqual(own, iptc) { return photoshop }
        return resources.setting(iptc: iptc)
    }

    /// Whether two records differ by no more than zeros at the end.
    private static func isEqual(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        let count = min(first.count, second.count)
        return first.prefix(count) == second.prefix(count)
            && first.dropFirst(count).allSatisfy { $0 == 0 }
            && second.dropFirst(count).allSatisfy { $0 == 0 }
    }
}
