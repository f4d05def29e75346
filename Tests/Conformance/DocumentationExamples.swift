import BuiltInFormats
import CoinFormat
import FormatFiles
import FormatKit

/// What the documentation comments of the libraries show: `DocumentationTests` compare the lines, and
/// run them.
enum DocumentationExamples {
    // FormatRegistry
    static func identify(photograph: Path) throws {
        let registry = try BuiltInFormats.makeRegistry()
        let source = try FileSource(path: photograph)
        let (format, reader) = try registry.makeReader(source: source, context: CodecContext())
        print(format.name, reader.header.size, reader.header.layout)
    }

    // BuiltInFormats
    static func listFormats() {
        for plugin in BuiltInFormats.plugins where plugin.descriptor.write != nil {
            print(plugin.descriptor.name, plugin.descriptor.fileExtensions)
        }
    }

    // Converter
    static func convert(photograph: Path, output: Path) throws {
        let registry = try BuiltInFormats.makeRegistry()
        guard let png = registry.plugin(named: "png") else { return }
        let converter = Converter(
            registry: registry, context: CodecContext(threadCount: 2),
            colorEngine: BuiltInFormats.colorEngine)
        let report = try converter.convert(
            try FileSource(path: photograph), to: png, settings: WriteSettings()
        ) { () throws(ImageError) in try FileSink(path: output, isReplacing: false) }
        for loss in report.losses { print("warning: \(loss)") }
    }

    // PreparedConversion
    static func prepare(
        converter: Converter, source: FileSource, plugin: any FormatPlugin, output: Path
    ) throws {
        let prepared = try converter.prepare(source, to: plugin, settings: WriteSettings())
        for loss in prepared.report.losses { print("warning: \(loss)") }
        print("at most \(prepared.heldByteCount) bytes of memory beyond a few rows")
        let report = try prepared.run(to: try FileSink(path: output, isReplacing: false))
        print("\(report.outputByteCount) bytes")
    }

    // ConversionPreferences
    static func prefer() throws {
        // For the web: upright, in sRGB, and without the place where it was taken.
        let preferences = ConversionPreferences(
            metadata: [.icc, .exif], isKeepingLocation: false, orientation: .apply,
            isConvertedToSRGB: true)
        let converter = Converter(
            registry: try BuiltInFormats.makeRegistry(), context: CodecContext(),
            preferences: preferences, colorEngine: BuiltInFormats.colorEngine)
        _ = converter
    }

    // Selection
    static func select() {
        let thumbnail = Selection(fit: Selection.Fit(ImageSize(width: 400, height: 400)))
        let half = Selection(scale: .factor(0.5))
        let corner = Selection(region: PixelRegion(columns: 0..<64, rows: 0..<64))
        let frames = Selection(pages: .list([0...2, 6...PageSelection.last]))
        _ = (thumbnail, half, corner, frames)
    }

    // WriteSettings
    static func set(jpeg: any FormatPlugin) throws {
        let options = try OptionValues(parsing: ["subsampling": "444"], for: jpeg.descriptor)
        let settings = WriteSettings(quality: 90, options: options)
        _ = settings
    }

    // EncodingTarget
    static func aim(photograph: Path, output: Path, webP: any FormatPlugin) throws {
        let converter = Converter(
            registry: try BuiltInFormats.makeRegistry(), context: CodecContext(),
            target: .byteCount(20_000))
        let report = try converter.convert(
            try FileSource(path: photograph), to: webP, settings: WriteSettings()
        ) { () throws(ImageError) in try FileSink(path: output, isReplacing: false) }
        if let reached = report.reached {
            print("\(reached.value) bytes at quality \(reached.settingValue)")
        }
    }

    // CodecContext
    static func makeContext() {
        let context = CodecContext(
            limits: Limits(pixelCount: 100_000_000, memoryByteCount: 1 << 30), threadCount: 4,
            isCancelled: { Task.isCancelled },
            progress: { print("\(Int(100 * $0.fraction)) % \($0.detail)") },
            warn: { print("warning: \($0)") })
        _ = context
    }

    // Limits
    static func limit(photograph: Path) throws {
        let registry = try BuiltInFormats.makeRegistry()
        let context = CodecContext(limits: Limits(pixelCount: 1_000_000))
        do throws(ImageError) {
            let source = try FileSource(path: photograph)
            let (_, reader) = try registry.makeReader(source: source, context: context)
            print(reader.header.size)
        } catch {
            switch error {
            case .limitExceeded(let name, let requested, let allowed):
                print("\(requested) \(name), of which \(allowed) are allowed")
            default: throw error
            }
        }
    }

    // MemoryBudget
    static func reserve() throws {
        let budget = MemoryBudget(limit: 1 << 20)
        let rows = budget.makeShare()
        try rows.reserve(ImageSize(width: 640, height: 64), bytesPerPixel: 4)
        print(budget.reservedByteCount)  // 163840
        rows.giveBack()
    }

    // Image
    static func draw(png: any FormatPlugin) throws {
        let header = ImageHeader(
            size: ImageSize(width: 256, height: 1), layout: PixelLayout(.gray, .uint8))
        let ramp = Image(header: header, bytes: Array(0...255))
        let sink = MemorySink()
        try ramp.write(
            to: try png.makeWriter(
                sink: sink, header: header, settings: WriteSettings(), context: CodecContext()))
        print("\(sink.bytes.count) bytes of PNG")
    }

    // ImageReader
    static func read(reader: any ImageReader) throws {
        let (size, layout) = (reader.header.size, reader.header.layout)
        var band = PixelBand(width: size.width, layout: layout, rowCapacity: 64)
        var remaining = size.height
        while remaining > 0 {
            try reader.readRows(into: &band)
            remaining -= band.rowCount
            print("\(band.filledBytes.count) bytes of pixels")
        }
    }

    // ImageComparison
    static func compare(original: Image, decoded: Image) throws {
        let comparison = try ImageComparison(original, decoded)
        print(comparison.overall.psnr, comparison.similarity?.value ?? .nan)
    }

    // ImageMetadata
    static func keep(reader: any ImageReader) {
        let metadata = reader.header.metadata
        print(metadata.kinds.map(\.rawValue).sorted(), metadata.orientation)
        let colorsOnly = metadata.keeping([.icc, .codePoints, .gamma, .chromaticities])
        _ = colorsOnly
    }

    // MemorySource
    static func open(bytes: [UInt8]) throws {
        let registry = try BuiltInFormats.makeRegistry()
        let source = MemorySource(bytes)
        let (_, reader) = try registry.makeReader(source: source, context: CodecContext())
        let image = try Image(reading: reader)
        _ = image
    }

    // FileSink
    static func replace(output: Path, bytes: [UInt8]) throws {
        let sink = try FileSink(path: output, isReplacing: true)
        try sink.append(bytes)
        try sink.commit()  // Now the file has its name, and another that had it is gone.
    }

    // OutputSet
    static func appear(folder: Path, parts: [[UInt8]]) throws {
        let outputs = OutputSet()
        for (number, bytes) in parts.enumerated() {
            let path = folder.appending(Path("part\(number)"))
            let sink = try outputs.sink(at: path, replacing: .nothing)
            try sink.append(bytes)
            try sink.commit()
        }
        try outputs.commit()  // All of them appear, or none does.
    }

    // Files
    static func openNamed(name: String) throws {
        // A file, a pipe or a device, of which at most 1 GiB is collected.
        let source = try Files.source(at: Path(name), limit: 1 << 30)
        print("\(source.byteCount) bytes")
    }

    // CoinDecoder
    static func decode(file: Path) throws {
        let source = try FileSource(path: file)
        let decoder = try CoinDecoder(
            parsing: try source.bytes(at: 0, count: source.byteCount),
            context: CodecContext(threadCount: 2))
        let whole = try decoder.decode()
        let thumbnail = try decoder.decode(size: ImageSize(width: 96, height: 64))
        let corner = try decoder.decode(region: PixelRegion(columns: 0..<32, rows: 0..<32))
        _ = (whole, thumbnail, corner)
    }

    // CoinPreviews
    static func preview(decoder: CoinDecoder) async throws {
        for try await preview in decoder.previews(count: 4) {
            print(preview.header.size)  // An eighth of each side, a quarter, a half, all of it.
        }
    }

    // CoinPlugin
    static func encode(image: Image) throws {
        let coin = CoinPlugin()
        let halfABit = try OptionValues(parsing: ["bpp": "0.5"], for: coin.descriptor)
        let sink = MemorySink()
        try image.write(
            to: try coin.makeWriter(
                sink: sink, header: image.header,
                settings: WriteSettings(effort: 1, options: halfABit),
                context: CodecContext(threadCount: 2)))
    }
}
