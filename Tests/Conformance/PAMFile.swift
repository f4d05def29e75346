import FormatKit

/// A picture as a PAM file of Netpbm: a header in text, then the samples.
///
/// Samples of 16 bits have their high byte first.
struct PAMFile: Equatable {
    var width: Int
    var height: Int
    var channelCount: Int
    var bitDepth: Int
    var samples: [UInt8]

    /// A text that is no such header.
    struct InvalidHeader: Error {
        let text: String
    }

    private static let end = Array("ENDHDR\n".utf8)
    private static let tupleTypes = ["GRAYSCALE", "GRAYSCALE_ALPHA", "RGB", "RGB_ALPHA"]

    /// The file of a decoded picture.
    init(_ image: Image) {
        let layout = image.header.layout
        width = image.header.size.width
        height = image.header.size.height
        channelCount = layout.channelCount
        bitDepth = layout.sample.bitCount
        guard bitDepth == 16 else {
            samples = image.bytes
            return
        }
        samples = stride(from: 0, to: image.bytes.count, by: 2).flatMap { index in
            let (first, second) = (image.bytes[index], image.bytes[index + 1])
            // In memory, samples have the byte order of the machine.
            return UInt16(1).littleEndian == 1 ? [second, first] : [first, second]
        }
    }

    /// Parses a file as ``serialized`` makes it.
    init(parsing bytes: [UInt8]) throws {
        let start = bytes.indices.first { bytes[$0...].starts(with: Self.end) }
        let text = String(decoding: bytes[..<(start ?? bytes.endIndex)], as: UTF8.self)
        let lines = text.split(separator: "\n").map { $0.split(separator: " ") }
        func value(_ name: String) -> Int? {
            lines.first { $0.count == 2 && $0[0] == name }.flatMap { Int($0[1]) }
        }
        guard let start, text.hasPrefix("P7\n"), let width = value("WIDTH"),
            let height = value("HEIGHT"), let depth = value("DEPTH"), let maximum = value("MAXVAL")
        else { throw InvalidHeader(text: text) }
        self.width = width
        self.height = height
        channelCount = depth
        bitDepth = maximum < 256 ? 8 : 16
        samples = Array(bytes[(start + Self.end.count)...])
    }

    /// The bytes of the file, the inverse of parsing.
    var serialized: [UInt8] {
        let header = """
            P7
            WIDTH \(width)
            HEIGHT \(height)
            DEPTH \(channelCount)
            MAXVAL \(1 << bitDepth - 1)
            TUPLTYPE \(Self.tupleTypes[channelCount - 1])
            ENDHDR

            """
        return Array(header.utf8) + samples
    }
}
