internal import FormatKit

/// The memory that a conversion is expected to need, from the headers alone.
enum MemoryEstimate {
    /// The program, its libraries and the bands of rows.
    private static let baseByteCount = 24 << 20

    /// The sum of what reader, turning and writer hold.
    ///
    /// A codec that only says that it holds whole images is taken to hold the image in the layout
    /// that passes through the converter, and what its library makes of it. An output is verified
    /// once its writer has given back what it held.
    static func byteCount(
        of report: Converter.Report, registry: FormatRegistry, isVerifying: Bool = false
    ) -> Int {
        let (source, target) = (report.plan.source, report.plan.target)
        let read = registry[report.sourceFormat]?.descriptor.read?.streaming
        let format = registry[report.targetFormat]?.descriptor
        let reading = report.held.reader ?? held(source, read)
        let writing = report.held.writer ?? held(target, format?.write?.streaming)
        let verifying = isVerifying ? held(target, format?.read?.streaming) : 0
        return [baseByteCount, reading, report.held.turning, max(writing, verifying)]
            .reduce(0) { sum, part in
                let (sum, overflow) = sum.addingReportingOverflow(part)
                return overflow ? .max : sum
            }
    }

    private static func held(_ header: ImageHeader, _ streaming: Streaming?) -> Int {
        guard streaming == .wholeImage else { return 0 }
        let bytesPerPixel = header.layout.bytesPerPixel + 4 * header.layout.sample.byteCount
        let (byteCount, overflow) = header.size.pixelCount.multipliedReportingOverflow(
            by: bytesPerPixel)
        return overflow ? .max : byteCount
    }
}
