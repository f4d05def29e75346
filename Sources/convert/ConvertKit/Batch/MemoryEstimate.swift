internal import FormatKit

/// The memory that a conversion is expected to need, from the headers alone.
enum MemoryEstimate {
    /// The program, its libraries and the bands of rows.
    private static let baseByteCount = 24 << 20

    /// A codec that holds whole images is taken to hold the image in the layout that passes through
    /// the converter, and what its library makes of it.
    static func byteCount(of report: Converter.Report, registry: FormatRegistry) -> Int {
        let (source, target) = (report.plan.source, report.plan.target)
        let read = registry[report.sourceFormat]?.descriptor.read
        let write = registry[report.targetFormat]?.descriptor.write
        let reading = read?.streaming == .wholeImage ? bytesPerPixel(source) : 0
        let writing = write?.streaming == .wholeImage ? bytesPerPixel(target) : 0
        let (pixels, isHuge) = max(source.size.pixelCount, target.size.pixelCount)
            .multipliedReportingOverflow(by: reading + writing)
        return isHuge || pixels > .max - baseByteCount ? .max : pixels + baseByteCount
    }

    private static func bytesPerPixel(_ header: ImageHeader) -> Int {
        header.layout.bytesPerPixel + 4 * header.layout.sample.byteCount
    }
}
