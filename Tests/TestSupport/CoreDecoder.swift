internal import CCoinDecoder

/// The freestanding decoder, with memory of exactly the sizes that it asks for.
@safe public final class CoreDecoder {
    /// Why the decoder refuses.
    public struct Failure: Error, Equatable, CustomStringConvertible {
        /// The name of a case of `BitstreamError`, or what the caller did wrong.
        public let name: String
        /// Where the stream is wrong.
        public let offset: Int
        /// The field or argument.
        public let what: String

        /// All of it in a line.
        public var description: String { "\(name) at \(offset): \(what)" }

        fileprivate init(_ error: coin_decoder_error) {
            let names: [UInt32: String] = [
                1: "truncated", 2: "badSignature", 3: "textModeDamage", 4: "badChecksum",
                5: "misplacedBox", 6: "unknownBox", 7: "trailingBytes",
                8: "unsupportedVersion", 9: "unsupportedArchitecture",
                10: "unsupportedDefaults", 11: "unsupportedPacking", 12: "invalidField",
                13: "wrongLength", 20: "badArgument", 21: "smallMemory", 22: "cancelled",
            ]
            name = unsafe names[error.status.rawValue] ?? "another"
            offset = unsafe Int(error.offset)
            what = unsafe error.what.map { unsafe String(cString: $0) } ?? ""
        }
    }

    /// A part of the picture sampled at a size.
    public struct Region: Sendable {
        /// The size of the whole picture.
        public var size: (width: Int, height: Int)
        /// Left, top, width, height.
        public var x, y, width, height: Int

        /// Creates a region.
        public init(_ size: (width: Int, height: Int), x: Int, y: Int, width: Int, height: Int) {
            self.size = size
            (self.x, self.y, self.width, self.height) = (x, y, width, height)
        }

        fileprivate var raw: coin_decoder_region {
            coin_decoder_region(
                picture_width: UInt32(size.width), picture_height: UInt32(size.height),
                x: UInt32(x), y: UInt32(y), width: UInt32(width), height: UInt32(height))
        }
    }

    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private let memory: UnsafeMutableRawPointer
    private let decoder: OpaquePointer
    private let information: coin_decoder_info

    /// What the header says; throws if it is damaged.
    private static func probe(
        _ bytes: UnsafeMutableBufferPointer<UInt8>
    ) throws(Failure) -> coin_decoder_info {
        var info = unsafe coin_decoder_info()
        let error = unsafe coin_decoder_probe(bytes.baseAddress, bytes.count, &info)
        if unsafe error.status != COIN_DECODER_OK { throw unsafe Failure(error) }
        return unsafe info
    }

    /// What the first bytes of a stream say: width, height, channels, bit depth, octaves.
    public static func probe(_ stream: [UInt8]) throws(Failure) -> [Int] {
        let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(stream.count, 1))
        defer { unsafe bytes.deallocate() }
        _ = unsafe bytes.update(fromContentsOf: stream)
        let info = try unsafe probe(UnsafeMutableBufferPointer(rebasing: bytes[0..<stream.count]))
        return unsafe [info.width, info.height, info.channels, info.bit_depth, info.octave_count]
            .map(Int.init)
    }

    /// Opens a stream.
    ///
    /// - Parameters:
    ///   - stream: The bytes.
    ///   - less: How many bytes of memory are missing.
    /// - Throws: Why the stream is refused.
    public init(_ stream: [UInt8], less: Int = 0) throws(Failure) {
        let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: stream.count)
        _ = unsafe copy.update(fromContentsOf: stream)
        unsafe bytes = copy
        var opened: OpaquePointer?
        var failure: Failure?
        var space: UnsafeMutableRawPointer?
        var info = unsafe coin_decoder_info()
        do throws(Failure) {
            unsafe info = try unsafe Self.probe(copy)
            let size = unsafe Int(info.memory) - less
            unsafe space = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
            let error = unsafe coin_decoder_open(
                copy.baseAddress, copy.count, space, UInt64(size), &opened)
            if unsafe error.status != COIN_DECODER_OK { failure = unsafe Failure(error) }
        } catch { failure = error }
        guard let space = unsafe space, let opened = unsafe opened, failure == nil else {
            unsafe space?.deallocate()
            unsafe copy.deallocate()
            throw unsafe failure ?? Failure(coin_decoder_error())
        }
        unsafe memory = space
        unsafe decoder = opened
        unsafe information = unsafe coin_decoder_get_info(opened).pointee
    }

    deinit {
        unsafe memory.deallocate()
        unsafe bytes.deallocate()
    }

    /// Width and height.
    public var size: (width: Int, height: Int) {
        unsafe (Int(information.width), Int(information.height))
    }
    /// The number of channels.
    public var channelCount: Int { unsafe Int(information.channels) }
    /// 8 or 16.
    public var bitDepth: Int { unsafe Int(information.bit_depth) }
    /// Orientation, primaries and transfer.
    public var codes: [Int] {
        unsafe [information.orientation, information.primaries, information.transfer].map(Int.init)
    }
    /// The most multiply-adds that decoding takes.
    public var multiplyAdds: UInt64 { unsafe information.multiply_adds }
    /// The number of octaves.
    public var octaveCount: Int { unsafe Int(information.octave_count) }

    /// Why there are no pixels.
    public var missingPixels: Failure? {
        unsafe information.pixels.status == COIN_DECODER_OK
            ? nil : unsafe Failure(information.pixels)
    }

    /// The picture at an octave.
    public func whole(octave: Int = 0) -> Region {
        var info = unsafe information
        let raw = unsafe coin_decoder_octave(&info, UInt32(octave))
        return Region(
            (Int(raw.picture_width), Int(raw.picture_height)), x: Int(raw.x), y: Int(raw.y),
            width: Int(raw.width), height: Int(raw.height))
    }

    /// A block of metadata: 0 ICC, 1 Exif, 2 XMP.
    public func metadata(_ kind: UInt32) -> [UInt8]? {
        var count = 0
        let start = unsafe coin_decoder_metadata(decoder, coin_decoder_block(kind), &count)
        return unsafe start.map { unsafe Array(UnsafeBufferPointer(start: $0, count: count)) }
    }

    /// Unit, horizontal and vertical density.
    public var resolution: (unit: Int, horizontal: Double, vertical: Double)? {
        var found = coin_decoder_resolution()
        guard unsafe coin_decoder_get_resolution(decoder, &found) != 0 else { return nil }
        return (Int(found.unit), found.horizontal, found.vertical)
    }

    /// A value of a set of defaults.
    public static func defaultValue(set: Int, tensor: Int, row: Int, column: Int) -> Int {
        Int(coin_decoder_default(UInt32(set), UInt32(tensor), UInt32(row), UInt32(column)))
    }

    /// A window of a decoder, and its memory.
    @safe public final class Window {
        private let decoder: CoreDecoder
        private let memory: UnsafeMutableRawPointer
        private let window: OpaquePointer

        /// Makes a window for parts of a region, with `less` bytes too little.
        public init(_ decoder: CoreDecoder, _ region: Region, less: Int = 0) throws(Failure) {
            var raw = region.raw
            var size: UInt64 = 0
            var error = unsafe coin_decoder_window_size(decoder.decoder, &raw, &size)
            if unsafe error.status != COIN_DECODER_OK { throw unsafe Failure(error) }
            let space = UnsafeMutableRawPointer.allocate(byteCount: Int(size), alignment: 16)
            var made: OpaquePointer?
            unsafe error = unsafe coin_decoder_window_begin(
                decoder.decoder, &raw, space, size - UInt64(less), &made)
            guard let made = unsafe made else {
                unsafe space.deallocate()
                throw unsafe Failure(error)
            }
            self.decoder = decoder
            unsafe memory = space
            unsafe window = made
        }

        deinit { unsafe memory.deallocate() }

        /// Decodes a region.
        ///
        /// - Parameters:
        ///   - region: The region.
        ///   - format: 0 as it is stored, 1 RGBA of 8 bits.
        ///   - gap: Bytes between rows, which must stay what they are.
        ///   - calls: How many calls of the progress function are let pass.
        /// - Returns: The samples, row by row.
        /// - Throws: Why there are none.
        public func decode(
            _ region: Region, format: UInt32 = 0, gap: Int = 0, calls: Int = .max
        ) throws(Failure) -> [UInt8] {
            var raw = region.raw
            var info = unsafe decoder.information
            let pixel = unsafe coin_decoder_pixel_bytes(&info, coin_decoder_format(format))
            let row = region.width * pixel
            var output = [UInt8](repeating: 0xA5, count: (row + gap) * region.height)
            var left = calls
            let error = unsafe coin_decoder_decode(
                window, &raw, coin_decoder_format(format), &output, row + gap,
                { user, _, _ in
                    guard let left = unsafe user?.assumingMemoryBound(to: Int.self) else {
                        return 1
                    }
                    unsafe left.pointee -= 1
                    return unsafe left.pointee < 0 ? 1 : 0
                }, &left)
            if unsafe error.status != COIN_DECODER_OK { throw unsafe Failure(error) }
            guard gap > 0 else { return output }
            return (0..<region.height).flatMap { y in
                let start = y * (row + gap)
                precondition(
                    output[start + row..<start + row + gap].allSatisfy { $0 == 0xA5 },
                    "something was written between rows")
                return output[start..<start + row]
            }
        }
    }

    /// Decodes a region in a window of its own.
    public func decode(_ region: Region) throws(Failure) -> [UInt8] {
        try Window(self, region).decode(region)
    }
}
