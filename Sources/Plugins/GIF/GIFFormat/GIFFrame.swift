internal import FormatKit

/// How a frame is shown: what an extension in front of it says.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 1 | flags: disposal in bits 2 to 4; 2: a person goes on; 1: there is a transparent index |
/// | 1 | 2 | hundredths of a second |
/// | 3 | 1 | the transparent index |
struct GIFControl {
    /// What becomes of a frame's area before the next is drawn.
    enum Disposal: UInt8 {
        case keep = 1
        case clear = 2
        case restore = 3
    }

    let disposal: Disposal
    let waitsForInput: Bool
    /// Hundredths of a second.
    let delay: Int
    let transparentIndex: UInt8?

    /// Where nothing is said.
    static let none = GIFControl([0, 0, 0, 0])

    /// - Precondition: There are at least four bytes.
    init(_ content: [UInt8]) {
        let flags = content[0]
        switch flags >> 2 & 7 {
        case 2: disposal = .clear
        // Some old programs write 4.
        case 3, 4: disposal = .restore
        default: disposal = .keep
        }
        waitsForInput = flags & 2 != 0
        delay = Int(content[1]) | Int(content[2]) << 8
        transparentIndex = flags & 1 != 0 ? content[3] : nil
    }
}

/// Where and how a frame is drawn.
///
/// | offset | size | field |
/// | --- | --- | --- |
/// | 0 | 8 | left, top, width, height, 16 bits each |
/// | 8 | 1 | flags: 0x80: colors follow; 0x40: rows in four passes |
struct GIFFrame {
    let left: Int
    let top: Int
    let size: ImageSize
    let colors: GIFColorTable
    let isInterlaced: Bool
    let control: GIFControl
    /// The number of bits of the first codes, less one.
    let indexBitCount: Int
    /// Where the blocks of pixels begin.
    let pixelOffset: Int

    /// Reads up to the pixels.
    init(
        _ cursor: inout GIFCursor, number: Int, _ control: GIFControl?,
        globalColors: GIFColorTable?, _ limits: Limits
    ) throws(ImageError) {
        let start = cursor.offset
        left = try cursor.word()
        top = try cursor.word()
        size = ImageSize(width: try cursor.word(), height: try cursor.word())
        let flags = try cursor.byte()
        let own = flags & 0x80 != 0 ? try GIFColorTable(flags, &cursor) : nil
        let bitCount = try cursor.byte()
        guard size.pixelCount > 0 else {
            throw .malformed(.gif, "frame \(number) has the size \(size)", offset: start)
        }
        try limits.check(size)
        guard let colors = own ?? globalColors else {
            throw .malformed(.gif, "frame \(number) has no colors", offset: start)
        }
        guard (1...11).contains(bitCount) else {
            throw .malformed(
                .gif, "frame \(number) begins with codes of \(bitCount) bits, expected 1 to 11",
                offset: cursor.offset - 1)
        }
        self.colors = colors
        self.control = control ?? .none
        isInterlaced = flags & 0x40 != 0
        indexBitCount = Int(bitCount)
        pixelOffset = cursor.offset
    }

    /// The columns of the canvas that the frame covers.
    func columns(of canvas: ImageSize) -> Range<Int> {
        min(left, canvas.width)..<min(left + size.width, canvas.width)
    }

    /// The rows of the canvas that the frame covers.
    func rows(of canvas: ImageSize) -> Range<Int> {
        min(top, canvas.height)..<min(top + size.height, canvas.height)
    }

    /// Whether every pixel of the canvas gets a color.
    func covers(_ canvas: ImageSize) -> Bool {
        left == 0 && top == 0 && size.width >= canvas.width && size.height >= canvas.height
            && control.transparentIndex == nil
    }

    /// Whether some of it lies outside.
    func exceeds(_ canvas: ImageSize) -> Bool {
        left + size.width > canvas.width || top + size.height > canvas.height
    }

    /// The rows in the order in which they are stored.
    var rowOrder: [Int] {
        guard isInterlaced else { return Array(0..<size.height) }
        let passes = [(0, 8), (4, 8), (2, 4), (1, 2)]
        return passes.flatMap { Array(stride(from: $0.0, to: size.height, by: $0.1)) }
    }
}
