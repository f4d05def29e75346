internal import FormatFiles
internal import FormatKit

/// A list of inputs, as `--files-from` names it.
package struct FileList: Sendable, Equatable {
    /// How a list is written.
    package enum Format: String, Sendable, CaseIterable {
        /// What the list looks like: JSON if the first line is an object, names with zeros between
        /// if there is a zero, else lines.
        case auto
        /// One name a line, which ends as on Unix or as on Windows; empty lines say nothing.
        case lines
        /// A zero byte after each name, as `find -print0` has it.
        case null
        /// One object a line, such as `{"in":"a.tif","out":"a.webp"}`.
        case json
    }

    /// Where the list is.
    package let source: Endpoint
    /// How it is written.
    package let format: Format

    /// Creates the name of a list.
    package init(_ source: Endpoint, format: Format = .auto) {
        self.source = source
        self.format = format
    }

    /// What is looked at to see how a list is written.
    private static let detectionByteCount = 1 << 16

    /// Opens the list.
    ///
    /// - Throws: ``CommandError`` if it cannot be read.
    func open() throws(CommandError) -> OpenFileList {
        let source = try self.source.textSource()
        return OpenFileList(
            list: self, source: source, format: try detected(in: source))
    }

    /// A place in a list, for messages.
    struct Place {
        let list: Endpoint
        let number: Int
        let isLine: Bool

        /// What makes no sense there.
        func error(_ reason: String) -> CommandError {
            .usage("\(list.inputName), \(isLine ? "line" : "name") \(number): \(reason)")
        }
    }

    /// How the list is written, by its first bytes.
    private func detected(in source: any ImageSource) throws(CommandError) -> Format {
        guard format == .auto else { return format }
        let head: [UInt8]
        do throws(ImageError) {
            head = try source.bytes(at: 0, count: Self.detectionByteCount)
        } catch {
            throw .failed(self.source.inputName, error)
        }
        let first = head.split(separator: UInt8(ascii: "\n"), maxSplits: 1).first ?? []
        // The name of a file may begin with a brace, but hardly is such an object.
        if let json = try? JSONValue(parsing: Array(first)),
            json["in"] != nil || ManifestFrame.isHead(json)
        {
            return .json
        }
        return head.contains(0) ? .null : .lines
    }
}

/// A list that can be read more than once, whether or not it came through a pipe.
struct OpenFileList {
    let list: FileList
    let source: any ImageSource
    /// How it is written, for certain.
    let format: FileList.Format

    /// Reads all entries, in their order.
    ///
    /// - Parameters:
    ///   - isWanted: Asked of each entry by its number, counted from 0; others are passed over.
    ///   - body: Told of each entry, and of what to call its place in the list.
    /// - Throws: ``CommandError`` if the list cannot be read, a line makes no sense, or `body` does.
    func forEach(
        where isWanted: (Int) -> Bool = { _ in true },
        _ body: (ListEntry, FileList.Place) throws(CommandError) -> Void
    ) throws(CommandError) {
        var number = 0
        var reader = PieceReader(
            source, separator: format == .null ? 0 : UInt8(ascii: "\n"))
        var frame = ManifestFrame()
        while let piece = try next(&reader).map(trimmed) {
            let place = FileList.Place(
                list: list.source, number: reader.number, isLine: format != .null)
            if piece.isEmpty { continue }
            let isOther = !isWanted(number)
            // At a glance; where that is no entry, it is parsed to see what it is.
            if isOther, format != .json || piece.starts(with: Self.entryPrefix) {
                frame.count()
                number += 1
                continue
            }
            guard format == .json else {
                // Without --null, a zero is one too many, not the end of a name.
                if piece.contains(0) { throw place.error("a name has no zero byte; --null?") }
                number += 1
                try body(ListEntry(input: Path(bytes: piece)), place)
                continue
            }
            let json = try Self.parse(piece, place)
            if try frame.takes(json, place) { continue }
            let entry: ListEntry
            do throws(ListEntry.Failure) {
                entry = try ListEntry(json: json)
            } catch {
                throw place.error(error.reason)
            }
            frame.count()
            number += 1
            if !isOther { try body(entry, place) }
        }
        try frame.finish(list.source)
    }

    /// A piece without the carriage return with which lines end on Windows.
    private func trimmed(_ piece: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        format == .null || piece.last != UInt8(ascii: "\r") ? piece : piece.dropLast()
    }

    /// How the lines of a manifest begin that are entries.
    private static let entryPrefix = Array(#"{"in":"#.utf8)

    private func next(_ reader: inout PieceReader) throws(CommandError) -> ArraySlice<UInt8>? {
        do throws(ImageError) {
            return try reader.next()
        } catch {
            throw .failed(list.source.inputName, error)
        }
    }

    private static func parse(
        _ line: ArraySlice<UInt8>, _ place: FileList.Place
    ) throws(CommandError) -> JSONValue {
        do throws(JSONValue.Malformed) {
            return try JSONValue(parsing: Array(line))
        } catch {
            throw place.error(ListEntry.Failure.malformed(offset: error.offset).reason)
        }
    }
}
