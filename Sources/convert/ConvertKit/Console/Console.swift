internal import Synchronization

/// What the program says to the person in front of it, on standard error.
package final class Console: Sendable {
    /// How much to say.
    package enum Verbosity: Int, Comparable, Sendable {
        /// Errors only.
        case quiet
        /// Errors, warnings, progress, summaries.
        case normal
        /// Also what was done to each file.
        case verbose

        /// Quieter first.
        package static func < (left: Verbosity, right: Verbosity) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// How much to say.
    package let verbosity: Verbosity
    /// The number of columns of the terminal, or `nil` where there is none.
    package let columnCount: Int?
    private let write: @Sendable (String) -> Void
    /// The line that is rewritten in place, empty if there is none.
    private let status = Mutex("")

    /// Creates a console.
    package init(
        verbosity: Verbosity, columnCount: Int?, write: @escaping @Sendable (String) -> Void
    ) {
        self.verbosity = verbosity
        self.columnCount = columnCount
        self.write = write
    }

    /// Whether a line can be rewritten in place.
    package var isTerminal: Bool { columnCount != nil }

    /// Says what went wrong with a file.
    package func error(_ subject: String, _ reason: String) {
        line("convert: \(subject): \(reason)")
    }

    /// Says what went wrong with the command line.
    package func usageError(_ reason: String) {
        line("convert: \(reason)")
    }

    /// Says what somebody may want to know about a file's conversion, unless quiet.
    package func warning(_ subject: String, _ text: String) {
        if verbosity > .quiet { line("convert: \(subject): warning: \(text)") }
    }

    /// Says something else, unless quiet.
    package func note(_ text: String) {
        if verbosity > .quiet { line("convert: \(text)") }
    }

    /// Says something that only the curious want to know.
    package func detail(_ text: String) {
        if verbosity == .verbose { line("convert: \(text)") }
    }

    /// Shows a line that the next one replaces; nothing without a terminal or when quiet.
    package func showStatus(_ text: String) {
        guard let columnCount, verbosity > .quiet else { return }
        // The last column stays free: some terminals wrap as soon as it is filled.
        let text = String(Self.printable(text).prefix(max(1, columnCount - 1)))
        status.withLock { status in
            guard text != status else { return }
            write("\r\u{1B}[K" + text)
            status = text
        }
    }

    /// Removes the line of ``showStatus(_:)``.
    package func clearStatus() { showStatus("") }

    private func line(_ text: String) {
        status.withLock { status in
            let text = Self.printable(text) + "\n"
            write(status.isEmpty ? text : "\r\u{1B}[K" + text + status)
        }
    }

    /// A line as people may see it: names, and texts in files, may hold control characters, which must not
    /// reach a terminal, and such as turn what follows them around.
    package static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isControl ? "?" : $0 }))
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool {
        value < 0x20 || (0x7F..<0xA0).contains(value) || properties.isBidiControl
    }
}
