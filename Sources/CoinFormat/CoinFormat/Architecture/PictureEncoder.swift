internal import FormatKit

/// Fits networks to a picture.
protocol PictureEncoder: Sendable {
    /// Runs the fit, the same on every machine and with any number of threads.
    ///
    /// - Throws: ``ImageError`` if the work is cancelled.
    func encode(_ raster: Raster) throws(ImageError) -> EncodedPicture
}

/// What a fit results in: the parts of a file that an architecture knows.
struct EncodedPicture: Sendable {
    /// How the picture is divided.
    var grid: TileGrid
    /// What the header lists.
    var architectures: [ArchitectureDescriptor]
    /// What architectures share among their tiles, in the order of their indices.
    var shared: [ArchitecturePayload] = []
    /// Row by row from the top left.
    var tiles: [ArchitecturePayload]
}
