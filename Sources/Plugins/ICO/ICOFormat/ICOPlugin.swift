public import FormatKit
internal import PNGFormat

/// Icons and cursors of Windows: bitmaps and PNG files behind one directory, read by the plugins of
/// BMP and PNG.
///
/// Pictures are pages, in the order of the directory; the largest is taken where none is chosen. A
/// cursor is an icon with a hot spot, which has no place elsewhere: cursors are only read.
public struct ICOPlugin: FormatPlugin {
    private let kind: ICOKind

    init(_ kind: ICOKind) {
        self.kind = kind
    }

    /// One plugin for icons, and one for cursors.
    public static var all: [ICOPlugin] { ICOKind.allCases.map(ICOPlugin.init) }

    /// What the format can hold.
    public var descriptor: FormatDescriptor {
        FormatDescriptor(
            id: kind.id, name: kind.name, fileExtensions: [kind.id.rawValue],
            mediaTypes: kind.mediaTypes, signatures: [Signature([0, 0, kind.type, 0])],
            read: ReadCapabilities(
                streaming: .rows, metadata: PNGPlugin().descriptor.read?.metadata ?? [],
                pages: .pages),
            write: kind == .icon ? Self.writing : nil)
    }

    /// The library and its version.
    public var library: String { PNGPlugin().library }

    /// Programs expect 32 bits a pixel, of bitmaps and of PNG files; nothing is said of colors.
    private static let writing = WriteCapabilities(
        layouts: layouts, maximumDimension: ICOEntry.largestSide, metadata: [],
        losslessness: .always, streaming: .wholeImage, pages: .pages)

    static let layouts: Set<PixelLayout> = [PixelLayout(.rgb, .uint8, alpha: .straight)]

    /// Opens a file: reads its directory and the header of its largest picture.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - context: Its limits are checked before memory is allocated.
    /// - Returns: A reader that streams rows, unless they are in an interlaced PNG file.
    /// - Throws: ``ImageError`` if the file is damaged, too short or exceeds a limit.
    public func makeReader(
        source: any ImageSource, context: CodecContext
    ) throws(ImageError) -> any ImageReader {
        try ICOReader(of: kind, source: source, context: context)
    }

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - sink: Where the bytes go.
    ///   - header: The first picture.
    ///   - settings: `effort` is that of PNG.
    ///   - context: Limits.
    /// - Returns: A writer that holds one picture.
    /// - Throws: ``ImageError`` if such an image cannot be stored or a setting is out of range.
    public func makeWriter(
        sink: any ImageSink, header: ImageHeader, settings: WriteSettings, context: CodecContext
    ) throws(ImageError) -> any ImageWriter {
        try settings.checkRanges()
        try descriptor.checkStorable(header)
        return try ICOWriter(
            sink: sink, header: header, settings: settings, format: descriptor, context: context)
    }

    /// One picture is held, and what is made of it.
    public func treatment(of header: ImageHeader, with settings: WriteSettings) -> WriteTreatment {
        WriteTreatment(
            isExact: true, bitsPerSample: 8, heldByteCount: ICOWriter.heldByteCount(header))
    }
}

/// The two kinds of files, which differ in a number and in the meaning of two fields.
enum ICOKind: CaseIterable {
    case icon
    case cursor

    var id: FormatID { FormatID(self == .icon ? "ico" : "cur") }

    var name: String { self == .icon ? "Windows Icon" : "Windows Cursor" }

    var mediaTypes: [String] {
        self == .icon ? ["image/vnd.microsoft.icon", "image/x-icon"] : ["image/x-win-bitmap"]
    }

    /// What the third byte of a file is.
    var type: UInt8 { self == .icon ? 1 : 2 }
}
