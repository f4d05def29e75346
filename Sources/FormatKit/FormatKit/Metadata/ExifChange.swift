internal import MetadataBlocks

/// An Exif block after a change of the picture.
///
/// Malformed blocks are left alone.
struct ExifChange {
    private let change: PictureChange
    private let exif: [UInt8]

    init(_ change: PictureChange, _ exif: [UInt8]) {
        (self.change, self.exif) = (change, exif)
    }

    /// What holds of the block.
    var result: Changed<[UInt8]?> {
        switch change {
        case .rewritten: return Changed(value: exif)
        case .convertedToSRGB: return Changed(value: Self.unlessEmpty(describingSRGB))
        case .resampled, .cropped: return geometryChanged(exif)
        case .turned(let orientation, _):
            guard let upright = ExifOrientation.setting(.up, in: exif) else {
                return Changed(value: exif)
            }
            return geometryChanged(orientation.isTransposing ? Self.swapped(upright) : upright)
        }
    }

    /// A block, unless its last entry has gone: a directory has one at least (TIFF 6.0 §2).
    private static func unlessEmpty(_ exif: [UInt8]) -> [UInt8]? {
        guard let block = TIFFBlock(exif), let first = block.first, first.count == 0,
            block.next(after: first) == nil
        else { return exif }
        return nil
    }

    /// The block with the size of the picture, and without a small copy of what it was before.
    private func geometryChanged(_ exif: [UInt8]) -> Changed<[UInt8]?> {
        guard var block = TIFFBlock(exif), let first = block.first else {
            return Changed(value: exif)
        }
        var losses: [Loss] = []
        if !change.showsTheSame, block.removeFollowingDirectories() {
            losses.append(
                .part(
                    of: .exif,
                    "the Exif thumbnail is left out: it shows the picture as it was before"))
        }
        if var child = block.directory(at: ExifTag.exif, in: first) {
            if case .resampled(let old, let new) = change {
                ExifScaling(from: old, to: new).scale(&block, &child)
            } else if block.remove([ExifTag.subjectArea, ExifTag.subjectLocation], from: &child) {
                losses.append(.part(of: .exif, "the place of the subject in Exif is left out"))
            }
            setSize(
                [ExifTag.pixelXDimension, ExifTag.pixelYDimension], of: &block, in: &child)
        }
        if var first = block.first {
            if change.kind != .resampled,
                block.remove([ExifTag.xPosition, ExifTag.yPosition], from: &first)
            {
                losses.append(.part(of: .exif, "the place on its page in Exif is left out"))
            }
            if change.newSize != nil, block.statesShape(first),
                block.remove([ExifTag.imageDescription], from: &first)
            {
                losses.append(
                    .part(of: .exif, "the description is left out: it tells another size"))
            }
            setSize([ExifTag.imageWidth, ExifTag.imageLength], of: &block, in: &first)
        }
        return Changed(value: Self.unlessEmpty(block.bytes), losses: losses)
    }

    /// Sets the sizes that are told to those of the picture.
    private func setSize(
        _ tags: [Int], of block: inout TIFFBlock, in directory: inout TIFFBlock.Directory
    ) {
        guard let size = change.newSize, block.isWhole(directory) else { return }
        for (tag, value) in zip(tags, [size.width, size.height])
        where block.entry(tag, in: directory) != nil {
            block.set(tag, block.integerValue(value), in: &directory)
        }
    }

    /// The block with the two densities exchanged, of the picture and of the sensor.
    private static func swapped(_ exif: [UInt8]) -> [UInt8] {
        guard let block = TIFFBlock(exif), let first = block.first else { return exif }
        var bytes = exif
        func swap(_ one: Int, _ other: Int, _ directory: TIFFBlock.Directory) {
            guard let one = block.entry(one, in: directory)?.place,
                let other = block.entry(other, in: directory)?.place
            else { return }
            for index in 2..<12 { bytes.swapAt(one + index, other + index) }
        }
        swap(ExifTag.horizontalResolution, ExifTag.verticalResolution, first)
        if let child = block.directory(at: ExifTag.exif, in: first) {
            swap(ExifTag.focalPlaneXResolution, ExifTag.focalPlaneYResolution, child)
        }
        return bytes
    }

    /// The block saying that colors are sRGB (DCF 2.0 §4: `R98`), where it says anything of them.
    private var describingSRGB: [UInt8] {
        guard var block = TIFFBlock(exif), var first = block.first, block.isWhole(first) else {
            return exif
        }
        block.remove(
            [ExifTag.transferFunction, ExifTag.whitePoint, ExifTag.primaryChromaticities],
            from: &first)
        guard var child = block.directory(at: ExifTag.exif, in: first), block.isWhole(child) else {
            return block.bytes
        }
        if block.entry(ExifTag.colorSpace, in: child) != nil {
            block.set(ExifTag.colorSpace, block.integerValue(1), in: &child)
        }
        block.remove([ExifTag.gamma], from: &child)
        if var index = block.directory(at: ExifTag.interoperability, in: child),
            block.isWhole(index), block.entry(ExifTag.interoperabilityIndex, in: index) != nil
        {
            let standard = TIFFBlock.Value(type: 2, count: 4, bytes: Array("R98\0".utf8))
            block.set(ExifTag.interoperabilityIndex, standard, in: &index)
        }
        return block.bytes
    }
}

extension TIFFBlock {
    /// Whether the description of a picture is for programs, and tells its size: that of OME-TIFF
    /// (`SizeX="512"`) or of Python's tifffile (`{"shape": [512, 512]}`, `shape=(512, 512)`).
    fileprivate func statesShape(_ directory: Directory) -> Bool {
        guard let entry = entry(ExifTag.imageDescription, in: directory),
            let range = values(of: entry)
        else { return false }
        let text = bytes[range]
        if text.starts(with: Array("{\"shape\":".utf8)) || text.starts(with: Array("shape=(".utf8))
        {
            return true
        }
        return text.firstRange(of: Array("<OME ".utf8)) != nil
            && text.firstRange(of: Array("SizeX=".utf8)) != nil
    }
}

extension ExifBlock {
    /// Whether a block says Adobe RGB as cameras do (DCF 2.0 §4, Exif 2.32 §4.6.5): the index `R03`,
    /// and that colors are not sRGB.
    static func saysAdobeRGB(_ exif: [UInt8]) -> Bool {
        guard let block = TIFFBlock(exif), let first = block.first,
            let child = block.directory(at: ExifTag.exif, in: first)
        else { return false }
        let space = block.short(ExifTag.colorSpace, in: child)
        // 2 is what some write, although it is in no standard.
        if space == 2 { return true }
        guard space == 0xFFFF,
            let index = block.directory(at: ExifTag.interoperability, in: child),
            let entry = block.entry(ExifTag.interoperabilityIndex, in: index),
            let range = block.values(of: entry)
        else { return false }
        return block.bytes[range].starts(with: Array("R03".utf8))
    }
}
