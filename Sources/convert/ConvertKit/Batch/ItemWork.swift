internal import FormatFiles
internal import FormatKit

/// The work on one open input.
struct ItemWork {
    let conversion: FileConversion
    let job: Job
    let source: any ImageSource
    /// The inputs whose pages follow.
    let further: [(source: any ImageSource, extensionHint: String?)]
    let context: CodecContext
    let outputs: ItemOutputs
    let admit: (Int) -> Void

    /// Opens the input and plans.
    func plan() throws(ImageError) -> ItemReport {
        var report: Converter.Report?
        do throws(ImageError) {
            _ = try converter.convert(
                source, extensionHint: job.input.fileExtension, joining: further,
                selection: selection,
                to: conversion.format.plugin, settings: conversion.settings,
                willWrite: { (planned) throws(ImageError) in
                    report = planned
                    throw .cancelled
                }
            ) { () throws(ImageError) in throw .cancelled }
        } catch {
            // The error that is thrown above; others come before there is a report.
            guard let report else { throw error }
            return ItemReport(report)
        }
        preconditionFailure("unreachable: no conversion ends without a sink")
    }

    /// Writes the output, and the smaller pictures before it; they have no names yet.
    func convert() throws(ImageError) -> ItemReport {
        let options = conversion.options
        if !job.previews.isEmpty { try writePreviews() }
        return ItemReport(
            try convert(selection, to: job.output), isSalvaged: options.isSalvaging)
    }

    /// What of the input is converted.
    private var selection: Selection {
        var selection = conversion.options.selection
        if !job.further.isEmpty { selection.pages = .all }
        if let page = job.page { selection.pages = .page(page) }
        return selection
    }

    private var converter: Converter {
        Converter(
            registry: conversion.registry, context: context,
            isStrict: conversion.options.isStrict, preferences: conversion.options.preferences,
            colorEngine: conversion.options.colorEngine,
            isVerifying: conversion.run.isVerifying)
    }

    private func convert(
        _ selection: Selection, to output: Endpoint
    ) throws(ImageError) -> Converter.Report {
        try converter.convert(
            source, extensionHint: job.input.fileExtension, joining: further,
            selection: selection,
            to: conversion.format.plugin, settings: conversion.settings,
            willWrite: { (report) throws(ImageError) in
                admit(
                    MemoryEstimate.byteCount(
                        of: report, registry: conversion.registry, settings: conversion.settings,
                        isVerifying: conversion.run.isVerifying))
                try context.checkCancellation()
            }
        ) { () throws(ImageError) in try outputs.sink(at: output) }
    }

    /// Writes the smaller pictures that come before the output.
    private func writePreviews() throws(ImageError) {
        let options = conversion.options
        let (_, reader) = try conversion.registry.makeReader(
            source: source, extensionHint: job.input.fileExtension, context: context)
        let size = try options.selection.resolved(for: reader.header.size).size
        let sizes = size.halvings(count: job.previews.count + 1).dropLast()
        for (size, path) in zip(sizes, job.previews) {
            _ = try convert(
                Selection(scale: .size(size), pages: selection.pages), to: .file(path))
        }
    }
}
