internal import MetadataBlocks

extension Resolution {
    /// The density that an Exif block declares, or `nil` where it declares none (TIFF 6.0 §8).
    ///
    /// Numbers of any type count; where only one side is told, pixels are square.
    package init?(exif: [UInt8]) {
        guard let block = TIFFBlock(exif), let directory = block.first else { return nil }
        let sides = [ExifTag.horizontalResolution, ExifTag.verticalResolution].map {
            block.number($0, in: directory).flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
        }
        guard let x = sides[0] ?? sides[1], let y = sides[1] ?? sides[0] else { return nil }
        let units: [Int: Unit] = [1: .none, 3: .centimeter]
        let unit = block.short(ExifTag.resolutionUnit, in: directory).flatMap { units[$0] }
        self.init(horizontal: x, vertical: y, unit: unit ?? .inch)
    }

    /// Whether the density tells nothing: only a ratio of 1, or 72 per inch, which Exif blocks say
    /// where nobody knows (Exif 2.32 §4.6.4).
    var isUnknown: Bool {
        unit == .none
            ? horizontal == vertical
            : isClose(to: Resolution(horizontal: 72, vertical: 72, unit: .inch))
    }
}

extension ImageMetadata {
    /// Takes the resolution from the Exif block where there is no other, unless it says that nobody
    /// knows: for readers of formats that have no better place for it.
    package mutating func adoptExifResolution() {
        guard resolution == nil, let said = exif.flatMap(Resolution.init(exif:)), !said.isUnknown
        else { return }
        resolution = said
    }

    /// The metadata with a resolution in the Exif block, which is made if there is none, if the
    /// output stores such blocks and has no better place for the resolution.
    func sayingResolution(
        _ resolution: Resolution?, in stored: Set<MetadataKind>
    ) -> ImageMetadata {
        guard let resolution, stored.contains(.exif), !stored.contains(.resolution),
            resolution.unit != .none || !resolution.isUnknown,
            exif.flatMap(Resolution.init(exif:))?.isClose(to: resolution) != true,
            let block = ExifBlock.setting(resolution, in: exif)
        else { return self }
        var metadata = self
        metadata.exif = block
        return metadata
    }
}

extension ExifBlock {
    /// The block declaring a density, made if there is none; `nil` if it is damaged or the numbers
    /// do not fit.
    static func setting(_ resolution: Resolution, in exif: [UInt8]?) -> [UInt8]? {
        let units: [Resolution.Unit: Int] = [.none: 1, .inch: 2, .centimeter: 3]
        guard let unit = units[resolution.unit] else { return nil }
        let start = exif ?? minimal(ExifTag.resolutionUnit, short: unit)
        guard var block = TIFFBlock(start), var directory = block.first, block.isWhole(directory),
            let x = block.rationalValue(resolution.horizontal),
            let y = block.rationalValue(resolution.vertical)
        else { return nil }
        block.set(ExifTag.horizontalResolution, x, in: &directory)
        block.set(ExifTag.verticalResolution, y, in: &directory)
        block.set(ExifTag.resolutionUnit, block.integerValue(unit), in: &directory)
        return block.bytes
    }
}
