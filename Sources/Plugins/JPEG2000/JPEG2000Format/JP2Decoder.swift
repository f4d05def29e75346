internal import CJP2Shim
internal import FormatKit
internal import ShimKit

/// The owner of an OpenJPEG decoder.
@safe
final class JP2Decoder: ShimReporter {
    private let input: CallbackSource
    private let codestream: Codestream
    private let handle: OpaquePointer

    /// Creates a decoder.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    init(input: CallbackSource, _ codestream: Codestream) throws(ImageError) {
        guard
            let handle = unsafe cjp2_reader_create(
                CallbackSource.shimRead, CallbackSource.shimIsCancelled, input.address)
        else { throw .outOfMemory }
        self.input = input
        self.codestream = codestream
        unsafe self.handle = handle
    }

    deinit {
        unsafe cjp2_reader_destroy(handle)
    }

    /// Reads the main header.
    ///
    /// - Parameters:
    ///   - reduction: By how many powers of two the picture gets smaller.
    ///   - threadCount: The number of threads.
    /// - Throws: ``ImageError``.
    func open(reduction: Int, threadCount: Int) throws(ImageError) {
        let range = codestream.range.clamped(to: 0..<input.byteCount)
        try check(
            unsafe cjp2_reader_open(
                handle,
                cjp2_input(
                    offset: range.lowerBound, byte_count: range.count,
                    thread_count: Int32(clamping: threadCount),
                    takes_cut_tiles: codestream.isCut ? 1 : 0, reduction: UInt32(reduction))))
    }

    /// Decodes a tile.
    func decode(tile index: Int) throws(ImageError) {
        try check(unsafe cjp2_reader_decode_tile(handle, UInt32(index)))
    }

    /// Decodes all tiles.
    func decode() throws(ImageError) {
        try check(unsafe cjp2_reader_decode(handle))
    }

    /// Copies an area of what has been decoded.
    ///
    /// - Parameters:
    ///   - area: Counted in samples of the first component.
    ///   - channels: How samples become pixels.
    ///   - pixels: Room for all rows, of which the first begins at the start.
    ///   - bytesPerRow: The distance of rows, in bytes.
    /// - Throws: ``ImageError``.
    func copy(
        _ area: GridArea, _ channels: JP2ChannelTables, to pixels: UnsafeMutableRawBufferPointer,
        bytesPerRow: Int
    ) throws(ImageError) {
        guard let start = pixels.baseAddress, !area.rows.isEmpty, !area.columns.isEmpty else {
            return
        }
        precondition(
            (area.rows.count - 1) * bytesPerRow + area.columns.count * channels.bytesPerPixel
                <= pixels.count)
        let status = unsafe channels.channels.withUnsafeBufferPointer { list in
            unsafe cjp2_reader_copy(
                handle, list.baseAddress, list.count, channels.isYCC ? 1 : 0,
                cjp2_area(
                    x: UInt32(area.columns.lowerBound), y: UInt32(area.rows.lowerBound),
                    width: UInt32(area.columns.count), height: UInt32(area.rows.count)),
                Int32(channels.sampleSize), start.assumingMemoryBound(to: UInt8.self), bytesPerRow)
        }
        try check(status)
    }

    /// Whether a pixel that was copied has a color which the palette lacks.
    var hasMetUnknownColor: Bool { unsafe cjp2_reader_has_met_unknown(handle) != 0 }

    var report: UnsafePointer<shim_report> { unsafe cjp2_reader_report(handle) }

    private func check(_ status: shim_status) throws(ImageError) {
        try JP2Shortage.told(status, by: self).checkReading(
            codestream.format, message, endingAt: codestream.range.upperBound,
            failure: input.failure)
    }
}

/// The channels of pixels in the shim's terms, with the tables that their samples are looked up in.
@safe
final class JP2ChannelTables {
    let isYCC: Bool
    let sampleSize: Int
    let bytesPerPixel: Int
    /// One for each channel.
    private(set) var channels: [cjp2_channel] = unsafe []
    private let tables: UnsafeMutableBufferPointer<UInt16>
    private let components: [TileGrid.Component]
    private let first: TileGrid.Component

    init(_ plan: JP2Channels, _ grid: TileGrid) {
        isYCC = plan.isYCC
        sampleSize = plan.layout.sample.byteCount
        bytesPerPixel = plan.layout.bytesPerPixel
        components = plan.channels.map { grid.components[$0.component] }
        first = grid.components[0]
        let samples = plan.tables(grid)
        unsafe tables = .allocate(capacity: samples.reduce(0) { $0 + $1.count })
        var place = 0
        for (channel, samples) in zip(plan.channels, samples) {
            let component = grid.components[channel.component]
            let table = unsafe UnsafeMutableBufferPointer(
                rebasing: tables[place..<place + samples.count])
            _ = unsafe table.initialize(from: samples)
            unsafe channels.append(
                cjp2_channel(
                    component: UInt32(channel.component),
                    step_x: UInt32(component.columnStep / first.columnStep),
                    step_y: UInt32(component.rowStep / first.rowStep), first_x: 0, first_y: 0,
                    offset: component.isSigned ? 1 << (component.bits - 1) : 0,
                    samples: UnsafePointer(table.baseAddress), maximum: Int32(samples.count - 1),
                    last_known: Int32((channel.values?.count ?? samples.count) - 1)))
            place += samples.count
        }
    }

    deinit {
        unsafe tables.deallocate()
    }

    /// Tells where what has been decoded begins.
    func place(at area: GridArea, reduction: Int) {
        for index in unsafe channels.indices {
            let samples = area.samples(of: components[index], reduction: reduction)
            unsafe channels[index].first_x = UInt32(samples.columns.lowerBound)
            unsafe channels[index].first_y = UInt32(samples.rows.lowerBound)
        }
    }
}
