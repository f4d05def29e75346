internal import FormatKit

/// The memory that a conversion is expected to need, from the headers alone.
enum MemoryEstimate {
    /// The program, its libraries and the bands of rows.
    private static let baseByteCount = 24 << 20

    /// The sum of what reader, turning and writer hold.
    ///
    /// A codec that holds whole images takes what its plugin says, or else is taken to hold the image
    /// in the layout that passes through the converter, and what its library makes of it. An output
    /// is verified once its writer has given back what it held.
    static func byteCount(
        of report: Converter.Report, registry: FormatRegistry, settings: WriteSettings,
        isVerifying: Bool = false
    ) -> Int {
        let (source, target) = (report.plan.source, report.plan.target)
        let format = registry[report.targetFormat]?.descriptor
        let read = registry[report.sourceFormat]?.descriptor.read
        let reading = report.held.reader ?? held(source, read)
        let writing = report.held.writer ?? held(target, format?.write, settings)
        let verifying = isVerifying ? held(target, format?.read) : 0
        return [baseByteCount, reading, report.held.turning, max(writing, verifying)]
            .reduce(0) { sum, part in
                let (sum, overflow) = sum.addingReportingOverflow(part)
                return overflow ? .max : sum
            }
    }

    private static func held(_ header: ImageHeader, _ read: ReadCapabilities?) -> Int {
        guard let read, read.streaming == .wholeImage else { return 0 }
        return product(header, read.memoryPerPixel?(header.layout))
    }

    private static func held(
        _ header: ImageHeader, _ write: WriteCapabilities?, _ settings: WriteSettings
    ) -> Int {
        guard let write, write.streaming == .wholeImage else { return 0 }
        return product(header, write.memoryPerPixel?(header.layout, settings))
    }

    private static func product(_ header: ImageHeader, _ bytesPerPixel: Int?) -> Int {
        let usual = header.layout.bytesPerPixel + 4 * header.layout.sample.byteCount
        let (byteCount, overflow) = header.size.pixelCount.multipliedReportingOverflow(
            by: bytesPerPixel ?? usual)
        return overflow ? .max : byteCount
    }
}
