internal import CLCMSShim
public import FormatKit

/// Conversion of colors through Little CMS.
public struct LCMSColorEngine: ColorEngine {
    /// Creates the engine.
    public init() {}

    /// The library and its version at run time.
    public var library: String {
        let version = clcms_version()
        return "lcms2 \(version / 1000).\(version % 1000 / 10)"
    }

    /// Whether pixels of `model` that an account describes can be converted.
    ///
    /// Transfer functions for high dynamic range cannot: sRGB has no place for their light.
    public func accepts(_ colors: ColorAccount, model: ColorModel) -> Bool {
        guard let colors = ShimColors(colors), !colors.hasHighDynamicRange else { return false }
        return unsafe colors.withValue { colors in
            unsafe withUnsafePointer(to: colors) {
                unsafe clcms_accepts($0, Int32(model.channelCount)) != 0
            }
        }
    }

    /// Makes a conversion of pixels into sRGB.
    ///
    /// - Throws: ``/FormatKit/ImageError/codecFailure(_:_:)`` if the account makes no sense.
    public func makeTransform(
        from colors: ColorAccount, layout: PixelLayout
    ) throws(ImageError) -> any ColorTransform {
        guard let colors = ShimColors(colors), !colors.hasHighDynamicRange,
            let transform = LCMSTransform(colors, layout)
        else {
            throw .codecFailure(FormatID("icc"), "the colors cannot be converted to sRGB")
        }
        return transform
    }

    /// An ICC profile that says what an account by numbers says.
    ///
    /// Of code points for a high dynamic range it has the light relative to the brightest and, for RGB,
    /// their numbers.
    public func profile(for colors: ColorAccount, model: ColorModel) -> [UInt8]? {
        if case .profile = colors { return nil }
        guard model != .cmyk, let colors = ShimColors(colors) else { return nil }
        // Three curves take 24 KiB.
        var bytes = [UInt8](repeating: 0, count: 1 << 15)
        let count = unsafe colors.withValue { colors in
            unsafe withUnsafePointer(to: colors) { colors in
                unsafe bytes.withUnsafeMutableBufferPointer { bytes in
                    unsafe clcms_make_profile(
                        colors, Int32(model.channelCount), bytes.baseAddress, bytes.count)
                }
            }
        }
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }
}

extension LCMSColorEngine {
    /// The code points that say exactly what an ICC profile says: those that it names, or those
    /// whose matrix and curves it has.
    public func codePoints(for profile: [UInt8], model: ColorModel) -> ColorCodePoints? {
        guard let description = ProfileDescription(of: profile, model: model) else { return nil }
        if let named = description.named {
            return named.matrix == 0 && named.isFullRange ? named : nil
        }
        return Self.candidates.first { points in
            // Gray has no primaries.
            guard model != .gray || points.primaries == 1 else { return false }
            return self.profile(for: .codePoints(points), model: model)
                .flatMap { ProfileDescription(of: $0, model: model) }
                .map(description.isEqual) ?? false
        }
    }

    /// BT.709, BT.2020 and Display P3, with the curves of sRGB, BT.709, powers and linear light.
    private static let candidates = [1, 9, 12].flatMap { (primaries: UInt8) in
        [13, 1, 8, 4, 5].map { ColorCodePoints(primaries: primaries, transfer: $0) }
    }
}

/// A conversion by Little CMS.
@safe
private final class LCMSTransform: ColorTransform {
    private let handle: OpaquePointer
    private let source: PixelLayout
    private let target: PixelLayout

    init?(_ colors: ShimColors, _ layout: PixelLayout) {
        var shimLayout = clcms_layout(
            color_channel_count: Int32(layout.model.channelCount),
            has_alpha: layout.hasAlpha ? 1 : 0, sample_bytes: Int32(layout.sample.byteCount))
        let handle = unsafe colors.withValue { colors in
            unsafe withUnsafePointer(to: colors) {
                unsafe clcms_transform_create($0, &shimLayout)
            }
        }
        guard let handle = unsafe handle else { return nil }
        unsafe self.handle = unsafe handle
        source = layout
        target = PixelLayout(
            layout.model == .gray ? .gray : .rgb, layout.sample, alpha: layout.alpha)
    }

    deinit {
        unsafe clcms_transform_destroy(handle)
    }

    func convert(_ band: PixelBand) -> PixelBand {
        precondition(band.layout == source)
        var result = PixelBand(width: band.width, layout: target, rowCapacity: band.rowCapacity)
        let handle = unsafe handle
        unsafe band.withFilledBytes { input in
            unsafe result.fill(rowCount: band.rowCount) { output in
                for row in 0..<band.rowCount {
                    unsafe clcms_transform_run(
                        handle, input.baseAddress?.advanced(by: row * band.bytesPerRow),
                        output.baseAddress?.advanced(
                            by: row * target.bytesPerRow(width: band.width)),
                        UInt32(band.width))
                }
            }
        }
        return result
    }
}
