internal import BuiltInFormats
internal import CImgconv
internal import ConvertKit
internal import FormatFiles
internal import FormatKit

/// What calls do, by ``/FormatKit/Converter`` as the command does it.
enum Conversions {
    /// The formats that are built in: others would take processes.
    static func registry() throws(CallError) -> FormatRegistry {
        do throws(FormatRegistry.Conflict) {
            return try BuiltInFormats.makeRegistry()
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// Converts.
    ///
    /// - Parameters:
    ///   - input: What is read.
    ///   - path: The file to write, or `nil` for memory.
    ///   - formatName: The format to write, or `nil` for that of the options or of the path.
    ///   - settings: How it is done.
    /// - Returns: What came of it.
    /// - Throws: ``CallError``.
    static func convert(
        _ input: CallInput, to path: Path?, formatName: String?, _ settings: CallSettings
    ) throws(CallError) -> CallResult {
        let builtIn = try registry()
        let name = formatName ?? settings.options.formatName
        guard path != nil || name != nil else {
            throw .argument("the target has neither a path nor a format")
        }
        let options = settings.options
        let (format, write) = try CallError.translatingUsage { () throws(CommandError) in
            let format = try OutputFormat(
                of: path.map(Endpoint.file) ?? .standard, named: name, registry: builtIn)
            return (
                format,
                try options.conversion.writeSettings(
                    for: format.plugin.descriptor, registry: builtIn)
            )
        }
        let registry = try input.registry(builtIn)
        let log = WarningLog()
        let replacing: FileSink.Replacing = options.run.isReplacing ? .anything : .nothing
        let memory = MemorySink()
        let report = try CallError.translating { () throws(ImageError) in
            // Before any work.
            if let path { try Files.checkOutput(at: path, replacing: replacing) }
            return try settings.converter(registry, settings.context(warning: log)).convert(
                input.source, extensionHint: input.extensionHint,
                selection: options.conversion.selection, to: format.plugin, settings: write
            ) { () throws(ImageError) in
                try path.map { path throws(ImageError) in
                    try Files.sink(at: path, replacing: replacing)
                } ?? memory
            }
        }
        return CallResult(
            report, isSalvaged: options.conversion.isSalvaging, warnings: log.all,
            bytes: path == nil ? memory.bytes : nil)
    }

    /// Tells what is in a file.
    ///
    /// - Throws: ``CallError``.
    static func inspect(
        _ input: CallInput, _ settings: CallSettings
    ) throws(CallError) -> CallResult {
        let registry = try input.registry(try registry())
        let log = WarningLog()
        let report = try CallError.translating { () throws(ImageError) in
            let (format, reader) = try registry.makeReader(
                source: input.source, extensionHint: input.extensionHint,
                context: settings.context(warning: log))
            return ImageReport(
                name: input.name, byteCount: input.source.byteCount, format: format,
                header: reader.header, stream: (reader as? any StreamReader)?.stream,
                warnings: log.all)
        }
        return CallResult(json: report.json, warnings: report.warnings)
    }

    /// Lists the formats.
    ///
    /// - Throws: ``CallError``.
    static func listFormats() throws(CallError) -> CallResult {
        CallResult(json: .array(try registry().plugins.map { FormatReport($0).json }))
    }
}
