internal import FormatFiles
internal import FormatKit

/// What a manifest says of an input: a line for each output.
struct ManifestLines {
    let template: NameTemplate
    let format: OutputFormat
    /// The pages that become files, where names have their numbers.
    let pages: PageSelection

    /// One line.
    struct Line {
        var entry: ListEntry
        /// What is of no concern for a run.
        var more: JSONValue = [:]
    }

    /// What a file costs beside its pixels, in pixels: to convert 160 × 160 pixels to WebP takes
    /// three times what the pixels alone take in larger pictures.
    private static let fileCost = 50_000

    /// The line for an input of which nothing is known.
    ///
    /// - Precondition: The template needs no pictures, or a list has said the output.
    func line(for entry: ManifestEntry) -> Line { line(for: entry, size: nil, page: entry.page) }

    /// The line for an input that cannot be converted; none if it has no name.
    func lines(for entry: ManifestEntry, _ failure: Failure) -> [Line] {
        guard entry.output != nil || !template.needsPictures else { return [] }
        var line = line(for: entry)
        line.entry.cost = 0
        line.more = ["error": failure.json]
        return [line]
    }

    /// The lines for an input that has been opened.
    ///
    /// - Throws: ``/FormatKit/ImageError`` if it lacks a page that was asked for.
    func lines(
        for entry: ManifestEntry, _ report: ItemReport
    ) throws(ImageError) -> [Line] {
        let isSplit = entry.output == nil && template.needsPages
        let numbers: [Int?] =
            isSplit ? try pages.indices(of: report.input.pageCount) : [entry.page]
        let pageCount = isSplit ? 1 : max(1, report.output.pageCount)
        let pixels = report.input.size.pixelCount.multipliedReportingOverflow(by: pageCount)
        let pixelCount = min(
            ListEntry.maximumNumber, pixels.overflow ? .max : pixels.partialValue)
        return numbers.map { page in
            var line = line(for: entry, size: report.output.size, page: page)
            line.entry.cost = min(ListEntry.maximumNumber, pixelCount + Self.fileCost)
            line.more = [
                "pixels": .integer(pixelCount), "bytes": .integer(report.input.byteCount),
                "format": .string(report.input.format),
            ]
            return line
        }
    }

    private func line(for entry: ManifestEntry, size: ImageSize?, page: Int?) -> Line {
        var line = Line(entry: ListEntry(input: entry.input))
        line.entry.output =
            entry.output
            ?? template.path(
                for: entry.input, in: entry.tree, format: format, size: size, page: page)
        line.entry.page = page
        return line
    }
}
