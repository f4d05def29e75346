package import FormatFiles
internal import FormatKit

/// One end of a conversion.
package enum Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// Standard input or output.
    case standard
    /// A file, pipe or device.
    case file(Path)

    /// Creates an endpoint from an argument: `-` is a standard stream.
    package init(_ argument: String) {
        self = argument == "-" ? .standard : .file(Path(argument: argument))
    }

    /// The argument.
    package var description: String {
        switch self {
        case .standard: "-"
        case .file(let path): path.description
        }
    }

    /// The extension of a file's name.
    package var fileExtension: String? {
        if case .file(let path) = self { path.fileExtension } else { nil }
    }

    /// What an input is called in messages.
    package var inputName: String { self == .standard ? "standard input" : description }

    /// Opens an input.
    ///
    /// - Parameters:
    ///   - limit: The most bytes to collect from a pipe.
    ///   - formats: Those of which a pipe has to be.
    ///   - isCancelled: Asked while a pipe is silent.
    /// - Returns: A source with at least one byte.
    /// - Throws: ``/FormatKit/ImageError``.
    func source(
        limit: Int, formats: FormatRegistry, isCancelled: () -> Bool
    ) throws(ImageError) -> any ImageSource {
        let source = try opened(limit: limit, formats: formats, isCancelled: isCancelled)
        // Plainer than "not an image in a known format".
        guard source.byteCount > 0 else {
            throw .io("read", code: 0, reason: "the file is empty")
        }
        return source
    }

    /// Opens a list or a log, which may be empty.
    ///
    /// - Throws: ``CommandError``.
    func textSource() throws(CommandError) -> any ImageSource {
        do throws(ImageError) {
            return try opened(
                limit: Self.maximumPipedByteCount, formats: nil,
                isCancelled: { Interruption.signal != nil })
        } catch {
            throw .failed(inputName, error)
        }
    }

    /// The most bytes of a list or a log that comes through a pipe: it is kept in memory.
    private static let maximumPipedByteCount = 4 << 30

    private func opened(
        limit: Int, formats: FormatRegistry?, isCancelled: () -> Bool
    ) throws(ImageError) -> any ImageSource {
        switch self {
        case .standard:
            try StreamSource.standardInput(
                limit: limit, formats: formats, isCancelled: isCancelled)
        case .file(let path):
            try Files.source(
                at: path, limit: limit, formats: formats, isCancelled: isCancelled)
        }
    }
}
