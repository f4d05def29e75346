internal import MetadataBlocks

extension ImageMetadata {
    /// The metadata once samples are no longer of some form, or have another depth: what stands for
    /// no data moves with them (`GDAL_NODATA`), or is left out where it cannot.
    func changed(
        fromForm form: SampleForm, from source: ImageHeader, to layout: PixelLayout
    ) -> Changed<ImageMetadata> {
        let (old, new) = (source.layout.sample, layout.sample)
        if form.isDisjoint(with: [.signed, .integers]) {
            // Fewer bits than are stored were spread when they were read.
            let isSpread = source.significantBits < old.bitCount && layout != source.layout
            guard old != new || isSpread else { return Changed(value: self) }
            return movingNoData { value in
                guard !isSpread, old == .uint8, new == .uint16 else { return nil }
                return (0...255).contains(value) ? value * 257 : nil
            }.removingStatistics
        }
        return movingNoData { value in
            layout == source.layout && new != .float32
                ? value &+ 1 << (old.bitCount - 1) : nil
        }.removingStatistics
    }

    /// The metadata once samples of up to `maximum` have become `maximum` less what they were; of others,
    /// `nil`.
    package func invertingNoData(maximum: Int?) -> (metadata: ImageMetadata, losses: [Loss]) {
        let changed = movingNoData { value in
            maximum.flatMap { (0...$0).contains(value) ? $0 - value : nil }
        }.removingStatistics
        return (changed.value, changed.losses)
    }

    /// The metadata with another value for no data, which is left out where there is none or the value
    /// is no integer.
    private func movingNoData(_ move: (Int) -> Int?) -> Changed<ImageMetadata> {
        guard let geotiff, var block = TIFFBlock(geotiff), var directory = block.first,
            let entry = block.entry(Self.noDataTag, in: directory),
            let range = block.values(of: entry), block.isWhole(directory)
        else { return Changed(value: self) }
        var result = Changed(value: self)
        if let value = Int(Self.text(block.bytes[range])).flatMap(move) {
            let moved = Array("\(value)\0".utf8)
            block.set(
                Self.noDataTag, .init(type: 2, count: moved.count, bytes: moved), in: &directory)
        } else {
            block.remove([Self.noDataTag], from: &directory)
            result.losses.append(
                .part(of: .geotiff, "the value that stands for no data is left out"))
        }
        result.value.geotiff = directory.count > 0 ? block.bytes : nil
        return result
    }

    /// What is lost where samples of a layout are mixed with their neighbors; nothing if none can have
    /// the value that stands for no data.
    func lossesOfMixing(in layout: PixelLayout) -> [Loss] {
        guard let block = geotiff.flatMap(TIFFBlock.init), let directory = block.first,
            let entry = block.entry(Self.noDataTag, in: directory)
        else { return [] }
        if let range = block.values(of: entry), layout.sample != .float32,
            let value = Double(Self.text(block.bytes[range])),
            value < 0 || value >= Double(1 << layout.sample.bitCount)
        {
            return []
        }
        return [.part(of: .geotiff, "samples that stand for no data are mixed with others")]
    }

    private static let noDataTag = 42113

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }.filter { $0 != 0x20 }, as: UTF8.self)
    }
}

extension Changed<ImageMetadata> {
    /// What is left once samples have other values than those of which GDAL keeps statistics.
    fileprivate var removingStatistics: Changed<ImageMetadata> {
        guard let geotiff = value.geotiff else { return self }
        var result = self
        let rest = GeoStatistics.removed(from: geotiff)
        result.value.geotiff = rest.value
        result.losses += rest.losses
        return result
    }
}
