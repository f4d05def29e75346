internal import CImgconv
internal import ConvertKit
internal import FormatKit

/// An image that a caller decodes.
final class OpenImage {
    /// What decoding gives, in the layout with which the least is lost.
    let header: ImageHeader
    /// The number of pages or frames in the file.
    let frameCount: Int
    private let input: CallInput
    private let settings: CallSettings
    private let registry: FormatRegistry
    /// The blocks of metadata, by ``imgconv_block``.
    private let blocks: [CBytes?]

    /// Opens an image, and plans how it is decoded.
    ///
    /// - Throws: ``CallError``.
    init(_ input: CallInput, _ settings: CallSettings) throws(CallError) {
        self.input = input
        self.settings = settings
        registry = try input.registry(try Conversions.registry())
        let report = try Self.prepare(
            input, settings, registry, PixelOutput(layouts: PixelOutput.layouts), WarningLog()
        ).report
        header = report.plan.target
        frameCount = report.plan.source.frameCount
        let metadata = header.metadata
        blocks = [metadata.icc, metadata.exifCarryingOrientation, metadata.xmp].map { bytes in
            bytes.map(CBytes.init)
        }
    }

    /// A block of metadata; `nil` if there is none.
    @unsafe func block(_ kind: imgconv_block) -> UnsafeRawBufferPointer? {
        let index = Int(kind.rawValue)
        return blocks.indices.contains(index) ? unsafe blocks[index]?.all : nil
    }

    /// Decodes into the caller's memory.
    ///
    /// - Parameters:
    ///   - layout: How samples are to lie there.
    ///   - memory: The memory.
    /// - Returns: What was lost.
    /// - Throws: ``CallError``.
    func decode(_ layout: PixelLayout, into memory: PixelMemory) throws(CallError) -> CallResult {
        var wanted = header
        wanted.layout = layout
        guard memory.holds(wanted) else { throw .argument("the size or stride of the samples") }
        let log = WarningLog()
        let report = try CallError.translating { () throws(ImageError) in
            try Self.planned(
                input, settings, registry, PixelOutput(layouts: [layout], memory: memory), log
            ).run(to: MemorySink())
        }
        return CallResult(
            report, isSalvaged: settings.options.conversion.isSalvaging, warnings: log.all)
    }

    private static func prepare(
        _ input: CallInput, _ settings: CallSettings, _ registry: FormatRegistry,
        _ output: PixelOutput, _ log: WarningLog
    ) throws(CallError) -> PreparedConversion {
        if settings.options.run.isVerifying { throw .option("option verify needs an output file") }
        return try CallError.translating { () throws(ImageError) in
            try planned(input, settings, registry, output, log)
        }
    }

    private static func planned(
        _ input: CallInput, _ settings: CallSettings, _ registry: FormatRegistry,
        _ output: PixelOutput, _ log: WarningLog
    ) throws(ImageError) -> PreparedConversion {
        try settings.converter(registry, settings.context(warning: log)).prepare(
            input.source, extensionHint: input.extensionHint,
            selection: settings.options.conversion.selection, to: output, settings: WriteSettings())
    }
}
