internal import FormatKit

/// A file as it is written: objects one after the other, and behind them a table of where they are.
///
/// How long a stream is says an object behind it, so that nothing has to be written twice.
final class PDFDocument {
    private let sink: any ImageSink
    private let memory: MemoryShare
    /// Where objects begin, by their numbers less 1; 0 as long as they have not been written.
    private var offsets: [Int] = []
    /// The stream that has begun: where its bytes begin, and the object that says how many they are.
    private var stream: (start: Int, lengthNumber: Int)?

    /// Offsets have ten digits.
    private static let byteCountLimit = 10_000_000_000

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - sink: Where it goes.
    ///   - memory: Where the table is reserved.
    /// - Throws: ``ImageError`` as the sink does.
    init(sink: any ImageSink, memory: MemoryShare) throws(ImageError) {
        self.sink = sink
        self.memory = memory
        // Bytes beyond ASCII in the second line tell programs that this is no text (§7.5.2).
        try sink.append(Array("%PDF-1.7\n%".utf8) + [0xE2, 0xE3, 0xCF, 0xD3, 0x0A])
    }

    /// A number for an object that is still to be written.
    func makeNumber() throws(ImageError) -> Int {
        try memory.reserve(MemoryLayout<Int>.size)
        offsets.append(0)
        return offsets.count
    }

    /// Writes an object.
    func write(_ value: PDFValue, as number: Int) throws(ImageError) {
        try begin(number)
        try append(value.serialized + "\nendobj\n")
    }

    /// Writes a stream that is there as a whole.
    func write(
        _ bytes: [UInt8], _ entries: [PDFEntry] = [], as number: Int
    ) throws(ImageError) {
        try begin(number)
        let dictionary = PDFValue.dictionary(
            entries + [PDFEntry("Length", .integer(bytes.count))])
        try append(dictionary.serialized + "\nstream\n")
        try sink.append(bytes)
        try append("\nendstream\nendobj\n")
    }

    /// Begins a stream; its bytes follow.
    func beginStream(_ entries: [PDFEntry], as number: Int) throws(ImageError) {
        precondition(stream == nil, "a stream ends before the next begins")
        let lengthNumber = try makeNumber()
        try begin(number)
        let dictionary = PDFValue.dictionary(
            entries + [PDFEntry("Length", .reference(lengthNumber))])
        try append(dictionary.serialized + "\nstream\n")
        stream = (sink.byteCount, lengthNumber)
    }

    /// Writes bytes of the stream that has begun.
    func appendToStream(_ bytes: [UInt8]) throws(ImageError) {
        precondition(stream != nil, "a stream has begun")
        try sink.append(bytes)
    }

    /// Ends the stream.
    func endStream() throws(ImageError) {
        guard let stream else { preconditionFailure("a stream has begun") }
        self.stream = nil
        let byteCount = sink.byteCount - stream.start
        try append("\nendstream\nendobj\n")
        try write(.integer(byteCount), as: stream.lengthNumber)
    }

    /// Writes the table, and what a program reads first (§7.5.4, §7.5.5).
    ///
    /// - Parameters:
    ///   - root: The catalog.
    ///   - information: What is said of the document, if anything is.
    /// - Throws: ``ImageError`` as the sink does, or if the file is too long.
    func finish(root: Int, information: Int?) throws(ImageError) {
        let start = sink.byteCount
        try append("xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n")
        let pieceCount = 4096
        for first in stride(from: 0, to: offsets.count, by: pieceCount) {
            let piece = offsets[first..<min(first + pieceCount, offsets.count)]
            try append(piece.map { Self.tenDigits($0) + " 00000 n \n" }.joined())
        }
        let entries =
            [PDFEntry("Size", .integer(offsets.count + 1)), PDFEntry("Root", .reference(root))]
            + (information.map { [PDFEntry("Info", .reference($0))] } ?? [])
        try append(
            "trailer\n\(PDFValue.dictionary(entries).serialized)\nstartxref\n\(start)\n%%EOF\n")
    }

    private func begin(_ number: Int) throws(ImageError) {
        precondition(stream == nil && offsets[number - 1] == 0, "objects follow one another")
        guard sink.byteCount < Self.byteCountLimit else {
            throw .unstorable(.pdf, "a file has at most \(Self.byteCountLimit) bytes")
        }
        offsets[number - 1] = sink.byteCount
        try append("\(number) 0 obj\n")
    }

    private func append(_ text: String) throws(ImageError) {
        try sink.append(Array(text.utf8))
    }

    private static func tenDigits(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 10 - digits.count) + digits
    }
}
