internal import FormatKit

/// Reads one GIF file.
///
/// Unless a frame is selected it delivers the first as if there were no other.
final class GIFReader: MultiImageReader {
    private(set) var header: ImageHeader
    let heldByteCount: Int?
    private let source: any ImageSource
    private let structure: GIFStructure
    private let context: CodecContext
    /// The layout in which all frames can be delivered.
    private let commonLayout: PixelLayout
    private var composer: GIFComposer?
    private var frame = 0
    /// All rows, once drawn.
    private var image: [UInt8]?
    private var rowCount = 0

    init(source: any ImageSource, context: CodecContext) throws(ImageError) {
        let structure = try GIFStructure(of: source, context: context)
        let look = try GIFLook(structure, source)
        let first = structure.frames[0]
        let timing = structure.frames.count > 1 ? structure.timing(0) : nil
        header = ImageHeader(
            size: structure.size, layout: look.layout(isUncovered: !first.covers(structure.size)),
            significantBits: look.significantBits, frameCount: structure.frames.count,
            animation: timing, storage: look.storage, metadata: look.metadata,
            losses: structure.extensions.losses + structure.losses + look.losses
                + structure.damage,
            details: structure.details)
        commonLayout = look.layout(isUncovered: structure.isUncovering)
        heldByteCount = GIFComposer.heldByteCount(structure, commonLayout)
        self.source = source
        self.structure = structure
        self.context = context
        var warnings = WarningRelay(context)
        if structure.isComplete {
            try Remainder(of: source, from: structure.end)?.tell(&warnings)
        }
    }

    func selectPage(_ index: Int) throws(ImageError) {
        precondition(index < header.frameCount)
        rowCount = 0
        // What has no other frame is drawn once.
        guard header.frameCount > 1 else { return }
        if header.layout != commonLayout {
            header.layout = commonLayout
            composer = nil
        }
        header.storage = nil
        header.animation = structure.timing(index)
        frame = index
        image = nil
    }

    func readRows(into band: inout PixelBand) throws(ImageError) {
        precondition(band.width == header.size.width && band.layout == header.layout)
        if image == nil { image = try draw() }
        if let image { rowCount += band.fill(from: image, row: rowCount) }
    }

    private func draw() throws(ImageError) -> [UInt8] {
        if composer == nil {
            composer = try GIFComposer(
                of: source, structure, layout: header.layout, context: context)
        }
        guard let composer else { return [] }
        return try composer.image(at: frame)
    }
}

extension GIFStructure {
    /// Whether parts of the canvas can be transparent while any of the frames is shown.
    var isUncovering: Bool {
        // There is nothing for the first frame to give back.
        frames.first?.covers(size) != true
            || frames.count > 1 && frames.first?.control.disposal == .restore
            || frames.dropLast().contains { $0.control.disposal == .clear }
    }

    /// The timing of a frame.
    func timing(_ index: Int) -> AnimationTiming {
        AnimationTiming(
            duration: FrameDuration(milliseconds: 10 * frames[index].control.delay),
            loopCount: extensions.loopCount)
    }

    /// What cannot be delivered of frames.
    var losses: [Loss] {
        var losses: [Loss] = []
        if frames.contains(where: { $0.exceeds(size) }) {
            losses.append(.picture("what lies outside of the canvas is left out"))
        }
        if frames.count > 1, frames.contains(where: { $0.control.waitsForInput }) {
            losses.append(.animation("that a person goes on to the next frame is left out"))
        }
        return losses
    }

    /// What `convert info` prints.
    var details: [ImageDetail] {
        [
            ImageDetail("version", .text(version)),
            ImageDetail("colors", .integer(frames[0].colors.count)),
            ImageDetail("interlaced", .text(frames[0].isInterlaced ? "yes" : "no")),
        ]
    }
}
