import FormatKit
import Testing

@Suite struct ColorExchangeTests {
    /// An engine for which the profile 7 is Display P3, and no profile says PQ.
    private struct Engine: ColorEngine {
        let library = "none"

        func accepts(_ colors: ColorAccount, model: ColorModel) -> Bool { false }

        func makeTransform(
            from colors: ColorAccount, layout: PixelLayout
        ) throws(ImageError) -> any ColorTransform {
            throw .unrecognized
        }

        func profile(for colors: ColorAccount, model: ColorModel) -> [UInt8]? {
            switch colors {
            case .codePoints(.displayP3): [7]
            case .calibration: [8]
            default: nil
            }
        }

        func codePoints(for profile: [UInt8], model: ColorModel) -> ColorCodePoints? {
            profile == [7] ? .displayP3 : nil
        }
    }

    private func plan(
        _ metadata: ImageMetadata, to kinds: Set<MetadataKind>, prefersCodePoints: Bool = false,
        stores: @escaping @Sendable (ColorCodePoints) -> Bool = { _ in true }
    ) throws -> ConversionPlan {
        try ConversionPlan(
            converting: ImageHeader(
                size: ImageSize(width: 1, height: 1), layout: PixelLayout(.rgb, .uint8),
                metadata: metadata),
            to: ToyFormat(
                metadata: kinds, prefersCodePoints: prefersCodePoints, storesCodePoints: stores
            ), settings: WriteSettings(), engine: Engine())
    }

    private func metadata(
        icc: [UInt8]? = nil, _ codePoints: ColorCodePoints? = nil, gamma: Double? = nil
    ) -> ImageMetadata {
        var metadata = ImageMetadata(icc: icc)
        metadata.codePoints = codePoints
        metadata.gamma = gamma
        return metadata
    }

    private static let pq = ColorCodePoints(primaries: 9, transfer: 16)
    private static let hlg = ColorCodePoints(primaries: 9, transfer: 18)

    @Test func `code points become a profile where there is no place for them`() throws {
        let plan = try plan(metadata(.displayP3, gamma: 0.5), to: [.icc])
        #expect(plan.target.metadata == metadata(icc: [7]) && plan.losses == [])
        let misfit = try self.plan(
            metadata(.displayP3), to: [.icc, .codePoints], stores: { _ in false })
        #expect(misfit.target.metadata == metadata(icc: [7]) && misfit.losses == [])
    }

    @Test func `numbers become a profile where there is no place for them`() throws {
        let plan = try plan(metadata(gamma: 1), to: [.icc, .codePoints])
        #expect(plan.target.metadata == metadata(icc: [8]) && plan.losses == [])
        let kept = try self.plan(metadata(gamma: 1), to: [.icc, .gamma, .chromaticities])
        #expect(kept.target.metadata == metadata(gamma: 1))
    }

    @Test func `a profile beside code points counts only if it says the same`() throws {
        let same = try plan(metadata(icc: [7], .displayP3), to: [.icc])
        #expect(same.target.metadata == metadata(icc: [7]) && same.losses == [])
        let other = try plan(metadata(icc: [1], .displayP3), to: [.icc])
        #expect(other.target.metadata == metadata(icc: [7]) && other.losses == [])
    }

    @Test func `a known profile becomes code points where there is no place for it`() throws {
        let plan = try plan(metadata(icc: [7]), to: [.codePoints])
        #expect(plan.target.metadata == metadata(.displayP3) && plan.losses == [])
        let unknown = try self.plan(metadata(icc: [1]), to: [.codePoints])
        #expect(unknown.target.metadata == metadata() && unknown.losses == [.metadata(.icc)])
    }

    @Test func `a known profile gets code points beside it only where they are preferred`() throws {
        let kinds: Set<MetadataKind> = [.icc, .codePoints]
        #expect(try plan(metadata(icc: [7]), to: kinds).target.metadata == metadata(icc: [7]))
        let preferred = try plan(metadata(icc: [7]), to: kinds, prefersCodePoints: true)
        #expect(preferred.target.metadata == metadata(icc: [7], .displayP3))
        let misfit = try plan(
            metadata(icc: [7]), to: kinds, prefersCodePoints: true, stores: { _ in false })
        #expect(misfit.target.metadata == metadata(icc: [7]) && misfit.losses == [])
    }

    @Test(arguments: [(pq, "PQ"), (hlg, "HLG")])
    func `a high dynamic range is kept, or a loss that says what comes of it`(
        points: ColorCodePoints, name: String
    ) throws {
        let kept = try plan(metadata(points), to: [.icc, .codePoints])
        #expect(kept.target.metadata == metadata(points) && kept.losses == [])
        for metadata in [metadata(points), metadata(icc: [1], points)] {
            let lost = try plan(metadata, to: [.icc])
            #expect(lost.target.metadata.codePoints == nil && lost.losses.map(\.name) == ["cicp"])
            #expect(lost.losses.first?.description.contains("(\(name)): its colors will") == true)
        }
    }
}
