internal import CResampling

/// Makes the rows of a picture at another size of its rows, which are given in order.
@safe
final class RowMixer {
    private let columns: ResamplingAxis
    private let rows: ResamplingAxis
    private let sourceColumns: Range<Int>
    /// Whether rows are added up as they come, before columns are mixed; else columns come first.
    private let addsFirst: Bool
    private var form: resampling_form
    private let light: [Double]
    /// The number of pixels of a row of ``ring``.
    private let ringWidth: Int
    /// Sums of new rows, or old rows with new columns: each at its number modulo their count.
    private let ring: NumberRows
    /// A row as it is read, and one as it is written.
    private let (input, output): (NumberRows, NumberRows)
    /// The new row that is made next, and the first whose sum has not been begun.
    private var (nextRow, nextSum) = (0, 0)

    /// Prepares to make rows.
    ///
    /// - Throws: ``ImageError/limitExceeded(_:requested:allowed:)`` if memory is short.
    init(
        _ resizing: Resizing, _ resampling: Resampling, of header: ImageHeader,
        memory: MemoryShare
    ) throws(ImageError) {
        let filters = (
            columns: resizing.columns.filter(resampling), rows: resizing.rows.filter(resampling)
        )
        let tables = resizing.columns.byteCount(filters.columns).addingReportingOverflow(
            resizing.rows.byteCount(filters.rows))
        try memory.reserve(tables.overflow ? .max : tables.partialValue)
        columns = ResamplingAxis(resizing.columns.fromZero, filters.columns)
        rows = ResamplingAxis(resizing.rows, filters.rows)
        sourceColumns = resizing.columns.source
        addsFirst = resizing.rows.isShrinking
        light =
            resampling.isLinearLight ? LightCurve(of: header)?.table(for: header.layout) ?? [] : []
        try memory.reserve(light.count * 8)
        var form = unsafe resampling_form(header, light: nil, lightCount: light.count)
        let byteCount = unsafe resampling_stride(&form) * resampling_number_byte_count(&form)
        unsafe self.form = form
        ringWidth = addsFirst ? sourceColumns.count : columns.count
        let ringCount = addsFirst ? rows.openCount : rows.tapCount
        ring = try NumberRows(ringCount, width: ringWidth, byteCount, memory)
        input = try NumberRows(1, width: sourceColumns.count, byteCount, memory)
        output = try NumberRows(1, width: columns.count, byteCount, memory)
    }

    /// How many rows of the picture have to be given before the next row can be made.
    var rowsNeeded: Int { rows.samples(of: nextRow).upperBound }

    /// Takes a row of the picture.
    ///
    /// - Parameters:
    ///   - row: All of its columns.
    ///   - index: Its number in the picture.
    func add(_ row: PixelBand, at index: Int) {
        // What only rows need that are not wanted.
        guard index >= rows.firsts[nextRow] else { return }
        let offset = sourceColumns.lowerBound * row.layout.bytesPerPixel
        unsafe withForm { form in
            unsafe row.withFilledBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                unsafe resampling_load(&form, start + offset, input[0], sourceColumns.count)
            }
            if addsFirst {
                unsafe addToSums(index, &form)
            } else {
                unsafe columns.filter(input[0], &form, into: ring[index])
            }
        }
    }

    /// Adds the row that was read to all sums that it has a part in.
    private func addToSums(_ index: Int, _ form: inout resampling_form) {
        while nextSum < rows.count, rows.firsts[nextSum] <= index {
            ring.clear(nextSum)
            nextSum += 1
        }
        for sum in nextRow..<nextSum where rows.samples(of: sum).contains(index) {
            unsafe resampling_add(
                &form, input[0], rows.weight(of: index, in: sum), ring[sum], ringWidth)
        }
    }

    /// Makes the next row.
    ///
    /// - Precondition: The rows that it needs have been given.
    func makeRow(into pixels: UnsafeMutableRawBufferPointer) {
        guard let pixels = pixels.baseAddress else { return }
        unsafe withForm { form in
            if addsFirst {
                unsafe columns.filter(ring[nextRow], &form, into: output[0])
            } else {
                output.clear(0)
                for sample in rows.samples(of: nextRow) {
                    unsafe resampling_add(
                        &form, ring[sample], rows.weight(of: sample, in: nextRow), output[0],
                        ringWidth)
                }
            }
            unsafe resampling_store(&form, output[0], pixels, columns.count)
        }
        nextRow += 1
    }

    private func withForm(_ body: (inout resampling_form) -> Void) {
        unsafe light.withUnsafeBufferPointer { light in
            var form = unsafe form
            if !light.isEmpty { unsafe form.light = light.baseAddress }
            unsafe body(&form)
        }
    }
}

extension resampling_form {
    /// The form of a picture's rows.
    fileprivate init(_ header: ImageHeader, light: UnsafePointer<Double>?, lightCount: Int) {
        let layout = header.layout
        let isPlain = header.form.contains(.unspecifiedAlpha)
        unsafe self.init(
            sample: resampling_sample(layout.sample), channel_count: layout.channelCount,
            color_count: layout.model.channelCount,
            alpha: isPlain ? .none : resampling_alpha(layout.alpha), light: light,
            light_count: lightCount)
    }
}

extension resampling_sample {
    fileprivate init(_ sample: SampleType) {
        switch sample {
        case .uint8: self = .uint8
        case .uint16: self = .uint16
        case .float32: self = .float32
        }
    }
}

extension resampling_alpha {
    fileprivate init(_ alpha: AlphaMode) {
        switch alpha {
        case .opaque: self = .none
        case .straight: self = .straight
        case .premultiplied: self = .premultiplied
        }
    }
}

/// Rows of numbers, which are found by any number modulo their count.
@safe
private final class NumberRows {
    private let memory: UnsafeMutableRawPointer
    private let count: Int
    private let byteCount: Int

    /// Makes rows of zeros.
    ///
    /// - Throws: ``ImageError/limitExceeded(_:requested:allowed:)``.
    init(
        _ count: Int, width: Int, _ bytesPerPixel: Int, _ share: MemoryShare
    ) throws(ImageError) {
        let size = ImageSize(width: width, height: count)
        try share.reserve(size, bytesPerPixel: bytesPerPixel)
        self.count = count
        byteCount = width * bytesPerPixel
        unsafe memory = .allocate(byteCount: count * byteCount, alignment: 64)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: count * byteCount)
    }

    deinit {
        unsafe memory.deallocate()
    }

    subscript(index: Int) -> UnsafeMutableRawPointer {
        unsafe memory + index % count * byteCount
    }

    func clear(_ index: Int) {
        unsafe self[index].initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    }
}
