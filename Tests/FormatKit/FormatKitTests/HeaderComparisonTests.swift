import Testing

@testable import FormatKit

@Suite struct HeaderComparisonTests {
    private static func header(
        _ metadata: ImageMetadata, _ timing: AnimationTiming? = nil
    ) -> ImageHeader {
        ImageHeader(
            size: ImageSize(width: 1, height: 1), layout: PixelLayout(.rgb, .uint8),
            animation: timing, metadata: metadata)
    }

    @Test(
        arguments: [
            (ImageMetadata(), ImageMetadata(icc: [1]), nil),
            (ImageMetadata(icc: [1]), ImageMetadata(icc: [1]), nil),
            (ImageMetadata(icc: [1]), ImageMetadata(icc: [2]), "its ICC profile is another"),
            (ImageMetadata(icc: [1]), ImageMetadata(), "its ICC profile is missing"),
            (ImageMetadata(exif: [1]), ImageMetadata(exif: [2]), nil),
            (ImageMetadata(exif: [1]), ImageMetadata(), "the Exif block is missing"),
            (ImageMetadata(xmp: [1]), ImageMetadata(xmp: [1, 0]), "its XMP packet is another"),
            (
                ImageMetadata(orientation: .left), ImageMetadata(),
                "its orientation is up, expected left"
            ),
        ] as [(ImageMetadata, ImageMetadata, String?)])
    func `blocks are there, profiles and packets as they were`(
        expected: ImageMetadata, found: ImageMetadata, problem: String?
    ) {
        let (expected, found) = (Self.header(expected), Self.header(found))
        let comparison = HeaderComparison(
            expected: expected, found: found, losses: [], keepsProfiles: true)
        #expect(comparison.metadataProblem == problem)
        if expected.metadata.icc != nil {
            let lossy = HeaderComparison(
                expected: expected, found: found, losses: [], keepsProfiles: false)
            #expect(lossy.metadataProblem == nil)
        }
        // What is known to be lost is not missed.
        let lost = [MetadataKind.icc, .exif, .xmp, .orientation].map(Loss.metadata)
        let known = HeaderComparison(
            expected: expected, found: found, losses: lost, keepsProfiles: true)
        #expect(known.metadataProblem == nil)
    }

    @Test(
        arguments: [
            (nil, AnimationTiming.default, nil), (.default, .default, nil),
            (.default, AnimationTiming(duration: FrameDuration(1, 10)), nil),
            (.default, nil, "it has no timing"),
            (
                .default, AnimationTiming(duration: FrameDuration(1, 30)),
                "it is shown for 1/30 s, expected 100/1000 s"
            ),
            (
                .default, AnimationTiming(duration: FrameDuration(1, 10), loopCount: 3),
                "the animation is shown 3 times, expected 0"
            ),
        ] as [(AnimationTiming?, AnimationTiming?, String?)])
    func `frames have their time`(
        expected: AnimationTiming?, found: AnimationTiming?, problem: String?
    ) {
        let (expected, found) = (Self.header(.init(), expected), Self.header(.init(), found))
        let comparison = HeaderComparison(
            expected: expected, found: found, losses: [], keepsProfiles: true)
        #expect(comparison.timingProblem == problem)
        let known = HeaderComparison(
            expected: expected, found: found, losses: [.animation("rounded")], keepsProfiles: true)
        #expect(known.timingProblem == nil)
    }
}
