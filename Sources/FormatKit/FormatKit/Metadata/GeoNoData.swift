extension ImageMetadata {
    /// The metadata once samples are no longer of some form: what stands for no data moves with
    /// them (`GDAL_NODATA`), or is left out where it cannot.
    func changed(
        fromForm form: SampleForm, from source: ImageHeader, to layout: PixelLayout
    ) -> Changed<ImageMetadata> {
        guard !form.isDisjoint(with: [.signed, .integers]), let geotiff,
            var block = TIFFBlock(geotiff), var directory = block.first,
            let entry = block.entry(Self.noDataTag, in: directory),
            let range = block.values(of: entry), block.isWhole(directory)
        else { return Changed(value: self) }
        var result = Changed(value: self)
        let text = Self.text(block.bytes[range])
        let bits = source.layout.sample.bitCount
        if let value = Int(text), layout == source.layout, layout.sample != .float32 {
            let shifted = Array("\(value &+ 1 << (bits - 1))\0".utf8)
            block.set(
                Self.noDataTag, .init(type: 2, count: shifted.count, bytes: shifted),
                in: &directory)
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
