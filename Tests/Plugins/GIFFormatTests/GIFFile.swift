import FormatKit
import TestSupport

@testable import GIFFormat

/// A file by hand.
struct GIFFile {
    /// A table of colors, of which there are 2, 4, 8 and so on.
    typealias Colors = [[UInt8]]

    /// Red, green, blue, white.
    static let colors: Colors = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]
    /// The levels of two bits.
    static let grays: Colors = [0, 85, 170, 255].map { [$0, $0, $0] }

    private(set) var bytes: [UInt8]

    init(_ width: Int, _ height: Int, _ colors: Colors? = colors, shape: UInt8 = 0) {
        bytes =
            Array("GIF89a".utf8) + Self.word(width) + Self.word(height)
            + [colors.map { 0x80 | Self.size($0) } ?? 0, 0, shape]
            + (colors ?? []).flatMap { $0 }
    }

    static func word(_ value: Int) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }

    private static func size(_ colors: Colors) -> UInt8 {
        UInt8(colors.count.trailingZeroBitCount - 1)
    }

    /// Adds how the next frame is shown.
    func control(
        _ disposal: UInt8 = 0, delay: Int = 0, transparent: UInt8? = nil, flags: UInt8 = 0
    ) -> GIFFile {
        adding(
            [0x21, 0xF9, 4, disposal << 2 | flags | (transparent == nil ? 0 : 1)]
                + Self.word(delay) + [transparent ?? 0, 0])
    }

    /// Adds a frame whose pixels are those indices, each behind a code that clears the table, so
    /// that all codes are of one size.
    func frame(
        _ indices: [UInt8], _ width: Int, at place: (x: Int, y: Int) = (0, 0),
        colors: Colors? = nil, isInterlaced: Bool = false
    ) -> GIFFile {
        let height = indices.count / width
        let flags = (colors.map { 0x80 | Self.size($0) } ?? 0) | (isInterlaced ? 0x40 : 0)
        return adding(
            [0x2C] + [place.x, place.y, width, height].flatMap(Self.word) + [flags]
                + (colors ?? []).flatMap { $0 } + Self.pixels(indices))
    }

    /// The number of bits, then blocks of codes.
    static func pixels(_ indices: [UInt8]) -> [UInt8] {
        let codes = indices.flatMap { [4, Int($0)] } + [5]
        var (data, bits, count) = ([UInt8](), 0, 0)
        for code in codes {
            bits |= code << count
            count += 3
            while count >= 8 {
                data.append(UInt8(bits & 0xFF))
                (bits, count) = (bits >> 8, count - 8)
            }
        }
        if count > 0 { data.append(UInt8(bits)) }
        return [2] + blocks(data)
    }

    static func blocks(_ data: [UInt8]) -> [UInt8] {
        stride(from: 0, to: data.count, by: 255).flatMap {
            let block = data[$0..<min($0 + 255, data.count)]
            return [UInt8(block.count)] + block
        } + [0]
    }

    /// Adds the extension of a program.
    func program(_ name: String, _ content: [UInt8]) -> GIFFile {
        adding([0x21, 0xFF, UInt8(name.utf8.count)] + Array(name.utf8) + content)
    }

    /// Adds how often the animation is shown again.
    func loops(_ count: Int) -> GIFFile {
        program("NETSCAPE2.0", Self.blocks([1] + Self.word(count)))
    }

    func adding(_ more: [UInt8]) -> GIFFile {
        var file = self
        file.bytes += more
        return file
    }

    /// The file with its trailer.
    var complete: [UInt8] { bytes + [0x3B] }

    func decoded(_ context: CodecContext = CodecContext()) throws(ImageError) -> Image {
        try Image(decoding: complete, as: GIFPlugin(), context: context)
    }

    func frames(_ context: CodecContext = CodecContext()) throws(ImageError) -> [Image] {
        try [Image](decoding: complete, as: GIFPlugin(), context: context)
    }
}

extension Image {
    /// The pixels as letters: of the colors of ``GIFFile/colors`` and `.` for what is transparent.
    var letters: String {
        let count = header.layout.channelCount
        return stride(from: 0, to: bytes.count, by: count).map { place in
            if header.layout.hasAlpha, bytes[place + 3] == 0 { return "." }
            let index = GIFFile.colors.firstIndex(of: Array(bytes[place..<place + 3]))
            return index.map { ["r", "g", "b", "w"][$0] } ?? "?"
        }.joined()
    }
}
