internal import FormatKit

/// Decodes a picture whose networks have been parsed; used by many threads at a time.
protocol PictureDecoder: Sendable {
    /// What `convert info` prints of the networks: parameters, bits and what one pixel costs.
    var details: [ImageDetail] { get }

    /// Starts on a region of the picture sampled at `size`.
    ///
    /// - Throws: ``ImageError`` if what was left for now is damaged, or the work is cancelled.
    /// - Precondition: The region is not empty and lies within `size`, which the architecture's
    ///   ``Architecture/sampling`` allows.
    func makeRegionDecoder(
        _ region: PixelRegion, at size: ImageSize, context: CodecContext
    ) throws(ImageError) -> any RegionDecoder
}

/// Delivers the rows of a region from top to bottom; used by one thread at a time.
///
/// Having begun at the top, it can keep what the next rows share with the last.
protocol RegionDecoder: AnyObject {
    /// Decodes the next rows, `output`'s whole size: interleaved samples, no padding.
    ///
    /// - Throws: ``ImageError`` if the file is damaged or the work is cancelled.
    /// - Precondition: So many rows are left.
    func decodeRows(into output: UnsafeMutableRawBufferPointer) throws(ImageError)
}
