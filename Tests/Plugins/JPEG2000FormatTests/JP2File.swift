// Nothing where JPEG 2000 is not built in.
#if JPEG2000
    import FormatKit
    import TestSupport

    @testable import JPEG2000Format

    extension JP2Plugin {
        static let file = JP2Plugin.all[0]
        static let codestream = JP2Plugin.all[1]
    }

    /// A file made box by box around a codestream of ours.
    struct JP2File {
        typealias Box = (type: String, content: [UInt8])

        var codestream: [UInt8]
        /// The boxes of the header after the first.
        var header: [Box] = []
        /// The boxes before and after the codestream.
        var before: [Box] = []
        var after: [Box] = []

        init(_ codestream: [UInt8], _ header: [Box] = []) {
            self.codestream = codestream
            self.header = header
        }

        /// The codestream in a file, which a box of known size ends with.
        static func codestream(of file: [UInt8]) -> [UInt8] {
            let mark = Array("jp2c".utf8)
            let place = file.indices.first { file[$0...].starts(with: mark) } ?? 0
            return Array(file[(place + 4)...])
        }

        static func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
            word(8 + content.count) + Array(type.utf8) + content
        }

        static func word(_ number: Int) -> [UInt8] {
            (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
        }

        /// A `colr` box with a number.
        static func color(_ number: UInt8) -> Box { ("colr", [1, 0, 0, 0, 0, 0, number]) }

        /// A `cdef` box of channels, uses and associations.
        static func definitions(_ entries: [(Int, Int, Int)]) -> Box {
            func bytes(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
            return (
                "cdef",
                bytes(entries.count)
                    + entries.flatMap { bytes($0.0) + bytes($0.1) + bytes($0.2) }
            )
        }

        var bytes: [UInt8] {
            let first: Box = ("ihdr", [UInt8](repeating: 0, count: 14))
            let inner = ([first] + header).flatMap { Self.box($0.type, $0.content) }
            return JP2Plugin.signature
                + Self.box("ftyp", Array("jp2 ".utf8) + [0, 0, 0, 0] + Array("jp2 ".utf8))
                + Self.box("jp2h", inner) + before.flatMap { Self.box($0.type, $0.content) }
                + Self.box("jp2c", codestream) + after.flatMap { Self.box($0.type, $0.content) }
        }

        func decoded(_ context: CodecContext = CodecContext()) throws -> Image {
            try Image(decoding: bytes, as: JP2Plugin.file, context: context)
        }

        /// A lossless codestream with samples as given, of as many bits.
        static func lossless(
            _ width: Int, _ height: Int, _ layout: PixelLayout, bits: Int? = nil, seed: UInt64 = 1,
            options: [String: String] = [:]
        ) throws -> (codestream: [UInt8], image: Image) {
            let image = JP2File.image(width, height, layout, bits: bits, seed: seed)
            let file = try image.encoded(
                by: JP2Plugin.file,
                settings: WriteSettings(
                    for: JP2Plugin.file, isLossless: true, options: options))
            return (codestream(of: file), image)
        }

        /// Random samples of so many bits, scaled to the whole range.
        static func image(
            _ width: Int, _ height: Int, _ layout: PixelLayout, bits: Int? = nil, seed: UInt64 = 1,
            metadata: ImageMetadata = ImageMetadata()
        ) -> Image {
            let bits = bits ?? layout.sample.bitCount
            let maximum = 1 << bits - 1
            let full = layout.sample == .uint16 ? 65_535 : 255
            var generator = SplitMix64(seed: seed)
            var bytes: [UInt8] = []
            for _ in 0..<width * height * layout.channelCount {
                let value = Int.random(in: 0...maximum, using: &generator)
                let sample = (value * full + maximum / 2) / maximum
                if layout.sample == .uint8 {
                    bytes.append(UInt8(sample))
                } else {
                    unsafe withUnsafeBytes(of: UInt16(sample)) { unsafe bytes += Array($0) }
                }
            }
            let header = ImageHeader(
                size: ImageSize(width: width, height: height), layout: layout,
                significantBits: bits, metadata: metadata)
            return Image(header: header, bytes: bytes)
        }
    }

    extension [UInt8] {
        /// The same with another byte at a place.
        func replacing(at index: Int, with byte: UInt8) -> [UInt8] {
            var bytes = self
            bytes[index] = byte
            return bytes
        }
    }

    extension Image {
        /// The samples as numbers.
        var numbers: [Int] {
            guard header.layout.sample == .uint16 else { return bytes.map { Int($0) } }
            return stride(from: 0, to: bytes.count, by: 2).map { index in
                unsafe bytes.withUnsafeBytes {
                    Int(unsafe $0.loadUnaligned(fromByteOffset: index, as: UInt16.self))
                }
            }
        }
    }
#endif
