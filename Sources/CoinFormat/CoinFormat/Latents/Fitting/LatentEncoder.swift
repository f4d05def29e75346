internal import CoinKernels
internal import FormatKit

/// Fits latent grids and their networks to a picture.
struct LatentEncoder: PictureEncoder {
    private let plan: LatentPlan
    private let layout: PixelLayout
    private let context: CodecContext
    private let kernels: KernelVariant

    init(
        header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) {
        kernels = try KernelVariant(context.kernels)
        let metadata = MetadataBoxes.serialized(header.metadata).count
        plan = LatentPlan(
            settings: settings, pixelCount: header.size.pixelCount,
            metadataBits: 8 * Double(metadata) / Double(header.size.pixelCount))
        layout = header.layout
        self.context = context
        try context.limits.checkMemory(
            LatentFit.memoryByteCount(header: header, plan: plan))
    }

    func encode(_ raster: Raster) throws(ImageError) -> EncodedPicture {
        let picture = FitPicture(raster)
        let fit = LatentFit(
            picture: picture, plan: plan, kernels: kernels, context: context)
        return try fit.run().encoded(kernels: kernels)
    }
}
