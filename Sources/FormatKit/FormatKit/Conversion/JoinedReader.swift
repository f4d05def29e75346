/// Delivers the pages of several files, one file after the other, as those of one.
final class JoinedReader: MultiImageReader, StoredSampleReader {
    private let readers: [any ImageReader]
    /// The number of the reader and of its page, for each page.
    private let places: [(reader: Int, page: Int)]
    private let context: CodecContext
    private var current = 0

    var header: ImageHeader {
        var header = readers[current].header
        if !(readers[current] is any MultiImageReader), header.frameCount > 1 {
            header.losses.append(.frames(header.frameCount - 1))
        }
        header.frameCount = places.count
        return header
    }

    /// What one of them holds; the others hold nothing while it is read.
    var heldByteCount: Int? { readers[current].heldByteCount }

    var hasSeparateImage: Bool { !inputsWithSeparateImage.isEmpty }

    /// The files with an image that is none of their pages, counted from 0.
    var inputsWithSeparateImage: [Int] {
        readers.indices.filter {
            (readers[$0] as? any MultiImageReader)?.hasSeparateImage ?? false
        }
    }

    /// The file that a page is of, counted from 0.
    func input(ofPage index: Int) -> Int { places[index].reader }

    /// Whether the file of a page has others.
    func hasFurtherPages(besides index: Int) -> Bool {
        readers[places[index].reader].header.frameCount > 1
    }

    var initialPage: Int { (readers[0] as? any MultiImageReader)?.initialPage ?? 0 }

    /// Joins files.
    ///
    /// - Precondition: There is at least one.
    init(_ readers: [any ImageReader], context: CodecContext) {
        precondition(!readers.isEmpty)
        self.readers = readers
        self.context = context
        places = readers.enumerated().flatMap { number, reader in
            // Of formats whose further pages cannot be read, the first is all there is.
            let count = reader is any MultiImageReader ? max(1, reader.header.frameCount) : 1
            return (0..<count).map { (number, $0) }
        }
    }

    func selectPage(_ index: Int) throws(ImageError) {
        let place = places[index]
        current = place.reader
        context.enter(current)
        if let pages = readers[current] as? any MultiImageReader {
            try pages.selectPage(place.page)
        }
    }

    /// Whether some page can be had as a coded stream.
    var hasStreams: Bool {
        readers.contains { ($0 as? any StreamReader)?.stream != nil }
    }

    /// The reader of the file that is the selected page and nothing else, if it has a coded stream.
    var streamReader: (any StreamReader)? {
        guard readers[current].header.frameCount == 1 else { return nil }
        return readers[current] as? any StreamReader
    }

    func deliverStoredSamples() {
        (readers[current] as? any StoredSampleReader)?.deliverStoredSamples()
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        try readers[current].readRows(into: &band)
    }
}
