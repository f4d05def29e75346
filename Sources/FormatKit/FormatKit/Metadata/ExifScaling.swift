internal import MetadataBlocks

/// What an Exif block tells in pixels, for a picture at another size.
struct ExifScaling {
    private let (across, down): (Double, Double)

    init(from old: ImageSize, to new: ImageSize) {
        across = Double(new.width) / Double(old.width)
        down = Double(new.height) / Double(old.height)
    }

    /// Changes the place of the subject and the density of the sensor's samples.
    func scale(_ block: inout TIFFBlock, _ directory: inout TIFFBlock.Directory) {
        guard block.isWhole(directory) else { return }
        for tag in [ExifTag.subjectArea, ExifTag.subjectLocation] {
            guard let entry = block.entry(tag, in: directory), entry.type == 3,
                let values = scaled(block.numbers(of: entry) ?? [])
            else { continue }
            let bytes = values.flatMap { block.bytes($0, count: 2) }
            block.set(tag, .init(type: 3, count: values.count, bytes: bytes), in: &directory)
        }
        for (tag, factor) in [
            (ExifTag.focalPlaneXResolution, across), (ExifTag.focalPlaneYResolution, down),
        ] {
            guard let entry = block.entry(tag, in: directory), entry.type == 5, entry.count == 1,
                let value = block.numbers(of: entry)?.first,
                let scaled = block.rationalValue(value * factor)
            else { continue }
            block.set(tag, scaled, in: &directory)
        }
    }

    /// A point, a circle or a rectangle by its center (Exif 2.32 §4.6.5); `nil` if it is neither.
    private func scaled(_ values: [Double]) -> [Int]? {
        let factors = [
            2: [across, down], 3: [across, down, (across * down).squareRoot()],
            4: [across, down, across, down],
        ][values.count]
        return factors.map { factors in
            zip(values, factors).map { Int(min(($0 * $1).rounded(), 65_535)) }
        }
    }
}
