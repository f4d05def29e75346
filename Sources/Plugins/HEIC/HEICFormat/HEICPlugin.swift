internal import CHEIFShim
public import FormatKit
internal import LibraryLoading

extension FormatID {
    static let heic = FormatID("heic")
}

/// HEIF pictures coded with HEVC, which are only read, through libheif.
///
/// The picture is delivered as it is seen: cut, turned and mirrored. Samples of more than 8 bits are
/// read as 16 bits. Gain maps, depth, further pictures and sequences are left out, which is told.
public struct HEICPlugin: FormatPlugin {
    /// Creates the plugin.
    public init() {}

    /// What is read of HEIC.
    public var descriptor: FormatDescriptor {
        FormatDescriptor(
            id: .heic, name: "High Efficiency Image File Format (HEVC)",
            fileExtensions: HEICNames.fileExtensions, mediaTypes: HEICNames.mediaTypes,
            signatures: HEICNames.signatures,
            read: ReadCapabilities(
                streaming: .wholeImage,
                metadata: [
                    .icc, .codePoints, .exif, .xmp, .contentLight, .masteringDisplay, .resolution,
                ]),
            write: nil)
    }

    /// The library and its version.
    public var library: String { "libheif " + (Self.libraryVersion ?? "(not found)") }

    /// Opens a file and reads all but its pixels.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - context: Its limits are checked before memory is taken for pixels.
    /// - Returns: A reader that decodes the picture when its first row is asked for.
    /// - Throws: ``ImageError`` if the file is damaged or exceeds a limit.
    public func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        guard Self.libraryVersion != nil else {
            throw .libraryMissing(.heic, "libheif is not there")
        }
        return try HEICReader(source: source, context: context)
    }

    /// Refuses to write.
    ///
    /// - Throws: ``ImageError/unsupported(_:_:)``.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        throw .unsupported(.heic, "writing")
    }

    /// The version of the library, which is loaded when it is first needed; `nil` if it is not there.
    static var libraryVersion: String? {
        unsafe cheif_library_version().map { unsafe String(cString: $0) }
    }
}

extension HEICPlugin: FormatPlanning {
    package func memoryPerPixel(reading layout: PixelLayout) -> Int? {
        HEICReader.memoryPerPixel(layout)
    }
}

/// How files are called and recognized.
enum HEICNames {
    /// The extensions.
    static let fileExtensions = ["heic", "heif", "hif", "heics"]
    /// The MIME types.
    static let mediaTypes = ["image/heic", "image/heif", "image/heic-sequence"]

    /// The brands of files coded with HEVC.
    private static let brands = ["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs"]

    /// A file type box with such a brand, or with one of HEIF that is compatible with one.
    static let signatures: [Signature] =
        brands.map { Signature(Array("ftyp\($0)".utf8), offset: 4) }
        + ["mif1", "msf1"].flatMap { general in
            // A minor version, then brands, of which the first few are looked at.
            (0..<8).flatMap { place in
                ["heic", "heix", "hevc"].map { signature(general, $0, place) }
            }
        }

    private static func signature(_ general: String, _ brand: String, _ place: Int) -> Signature {
        let gap = 4 + 4 * place
        return Signature(
            Array("ftyp\(general)".utf8) + [UInt8](repeating: 0, count: gap) + Array(brand.utf8),
            mask: [UInt8](repeating: 0xFF, count: 8) + [UInt8](repeating: 0, count: gap)
                + [UInt8](repeating: 0xFF, count: 4), offset: 4)
    }
}
