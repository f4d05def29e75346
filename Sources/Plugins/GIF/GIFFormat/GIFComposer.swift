internal import FormatKit

/// Draws the frames of a file onto its canvas.
///
/// What no frame covers is transparent, as all viewers have it, whatever the background that the
/// file names.
final class GIFComposer {
    private let source: any ImageSource
    private let structure: GIFStructure
    private let context: CodecContext
    private let layout: PixelLayout
    private let memory: MemoryShare
    private var canvas: [UInt8] = []
    /// What was there before the last frame, if it is to come back.
    private var saved: [UInt8]?
    private var drawnCount = 0

    /// The canvas, and where something comes back another one.
    static func heldByteCount(_ structure: GIFStructure, _ layout: PixelLayout) -> Int {
        let isSaving = structure.frames.contains { $0.control.disposal == .restore }
        return structure.size.byteCount(perPixel: layout.bytesPerPixel * (isSaving ? 2 : 1))
    }

    init(
        of source: any ImageSource, _ structure: GIFStructure, layout: PixelLayout,
        context: CodecContext
    ) throws(ImageError) {
        memory = context.memory.makeShare()
        try memory.reserve(Self.heldByteCount(structure, layout))
        self.source = source
        self.structure = structure
        self.layout = layout
        self.context = context
    }

    /// The canvas as it is seen while a frame is shown.
    func image(at index: Int) throws(ImageError) -> [UInt8] {
        if index < drawnCount - 1 || drawnCount == 0 { reset() }
        while drawnCount <= index {
            try context.checkCancellation()
            dispose()
            let frame = structure.frames[drawnCount]
            drawnCount += 1
            // There is no other frame to see what comes back.
            let isLast = drawnCount == structure.frames.count
            if frame.control.disposal == .restore, !isLast { saved = canvas }
            do throws(ImageError) {
                try draw(frame, number: drawnCount)
            } catch {
                // The next attempt begins with an empty canvas.
                drawnCount = 0
                throw error
            }
        }
        return canvas
    }

    private func reset() {
        canvas = [UInt8](repeating: 0, count: structure.size.pixelCount * layout.bytesPerPixel)
        saved = nil
        drawnCount = 0
    }

    /// Clears or restores the area of the last frame, if it asks for that.
    private func dispose() {
        guard drawnCount > 0 else { return }
        let frame = structure.frames[drawnCount - 1]
        switch frame.control.disposal {
        case .keep: break
        case .clear: clear(frame)
        case .restore: if let saved { canvas = saved }
        }
        saved = nil
    }

    private func clear(_ frame: GIFFrame) {
        let columns = frame.columns(of: structure.size)
        for row in frame.rows(of: structure.size) {
            let start = (row * structure.size.width + columns.lowerBound) * layout.bytesPerPixel
            let count = columns.count * layout.bytesPerPixel
            canvas.replaceSubrange(start..<start + count, with: repeatElement(0, count: count))
        }
    }

    private func draw(_ frame: GIFFrame, number: Int) throws(ImageError) {
        let palette = try GIFInk(
            frame.colors.colors(in: source), transparentIndex: frame.control.transparentIndex,
            layout: layout)
        var decoder = LZWDecoder(frame, of: source)
        var indices = [UInt8](repeating: 0, count: frame.size.width)
        for (count, row) in frame.rowOrder.enumerated() {
            if count % 256 == 0 { try context.checkCancellation() }
            do throws(ImageError) {
                let found = try decoder.fill(&indices)
                guard found == indices.count else {
                    throw .malformed(
                        .gif, "frame \(number) ends in row \(count + 1) of \(frame.size.height)",
                        offset: decoder.offset)
                }
                try draw(indices, of: frame, row: frame.top + row, palette, decoder.offset)
            } catch {
                try salvage(frame, number, without: frame.rowOrder[count...], after: error)
                if number == 1 { try makeUp(frame, frame.rowOrder[count...], palette) }
                return
            }
        }
    }

    /// Goes on behind damage, if that is wanted and there is a good row.
    private func salvage(
        _ frame: GIFFrame, _ number: Int, without rows: ArraySlice<Int>, after error: ImageError
    ) throws(ImageError) {
        guard context.isSalvaging, number > 1 || rows.startIndex > 0 else { throw error }
        switch error {
        case .malformed, .truncated:
            context.warn("\(error)")
            var missing = RangeSet<Int>()
            for row in rows { missing.formUnion(RangeSet(frame.top + row..<frame.top + row + 1)) }
            context.loseRows(missing)
        default: throw error
        }
    }

    /// Fills rows with a color that the palette has, as it is told of.
    private func makeUp(
        _ frame: GIFFrame, _ rows: ArraySlice<Int>, _ palette: GIFInk
    ) throws(ImageError) {
        let indices = [UInt8](repeating: 0, count: frame.size.width)
        for row in rows { try draw(indices, of: frame, row: frame.top + row, palette, 0) }
    }

    private func draw(
        _ indices: [UInt8], of frame: GIFFrame, row: Int, _ palette: GIFInk, _ offset: Int
    ) throws(ImageError) {
        // What is not seen is not looked at.
        guard row < structure.size.height else { return }
        let columns = frame.columns(of: structure.size)
        let start = (row * structure.size.width + columns.lowerBound) * layout.bytesPerPixel
        let isWhole = unsafe canvas.withUnsafeMutableBytes { canvas in
            unsafe palette.draw(
                indices[..<columns.count],
                into: UnsafeMutableRawBufferPointer(
                    rebasing: canvas[start..<start + columns.count * layout.bytesPerPixel]))
        }
        guard isWhole else {
            throw .malformed(
                .gif, "a pixel has a color beyond the \(palette.count) of its frame",
                offset: offset)
        }
    }
}

/// The colors of a frame in the layout of the canvas.
struct GIFInk {
    /// The number of colors.
    let count: Int
    private let bytes: [UInt8]
    private let bytesPerPixel: Int
    private let transparentIndex: Int?

    init(_ colors: [RGBAColor], transparentIndex: UInt8?, layout: PixelLayout) {
        count = colors.count
        bytesPerPixel = layout.bytesPerPixel
        self.transparentIndex = transparentIndex.map(Int.init)
        bytes = colors.flatMap {
            layout.model == .gray
                ? [$0.red]
                : layout.hasAlpha ? [$0.red, $0.green, $0.blue, 255] : [$0.red, $0.green, $0.blue]
        }
    }

    /// Draws pixels; returns whether all of them have a color.
    func draw(_ indices: ArraySlice<UInt8>, into target: UnsafeMutableRawBufferPointer) -> Bool {
        var place = 0
        for index in indices {
            let index = Int(index)
            if index != transparentIndex {
                guard index < count else { return false }
                for channel in 0..<bytesPerPixel {
                    unsafe target[place + channel] = bytes[index * bytesPerPixel + channel]
                }
            }
            place += bytesPerPixel
        }
        return true
    }
}
