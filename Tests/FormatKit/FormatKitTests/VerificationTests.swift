@testable import FormatKit
import Synchronization
import Testing

/// Outputs that are compared with what was to be written before anybody sees them.
@Suite struct VerificationTests {
    /// A sink whose bytes are not those that were written to it.
    private final class FaultySink: ImageSink {
        let sink = MemorySink()
        let change: (inout [UInt8]) throws(ImageError) -> Void
        var isCommitted = false
        var isDiscarded = false

        init(_ change: @escaping (inout [UInt8]) throws(ImageError) -> Void) {
            self.change = change
        }

        /// What is there, changed once somebody has begun to read.
        private var changed: Result<[UInt8], ImageError>?

        var byteCount: Int { (try? changed?.get().count) ?? sink.byteCount }

        func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
            unsafe sink.write(bytes, at: offset)
        }

        func read(
            at offset: Int, into buffer: UnsafeMutableRawBufferPointer
        ) throws(ImageError) -> Int {
            if changed == nil {
                do throws(ImageError) {
                    var bytes = sink.bytes
                    try change(&bytes)
                    changed = .success(bytes)
                } catch {
                    changed = .failure(error)
                }
            }
            let bytes = MemorySource(try changed?.get() ?? [])
            return unsafe bytes.read(at: offset, into: buffer)
        }

        func commit() { isCommitted = true }

        func discard() { isDiscarded = true }
    }

    /// Converts, with a sink that changes what it got; returns why the output was refused.
    private func refusal(
        _ file: [UInt8], from source: any FormatPlugin = ToyFormat(),
        to target: any FormatPlugin = ToyFormat(), pages: PageSelection = .first,
        preferences: ConversionPreferences = ConversionPreferences(),
        context: CodecContext = CodecContext(),
        change: @escaping (inout [UInt8]) throws(ImageError) -> Void = { _ in }
    ) throws -> ImageError? {
        let sink = FaultySink(change)
        let plugins = [source] + (target.descriptor.id == source.descriptor.id ? [] : [target])
        let converter = Converter(
            registry: try FormatRegistry(plugins), context: context, preferences: preferences,
            isVerifying: true)
        do throws(ImageError) {
            _ = try converter.convert(
                MemorySource(file), selection: Selection(pages: pages), to: target,
                settings: WriteSettings(), makeSink: { sink })
        } catch {
            #expect(!sink.isCommitted && sink.isDiscarded)
            return error
        }
        #expect(sink.isCommitted && !sink.isDiscarded)
        return nil
    }

    @Test(
        arguments: [
            (8, 9, "page 1: it is shown for 9/10 s, expected 2/10 s"),
            (8, 0, "page 1: it has no timing"),
            (9, 3, "page 1: its orientation is down, expected up"),
        ] as [(Int, UInt8, String)])
    func `an animation that is shown otherwise is refused`(
        offset: Int, value: UInt8, reason: String
    ) throws {
        let album = ToyAlbum(pages: .animation)
        let file = albumFile([ToyPage(tenths: 2, seed: 4), ToyPage(tenths: 7, seed: 5)])
        #expect(try refusal(file, from: album, to: album, pages: .all) == nil)
        let error = try refusal(file, from: album, to: album, pages: .all) { $0[offset] = value }
        #expect(error == .verificationFailed(FormatID("album"), reason))
    }

    @Test(arguments: 0..<4)
    func `outputs that are right pass`(layout: Int) throws {
        let file = toyFile(width: 150, height: 200, layout: layout)
        #expect(try refusal(file) == nil)
        let converted = ToyFormat(layouts: [ToyFormat.layouts[(layout + 1) % 4]])
        #expect(try refusal(file, to: converted) == nil)
        let preferences = ConversionPreferences(depth: 8, isDithered: true)
        #expect(try refusal(file, preferences: preferences) == nil)
    }

    @Test(arguments: [7, 8, 6 + 3 * 4, 6 + 3 * 30 * 20])
    func `one wrong bit is found and named`(offset: Int) throws {
        let file = toyFile(width: 30, height: 20, layout: 1)
        let error = try refusal(file) { $0[offset] ^= 1 }
        guard case .verificationFailed(FormatID("toy"), let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let pixel = (offset - 7) / 3
        #expect(reason.hasPrefix("the pixel at \(pixel % 30),\(pixel / 30) is "), "\(reason)")
        #expect(reason.hasSuffix("(rgb uint8, hexadecimal)"))
    }

    @Test func `a wrong size, layout or end is found`() throws {
        let file = toyFile(width: 30, height: 20, layout: 1)
        let cases: [(String, (inout [UInt8]) -> Void)] = [
            ("its size is 29x20, expected 30x20", { $0[4] = 29 }),
            ("its size is 30x19, expected 30x20", { $0[5] = 19 }),
            ("the output cannot be decoded: the toy file is truncated", { $0.removeLast() }),
            ("the output cannot be decoded: not an image", { $0[0] = 0 }),
            ("the pixel at 0,0 is", { $0[6] = 0 }),
        ]
        for (reason, change) in cases {
            let text = try refusal(file, change: change).map(\.description)
            #expect(text?.contains(reason) == true, "\(String(describing: text)) \(reason)")
        }
        // Eight bits are not sixteen, whatever they are.
        let deep = toyFile(width: 30, height: 20, layout: 2)
        let text = try refusal(deep) { $0[6] = 1 }.map(\.description)
        #expect(text?.contains("its pixels are rgb uint8, expected rgb uint16") == true)
    }

    @Test func `every page is compared`() throws {
        let pages = [
            ToyPage(seed: 1), ToyPage(width: 5, layout: 1, orientation: .left, seed: 2),
            ToyPage(width: 2, height: 4, layout: 2, seed: 3),
        ]
        let file = albumFile(pages)
        func refusal(
            _ orientation: ConversionPreferences.OrientationHandling = .keep,
            change: @escaping (inout [UInt8]) -> Void = { _ in }
        ) throws -> String? {
            try self.refusal(
                file, from: ToyAlbum(), to: ToyAlbum(), pages: .all,
                preferences: ConversionPreferences(orientation: orientation), change: change
            ).map(\.description)
        }
        #expect(try refusal() == nil)
        #expect(try refusal(.apply) == nil)
        let text = try refusal { $0[$0.count - 1] ^= 1 }
        #expect(text?.contains("page 3: the pixel at 1,3 is") == true, "\(text ?? "")")
        let fewer = try refusal { $0[4] = 2 }
        #expect(fewer?.contains("it has 2 pages, expected 3") == true, "\(fewer ?? "")")
    }

    @Test func `what the system refuses keeps its name`() throws {
        let file = toyFile(width: 30, height: 20, layout: 1)
        let failure = ImageError.io("read back x", code: 5, reason: "input/output error")
        let error = try refusal(file) { (_) throws(ImageError) in throw failure }
        #expect(error == failure)
    }

    @Test func `a comparison can be interrupted`() throws {
        let count = Atomic(0)
        let context = CodecContext(isCancelled: {
            count.add(1, ordering: .relaxed).newValue > 1
        })
        // It is asked before the one band is written, and before it is compared.
        #expect(
            try refusal(toyFile(width: 30, height: 20, layout: 1), context: context) == .cancelled)
    }
}

/// Outputs of codecs that lose something.
@Suite struct LossyVerificationTests {
    /// 200 × 160 pixels of a slope with fine texture, as a band.
    private static func band(
        _ layout: PixelLayout = PixelLayout(.rgb, .uint8), texture: Int = 0,
        value: (_ x: Int, _ y: Int, _ channel: Int) -> Int = { x, y, c in 30 + x + c * y / 8 }
    ) -> PixelBand {
        var bytes: [UInt8] = []
        for y in 0..<160 {
            for x in 0..<200 {
                for channel in 0..<layout.channelCount {
                    let noise = (x * 7 + y * 13) % 2 == 0 ? texture : -texture
                    bytes.append(UInt8(max(0, min(255, value(x, y, channel) + noise))))
                }
            }
        }
        return PixelBand(width: 200, layout: layout, bytes: bytes)
    }

    private func failure(_ expected: PixelBand, _ found: PixelBand) -> String? {
        func header(_ band: PixelBand) -> ImageHeader {
            ImageHeader(size: ImageSize(width: 200, height: 160), layout: band.layout)
        }
        do throws(ImageError) {
            var comparison = try PictureComparison(
                expected: header(expected), found: header(found),
                treatment: WriteTreatment(isExact: false, bitsPerSample: 8),
                format: FormatID("toy"), page: nil)
            try comparison.add(expected, found)
            try comparison.finish()
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `texture and rounding may go`() {
        #expect(failure(Self.band(texture: 30), Self.band()) == nil)
        let rounded = Self.band { x, y, c in (30 + x + c * y / 8) / 64 * 64 + 32 }
        #expect(failure(Self.band(), rounded) == nil)
        #expect(failure(Self.band(PixelLayout(.gray, .uint8)), gray(as: .uint16)) == nil)
    }

    /// The gray slope in another depth.
    private func gray(as sample: SampleType) -> PixelBand {
        let band = Self.band(PixelLayout(.gray, .uint8))
        let converter = PixelConverter(
            from: band.layout, to: PixelLayout(.gray, sample))
        return converter?.convert(band) ?? band
    }

    @Test func `another picture is found`() throws {
        let slope = Self.band()
        let mirrored = Self.band { x, y, c in 30 + (199 - x) + c * y / 8 }
        let text = try #require(failure(slope, mirrored))
        #expect(text.contains("rows 0 to 63 are not those of the picture: means of 16 x 16 pixels"))
        #expect(failure(slope, Self.band { _, _, _ in 0 }) != nil)
        #expect(failure(slope, Self.band { x, y, c in 255 - (30 + x + c * y / 8) }) != nil)
    }

    @Test func `a strip that went missing is found, also the last and short one`() throws {
        let short = Self.band { x, y, c in y < 128 ? 30 + x + c * y / 8 : 0 }
        let text = try #require(failure(Self.band(), short))
        #expect(text.contains("rows 128 to 159 are not"))
        let middle = Self.band { x, y, c in (64..<128).contains(y) ? 0 : 30 + x + c * y / 8 }
        #expect(failure(Self.band(), middle)?.contains("rows 64 to 127 are not") == true)
    }

    @Test func `each channel counts`() throws {
        let wrong = Self.band { x, y, c in c == 1 ? 0 : 30 + x + c * y / 8 }
        #expect(failure(Self.band(), wrong)?.contains("of green differ by") == true)
    }

    @Test func `color below transparency does not count, transparency does`() {
        let layout = PixelLayout(.rgb, .uint8, alpha: .straight)
        let clear = Self.band(layout) { x, _, c in c == 3 ? (x < 100 ? 255 : 0) : 200 }
        let other = Self.band(layout) { x, _, c in c == 3 ? (x < 100 ? 255 : 0) : x < 100 ? 200 : 0
        }
        #expect(failure(clear, other) == nil)
        let opaque = Self.band(layout) { _, _, c in c == 3 ? 255 : 200 }
        #expect(failure(clear, opaque) != nil)
        #expect(failure(opaque, Self.band { _, _, _ in 200 }) == nil)
        #expect(failure(clear, Self.band { _, _, _ in 200 }) != nil)
    }

    @Test func `reals are measured by their own range`() {
        func floats(_ scale: Float) -> PixelBand {
            let values = (0..<32_000).map { Float($0 % 200) * scale }
            return unsafe PixelBand(
                width: 200, layout: PixelLayout(.gray, .float32),
                bytes: values.withUnsafeBytes { unsafe Array($0) })
        }
        #expect(failure(floats(100), floats(104)) == nil)
        #expect(failure(floats(100), floats(160)) != nil)
        #expect(failure(floats(0.001), floats(0.001)) == nil)
    }
}
