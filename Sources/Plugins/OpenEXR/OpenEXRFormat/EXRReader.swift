internal import FormatKit

/// Reads one file, of which each part is a page.
final class EXRReader: MultiImageReader {
    private(set) var header: ImageHeader
    private let file: EXRFile
    private let source: any ImageSource
    private let context: CodecContext
    private var picture: EXRPicture?
    /// The pages of which something has been told.
    private var toldNumbers: Set<Int> = [0]

    init(source: any ImageSource, context: CodecContext) throws(ImageError) {
        let file = try EXRFile(of: source, context.limits)
        let picture = try EXRPicture(file.pages[0], of: file, in: source, context: context)
        header = picture.header
        self.file = file
        self.source = source
        self.context = context
        self.picture = picture
        picture.tell()
    }

    var heldByteCount: Int? { picture?.heldByteCount }

    func selectPage(_ index: Int) throws(ImageError) {
        precondition(index < header.frameCount)
        // Its memory is given back first.
        picture = nil
        let next = try EXRPicture(file.pages[index], of: file, in: source, context: context)
        header = next.header
        picture = next
        if toldNumbers.insert(index).inserted { next.tell() }
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        guard let picture else { throw .codecFailure(.exr, "no page is selected") }
        try picture.readRows(into: &band)
    }
}
