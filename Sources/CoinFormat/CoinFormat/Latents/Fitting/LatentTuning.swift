/// What a fit takes for an error.
enum LatentTuning: String, CaseIterable, Sendable {
    /// The squared error of all samples.
    case psnr
    /// Of luma, what its multi-scale structural similarity lacks of 1, and a part of its squared error; of
    /// the rest of color, and of alpha, the squared error.
    case ssim

    /// The mean squared error, of samples in 0…1, that 1 − the similarity counts as.
    ///
    /// So that files of one quality are about as large with either tuning where pictures are full of detail;
    /// smooth ones are up to twice as large with similarity (docs/notes/latent-fitting.md).
    static let errorOfDissimilarity: Float = 0.02
    /// The part of luma's squared error that counts beside its similarity.
    ///
    /// Similarity alone is no better by its own measure, and loses much of what PSNR has
    /// (docs/notes/latent-fitting.md).
    static let shareOfSquares: Float = 0.5
}
