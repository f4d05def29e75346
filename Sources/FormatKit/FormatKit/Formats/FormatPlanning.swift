/// What a format answers while a conversion is planned, where the answer depends on the picture or on settings:
/// all else is data, in its ``FormatDescriptor``.
///
/// Plugins of this package conform to it beside ``FormatPlugin``; of others the defaults hold.
package protocol FormatPlanning: Sendable {
    /// Whether code points can be stored, of a format that stores them at all.
    func stores(_ points: ColorCodePoints) -> Bool

    /// Whether code points are written beside a profile, or in its place, that says exactly the
    /// same.
    func prefersCodePoints(with settings: WriteSettings) -> Bool

    /// The forms of samples that are stored as they were.
    func forms(with settings: WriteSettings) -> SampleForm

    /// What is lost of an image with a layout and metadata that the format has, because of what is in
    /// them or of the settings: bits that the file does not have, a block that is too large.
    func losses(of header: ImageHeader, with settings: WriteSettings) -> [Loss]

    /// What is lost of how an animation is shown: of the timings of all its frames.
    func losses(of timings: [AnimationTiming]) -> [Loss]

    /// The memory that a decoder which holds the whole image takes for a pixel, in bytes; `nil` where
    /// nobody has measured it.
    func memoryPerPixel(reading layout: PixelLayout) -> Int?

    /// The memory that an encoder which holds the whole image takes for a pixel, in bytes; `nil` where
    /// nobody has measured it.
    func memoryPerPixel(writing layout: PixelLayout, with settings: WriteSettings) -> Int?
}

extension FormatPlanning {
    package func stores(_ points: ColorCodePoints) -> Bool { true }
    package func prefersCodePoints(with settings: WriteSettings) -> Bool { false }
    package func forms(with settings: WriteSettings) -> SampleForm { [] }
    package func losses(of header: ImageHeader, with settings: WriteSettings) -> [Loss] { [] }
    package func losses(of timings: [AnimationTiming]) -> [Loss] { [] }
    package func memoryPerPixel(reading layout: PixelLayout) -> Int? { nil }
    package func memoryPerPixel(writing layout: PixelLayout, with settings: WriteSettings) -> Int? {
        nil
    }
}

/// A format that stores all code points and loses nothing but what its ``WriteCapabilities`` say.
private struct PlainPlanning: FormatPlanning {}

extension FormatPlugin {
    /// What the format answers while a conversion is planned.
    package var planning: any FormatPlanning { self as? any FormatPlanning ?? PlainPlanning() }
}
