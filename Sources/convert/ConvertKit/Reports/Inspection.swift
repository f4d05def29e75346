package import FormatKit
internal import Synchronization

/// Opens files to look at them.
package struct Inspection: Sendable {
    private let registry: FormatRegistry
    private let limits: Limits
    private let codecOptions: CodecOptions

    /// Creates an inspection.
    package init(registry: FormatRegistry, limits: Limits, codecOptions: CodecOptions) {
        self.registry = registry
        self.limits = limits
        self.codecOptions = codecOptions
    }

    /// Reads a file's header, but no pixel.
    ///
    /// - Throws: ``/FormatKit/ImageError``.
    package func report(on input: Endpoint) throws(ImageError) -> ImageReport {
        let warnings = Mutex<[String]>([])
        let (format, reader, byteCount) = try open(input) { line in
            warnings.withLock { $0.append(line) }
        }
        return ImageReport(
            name: input.description, byteCount: byteCount, format: format,
            header: reader.header, stream: (reader as? any StreamReader)?.stream,
            warnings: warnings.withLock { $0 })
    }

    /// Reads a whole image.
    ///
    /// - Throws: ``/FormatKit/ImageError``.
    package func image(at input: Endpoint) throws(ImageError) -> Image {
        try Image(reading: try open(input) { _ in }.reader, limits: limits)
    }

    /// Decodes and compares two images.
    ///
    /// - Throws: ``CommandError`` if one cannot be read or they cannot be compared.
    package func compare(
        _ first: Endpoint, _ second: Endpoint
    ) throws(CommandError) -> ImageComparison {
        if first == .standard, second == .standard {
            throw .usage("only one image can come from standard input")
        }
        let (one, two) = (try readImage(first), try readImage(second))
        do throws(ImageComparison.Failure) {
            return try ImageComparison(one, two)
        } catch {
            throw .incomparable("\(first) and \(second)", error)
        }
    }

    private func readImage(_ input: Endpoint) throws(CommandError) -> Image {
        do throws(ImageError) {
            return try image(at: input)
        } catch {
            throw .failed(input.inputName, error)
        }
    }

    /// Prints a report on each of several files.
    ///
    /// - Returns: Failure if any could not be read.
    package func printReports(
        on inputs: [Endpoint], isJSON: Bool, console: Console, writeOutput: (String) -> Void
    ) -> ProgramStatus {
        var status = ProgramStatus.success
        for input in inputs {
            do throws(ImageError) {
                let report = try report(on: input)
                for warning in report.warnings { console.warning(input.inputName, warning) }
                writeOutput(isJSON ? "\(report.json)\n" : report.text)
            } catch {
                status = Interruption.signal.map(ProgramStatus.signal) ?? .failure
                console.error(input.inputName, error.message)
                let json: JSONValue = ["file": .string(input.description), "error": error.json]
                if isJSON { writeOutput("\(json)\n") }
            }
        }
        return status
    }

    private func open(
        _ input: Endpoint, warn: @escaping @Sendable (String) -> Void
    ) throws(ImageError) -> (format: FormatDescriptor, reader: any ImageReader, byteCount: Int) {
        let isCancelled: @Sendable () -> Bool = { Interruption.signal != nil }
        let source = try input.source(
            limit: limits.memoryByteCount, formats: registry, isCancelled: isCancelled)
        var context = CodecContext(
            limits: limits, threadCount: MachineResources.current().coreCount,
            isCancelled: isCancelled, warn: warn)
        context.codecOptions = codecOptions
        let (format, reader) = try registry.makeReader(
            source: source, extensionHint: input.fileExtension,
            context: context)
        return (format, reader, source.byteCount)
    }
}
