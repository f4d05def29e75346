internal import BMPFormat
internal import CoinFormat
public import FormatKit
internal import GIFFormat
internal import HDRFormat
internal import ICOFormat
internal import LCMSColor
internal import LibraryLoading
internal import PDFFormat
internal import PNGFormat
internal import PNMFormat
internal import QOIFormat
internal import TGAFormat
internal import TIFFFormat
internal import WebPFormat

#if AVIF
    internal import AVIFFormat
#endif
#if HEIC
    internal import HEICFormat
#endif
#if JPEG
    internal import JPEGFormat
#endif
#if JPEG2000
    internal import JPEG2000Format
#endif
#if JPEGXL
    internal import JPEGXLFormat
#endif
#if OpenEXR
    internal import OpenEXRFormat
#endif

/// The formats that come with the converter.
///
/// This is the one place where formats are listed; adding one means adding it here.
///
/// ```swift
/// for plugin in BuiltInFormats.plugins where plugin.descriptor.write != nil {
///     print(plugin.descriptor.name, plugin.descriptor.fileExtensions)
/// }
/// ```
public enum BuiltInFormats {
    /// The plugins, in the order in which `convert formats` prints them.
    public static var plugins: [any FormatPlugin] {
        [
            CoinPlugin(), PNGPlugin(), TIFFPlugin(), WebPPlugin(), jpeg, avif, jpegXL, heic,
        ] + jpeg2000 + [GIFPlugin(), BMPPlugin()] + ICOPlugin.all
            + [QOIPlugin(), TGAPlugin(), HDRPlugin(), openEXR] + PNMPlugin.all + [pdf]
    }

    /// What converts colors.
    public static var colorEngine: any ColorEngine { LCMSColorEngine() }

    /// A registry of the built-in plugins.
    ///
    /// - Throws: ``/FormatKit/FormatRegistry/Conflict`` if two of them claim the same thing.
    public static func makeRegistry() throws(FormatRegistry.Conflict) -> FormatRegistry {
        try FormatRegistry(plugins)
    }

    /// Has `end` called where a codec library would end the program for want of memory (`ENOMEM`) or of
    /// a thread (`EAGAIN`).
    ///
    /// For programs of which nothing is left to do then but to tell of it: the library cannot go on.
    ///
    /// - Parameter end: Called by the thread that lacks it, with the number; must not return.
    public static func handleShortages(by end: @escaping @convention(c) (Int32) -> Void) {
        LoadedLibraries.handleShortages(by: end)
    }

    private static var jpeg: any FormatPlugin {
        #if JPEG
            JPEGPlugin()
        #else
            MissingFormat(
                "jpeg", name: "JPEG", fileExtensions: ["jpg", "jpeg"], mediaTypes: ["image/jpeg"],
                signatures: [Signature([0xFF, 0xD8, 0xFF])], trait: "JPEG", library: "libjpeg")
        #endif
    }

    private static var pdf: any FormatPlugin {
        #if JPEG
            PDFPlugin(jpeg: JPEGPlugin())
        #else
            PDFPlugin()
        #endif
    }

    private static var avif: any FormatPlugin {
        #if AVIF
            AVIFPlugin()
        #else
            MissingFormat(
                "avif", name: "AV1 Image File Format", fileExtensions: ["avif"],
                mediaTypes: ["image/avif"],
                signatures: [Signature(Array("ftypavif".utf8), offset: 4)], trait: "AVIF",
                library: "libavif")
        #endif
    }

    private static var heic: any FormatPlugin {
        #if HEIC
            HEICPlugin()
        #else
            MissingFormat(
                "heic", name: "High Efficiency Image File Format (HEVC)",
                fileExtensions: ["heic", "heif", "hif"], mediaTypes: ["image/heic", "image/heif"],
                signatures: ["heic", "heix", "heim", "heis", "hevc", "hevx"].map {
                    Signature(Array("ftyp\($0)".utf8), offset: 4)
                }, trait: "HEIC", library: "libheif")
        #endif
    }

    private static var jpeg2000: [any FormatPlugin] {
        #if JPEG2000
            JP2Plugin.all
        #else
            [
                MissingFormat(
                    "jp2", name: "JPEG 2000", fileExtensions: ["jp2", "jpf", "jpx", "jph"],
                    mediaTypes: ["image/jp2"],
                    signatures: [Signature([0, 0, 0, 12] + Array("jP  ".utf8))],
                    trait: "JPEG2000", library: "OpenJPEG"),
                MissingFormat(
                    "j2k", name: "JPEG 2000 codestream",
                    fileExtensions: ["j2k", "j2c", "jpc", "jhc"],
                    mediaTypes: ["image/j2c"], signatures: [Signature([0xFF, 0x4F, 0xFF, 0x51])],
                    trait: "JPEG2000", library: "OpenJPEG"),
            ]
        #endif
    }

    private static var openEXR: any FormatPlugin {
        #if OpenEXR
            EXRPlugin()
        #else
            MissingFormat(
                "exr", name: "OpenEXR", fileExtensions: ["exr"], mediaTypes: ["image/x-exr"],
                signatures: [Signature([0x76, 0x2F, 0x31, 0x01])], trait: "OpenEXR",
                library: "OpenEXR")
        #endif
    }

    private static var jpegXL: any FormatPlugin {
        #if JPEGXL
            JXLPlugin()
        #else
            MissingFormat(
                "jxl", name: "JPEG XL", fileExtensions: ["jxl"], mediaTypes: ["image/jxl"],
                signatures: [
                    Signature([0xFF, 0x0A]), Signature([0, 0, 0, 12] + Array("JXL ".utf8)),
                ], trait: "JPEGXL", library: "libjxl")
        #endif
    }
}
