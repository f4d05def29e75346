internal import MetadataBlocks

/// GeoTIFF tags in formats that hold them as a TIFF file of its own with a picture of one pixel
/// (GeoJP2, in a box of JPEG 2000 files).
package enum GeoTIFFBlock {
    private static let tags: Set<Int> = [
        33550, 33920, 33922, 34264, 34735, 34736, 34737, 42112, 42113,
    ]

    /// The tags alone, as ``ImageMetadata/geotiff`` holds them, or `nil` if there are none.
    ///
    /// - Parameter file: A TIFF file.
    /// - Returns: A TIFF structure whose only directory has no other tags.
    package static func tags(of file: [UInt8]) -> [UInt8]? {
        guard var block = TIFFBlock(file), var directory = block.first, block.isWhole(directory)
        else { return nil }
        _ = block.removeFollowingDirectories()
        let others = Set(block.entries(of: directory).map(\.tag)).subtracting(tags)
        block.remove(others, from: &directory)
        return directory.count > 0 ? block.bytes : nil
    }

    /// The tags in a file with a picture of one gray pixel, or `nil` if they make no sense.
    ///
    /// - Parameter geotiff: The tags; ``tags(of:)`` gives them back.
    /// - Returns: A TIFF file.
    package static func file(of geotiff: [UInt8]) -> [UInt8]? {
        guard var block = TIFFBlock(geotiff), var directory = block.first,
            block.isWhole(directory)
        else { return nil }
        let pixel = block.append([0])
        // Size, bits, no compression, black is 0, where the pixel is, samples, rows, bytes.
        let fields = [
            (256, 1), (257, 1), (258, 8), (259, 1), (262, 1), (273, pixel), (277, 1), (278, 1),
            (279, 1),
        ]
        for (tag, number) in fields {
            let isPlace = tag == 273
            block.set(
                tag,
                TIFFBlock.Value(
                    type: isPlace ? 4 : 3, count: 1,
                    bytes: block.bytes(number, count: isPlace ? 4 : 2)), in: &directory)
        }
        return block.bytes
    }
}
