/// A part of a file for which only its own format has a place, kept as the bytes found.
package struct FormatBlock: Sendable, Hashable {
    /// The format.
    package var format: FormatID
    /// What the format calls the block.
    package var name: String
    /// The content.
    package var bytes: [UInt8]
    /// Whether it holds only as long as samples stay as they are.
    package var dependsOnSamples: Bool
    /// The size of the picture for which alone it holds; `nil` if it holds for any part of it.
    package var size: ImageSize?

    /// Creates a block.
    package init(
        _ format: FormatID, _ name: String, _ bytes: [UInt8], dependsOnSamples: Bool = false,
        size: ImageSize? = nil
    ) {
        self.format = format
        self.name = name
        self.bytes = bytes
        self.dependsOnSamples = dependsOnSamples
        self.size = size
    }
}

extension ImageMetadata {
    /// The metadata without blocks that do not hold in a file of another format, or after samples
    /// have changed, or for another part of the picture.
    ///
    /// - Parameters:
    ///   - format: The format of the file.
    ///   - size: The size of the picture, or `nil` if it has been turned.
    ///   - isChanged: Whether samples have changed.
    /// - Returns: The metadata.
    func keepingBlocks(
        of format: FormatID, size: ImageSize?, isChanged: Bool
    ) -> ImageMetadata {
        var metadata = self
        metadata.blocks = blocks.filter { block in
            block.format == format && !(block.dependsOnSamples && isChanged)
                && (block.size == nil || block.size == size)
        }
        return metadata
    }
}
