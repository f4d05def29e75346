internal import FormatKit

/// What a file says of its animation (PNG, 3rd edition, §11.3.6), but for the pixels.
struct PNGAnimation {
    /// The frames in the order in which they are shown.
    private(set) var frames: [PNGFrame] = []
    /// How often the animation is shown; 0 is for ever.
    let loopCount: Int

    /// Why an animation cannot be read.
    struct Damage: Error {
        let reason: String
    }

    /// Reads the control chunks of a file whose acTL has this content; damage is a result, for the
    /// default image can be read all the same.
    static func parse(
        _ content: [UInt8], _ structure: PNGStructure, of source: any ImageSource, _ limits: Limits
    ) throws(ImageError) -> Result<PNGAnimation, Damage> {
        let count = Int(content.bigEndian32())
        var animation = PNGAnimation(loopCount: Int(content.bigEndian32(at: 4)))
        var number = UInt32(0)
        for chunk in structure.chunks where [.frameControl, .framePixels].contains(chunk.type) {
            guard chunk.contentByteCount >= 4,
                try source.bytes(at: chunk.contentOffset, count: 4).bigEndian32() == number
            else { return .failure(Damage(reason: "expected number \(number) in \(chunk.type)")) }
            number += 1
            if chunk.type == .framePixels {
                guard let last = animation.frames.indices.last,
                    !animation.frames[last].isDefaultImage
                else { return .failure(Damage(reason: "fdAT without fcTL")) }
                animation.frames[last].pixelChunks.append(chunk)
            } else {
                guard
                    let frame = PNGFrame(
                        try chunk.content(in: source, limits) ?? [],
                        isDefaultImage: !structure.isLate(chunk), canvas: structure.size)
                else { return .failure(Damage(reason: "frame \(animation.frames.count + 1)")) }
                animation.frames.append(frame)
            }
        }
        guard count > 0, animation.frames.count == count else {
            let found = animation.frames.count
            return .failure(Damage(reason: "\(found) frames, expected \(count)"))
        }
        try limits.checkFrames(count)
        guard animation.frames.dropFirst().allSatisfy({ !$0.isDefaultImage }),
            animation.frames.allSatisfy({ $0.isDefaultImage || !$0.pixelChunks.isEmpty })
        else { return .failure(Damage(reason: "a frame without pixels")) }
        return .success(animation)
    }

    private init(loopCount: Int) {
        self.loopCount = loopCount
    }

    /// Whether parts of the canvas can be transparent although no pixel of the file is.
    func isUncovering(_ canvas: ImageSize) -> Bool {
        frames.first?.size != canvas || frames.dropLast().contains { $0.disposal == .clear }
    }

    /// The timing of a frame.
    func timing(_ index: Int) -> AnimationTiming {
        AnimationTiming(duration: frames[index].duration, loopCount: loopCount)
    }
}

/// Where and how a frame is drawn.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 4 | sequence number |
/// | 4 | 16 | width, height, left, top |
/// | 20 | 4 | duration: numerator and denominator (0 is 100), 16 bits each |
/// | 24 | 1 | what becomes of the frame's area afterward |
/// | 25 | 1 | 1: the frame is laid over what is there |
struct PNGFrame {
    /// What becomes of a frame's area before the next is drawn.
    enum Disposal: UInt8 {
        case keep
        case clear
        case restore
    }

    let size: ImageSize
    let left: Int
    let top: Int
    let duration: FrameDuration
    let disposal: Disposal
    let isBlended: Bool
    /// Whether the pixels are those of IDAT.
    let isDefaultImage: Bool
    /// The fdAT chunks.
    var pixelChunks: [PNGChunk] = []

    /// Parses the content of fcTL, or returns `nil` if it makes no sense.
    init?(_ content: [UInt8], isDefaultImage: Bool, canvas: ImageSize) {
        guard content.count == 26, let disposal = Disposal(rawValue: content[24]), content[25] <= 1
        else { return nil }
        let fields = [4, 8, 12, 16].map { Int(content.bigEndian32(at: $0)) }
        size = ImageSize(width: fields[0], height: fields[1])
        (left, top) = (fields[2], fields[3])
        guard size.width > 0, size.height > 0, left + size.width <= canvas.width,
            top + size.height <= canvas.height, !isDefaultImage || size == canvas
        else { return nil }
        let denominator = Int(content[22]) << 8 | Int(content[23])
        duration = FrameDuration(
            Int(content[20]) << 8 | Int(content[21]), denominator == 0 ? 100 : denominator)
        self.disposal = disposal
        isBlended = content[25] == 1
        self.isDefaultImage = isDefaultImage
    }
}
