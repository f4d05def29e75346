import BuiltInFormats
import CImgconv
import Foundation
import FormatKit
import TestSupport
import Testing

/// What programs in C get is what the command writes.
@Suite struct ConversionTests {
    private static func encoded(_ image: Image, as format: String) throws -> [UInt8] {
        let plugin = try #require(try BuiltInFormats.makeRegistry().plugin(named: format))
        return try TestImages.encoded(image, as: plugin)
    }

    private static let rgb = TestImages.picture(width: 37, height: 29)

    @Test(arguments: [
        ("coin", "effort=1 quality=60", PixelLayout(.rgb, .uint8)),
        ("coin", "--effort 1 --option coin.bpp=2", PixelLayout(.gray, .uint16)),
        ("webp", "quality=40", PixelLayout(.rgb, .uint8, alpha: .straight)),
        ("webp", "lossless", PixelLayout(.rgb, .uint8)), ("tiff", "", PixelLayout(.rgb, .uint16)),
        ("png", "fit=12 depth=8", PixelLayout(.rgb, .uint16, alpha: .straight)),
        ("ppm", "region=1,2,8,9 background=red", PixelLayout(.gray, .uint8, alpha: .straight)),
        ("gif", "verify", PixelLayout(.rgb, .uint8)),
    ])
    func `bytes equal those of the command`(
        format: String, options: String, layout: PixelLayout
    ) throws {
        let folder = try TemporaryFolder()
        let image = TestImages.picture(width: 37, height: 29, layout: layout)
        let input = try folder.write("in.png", try Self.encoded(image, as: "png"))
        let words = options.split(separator: " ").map { word in
            word.hasPrefix("--") || word.contains(".") || Int(word) != nil
                ? String(word) : "--\(word)"
        }
        let run = try ConvertTool.run([input, "command.\(format)", "--quiet"] + words, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let expected = try #require(folder.read("command.\(format)"))
        let settings = Library.Settings(options)
        let file = Library.convert(
            .path(input), to: folder("library.\(format)"), settings)
        #expect(file.status == IMGCONV_OK, "\(file.message)")
        #expect(folder.read("library.\(format)") == expected && file.bytes == nil)
        let png = try #require(folder.read("in.png"))
        let memory = Library.convert(.bytes(png), format: format, settings)
        #expect(memory.bytes == expected, "\(memory.message)")
        let samples = Library.convert(.image(image), format: format, settings)
        #expect(samples.bytes == expected, "\(samples.message)")
        let gaps = Library.convert(.image(image, gap: 5), format: format, settings)
        #expect(gaps.bytes == expected, "\(gaps.message)")
        #expect(gaps.losses == file.losses)
    }

    @Test func `results say what happened`() throws {
        let png = try Self.encoded(
            TestImages.picture(
                width: 9, height: 5, layout: PixelLayout(.rgb, .uint16, alpha: .straight)),
            as: "png")
        let answer = Library.convert(.bytes(png), format: "ppm", Library.Settings("depth=8"))
        #expect(answer.status == IMGCONV_OK && answer.message == "no error")
        #expect(
            answer.losses == [
                "16-bit samples become 8-bit", "transparency is flattened on white",
            ])
        let json = try #require(try parseJSON(answer.json) as? [String: Any])
        #expect(json["input_format"] as? String == "png" && json["output_width"] as? Double == 9)
        #expect((json["losses"] as? [Any])?.count == 2 && json["warnings"] as? [String] == [])
        let strict = Library.convert(
            .bytes(png), format: "ppm", Library.Settings("depth=8 strict"))
        #expect(strict.status == IMGCONV_LOSS_REFUSED && strict.bytes == nil)
        #expect(strict.message.hasPrefix("refused as lossy: 16-bit samples become 8-bit;"))
    }

    @Test func `files are inspected as the command does`() throws {
        let folder = try TemporaryFolder()
        let input = try folder.write("in.png", try Self.encoded(Self.rgb, as: "png"))
        let run = try ConvertTool.run(["info", "--json", input], in: folder)
        #expect(Library.inspect(.path(input)).json + "\n" == run.text)
        let samples = Library.inspect(.image(Self.rgb))
        #expect(samples.json.contains(#""format":"pixels","width":37,"height":29"#))
        let formats = unsafe Library.call { unsafe imgconv_list_formats($0, $1) }
        let list = try #require(try parseJSON(formats.json) as? [[String: Any]])
        let known = try BuiltInFormats.makeRegistry().descriptors.map(\.id.rawValue)
        #expect(list.compactMap { $0["id"] as? String } == known)
    }

    @Test func `metadata of samples are written, and found again`() throws {
        var image = Self.rgb
        image.header.metadata = ImageMetadata(
            icc: SampleProfile.icc("RGB "), exif: SampleExif.turned, xmp: Array("<x/>".utf8),
            resolution: Resolution(horizontal: 300, vertical: 150, unit: .inch),
            orientation: .left)
        let file = Library.convert(.image(image), format: "tiff")
        #expect(file.losses == [] && file.status == IMGCONV_OK, "\(file.message)")
        let (opened, answer) = unsafe Library.open(.bytes(file.bytes ?? []))
        #expect(answer.status == IMGCONV_OK, "\(answer.message)")
        defer { unsafe imgconv_close(opened) }
        var info = imgconv_image_info()
        info.size = UInt32(MemoryLayout<imgconv_image_info>.size)
        #expect(unsafe imgconv_get_image_info(opened, &info) == IMGCONV_OK)
        #expect(info.width == 37 && info.height == 29 && info.channels == 3 && info.bit_depth == 8)
        #expect(info.orientation == 8 && info.frames == 1)
        #expect(abs(info.density_x - 300) < 0.01 && abs(info.density_y - 150) < 0.01)
        var blocks: [[UInt8]] = []
        for kind in [IMGCONV_ICC, IMGCONV_EXIF, IMGCONV_XMP] {
            var start: UnsafeRawPointer?
            var count = 0
            #expect(unsafe imgconv_get_metadata(opened, kind, &start, &count) == IMGCONV_OK)
            unsafe blocks.append(Array(UnsafeRawBufferPointer(start: start, count: count)))
        }
        #expect(blocks[0] == image.header.metadata.icc && blocks[2] == image.header.metadata.xmp)
        #expect(ExifOrientation.read(from: blocks[1]) == .left)
    }

    @Test(arguments: [true, false])
    func `samples are turned as their program says, or else their Exif`(isSaid: Bool) throws {
        let declared = try #require(ExifOrientation.read(from: SampleExif.turned))
        #expect(declared != .up)
        var image = Self.rgb
        image.header.metadata.exif = SampleExif.turned
        let report = Library.inspect(.image(image, saysOrientation: isSaid)).json
        let orientation = isSaid ? Orientation.up : declared
        #expect(report.contains(#""orientation":\#(orientation.rawValue)"#), "\(report)")
    }

    @Test(arguments: PixelLayoutCase.all)
    func `samples come back, and gaps stay`(layout: PixelLayout) throws {
        let image = TestImages.picture(width: 13, height: 7, layout: layout)
        let png = try Self.encoded(image, as: "png")
        let (opened, answer) = unsafe Library.open(.bytes(png))
        #expect(answer.status == IMGCONV_OK, "\(answer.message)")
        defer { unsafe imgconv_close(opened) }
        let row = layout.bytesPerRow(width: 13)
        let whole = unsafe Library.decode(opened, height: 7, rowByteCount: row)
        #expect(whole.bytes == image.bytes && whole.losses == [], "\(whole.message)")
        let gaps = unsafe Library.decode(opened, height: 7, rowByteCount: row, gap: 3)
        for y in 0..<7 {
            let start = y * (row + 3)
            #expect(gaps.bytes?[start..<start + row] == image.bytes[y * row..<(y + 1) * row])
            if y < 6 { #expect(gaps.bytes?[start + row..<start + row + 3] == [0x5A, 0x5A, 0x5A]) }
        }
        for (gap, less) in [(0, 1), (3, 1)] {
            let small = unsafe Library.decode(
                opened, height: 7, rowByteCount: row, gap: gap, less: less)
            #expect(small.status == IMGCONV_INVALID_ARGUMENT)
            #expect(small.bytes?.allSatisfy { $0 == 0x5A } == true)
        }
        let rgba = unsafe Library.decode(
            opened, channels: 4, bitDepth: 8, height: 7, rowByteCount: 52)
        let expected = image.converted(to: PixelLayout(.rgb, .uint8, alpha: .straight))
        #expect(rgba.bytes == expected?.bytes)
        #expect(rgba.losses.isEmpty == (layout.sample == .uint8))
    }

    @Test func `options of size and of strictness hold for decoding`() throws {
        let png = try Self.encoded(Self.rgb, as: "png")
        let (opened, _) = unsafe Library.open(
            .bytes(png), Library.Settings("strict region=3,4,10,11"))
        defer { unsafe imgconv_close(opened) }
        let part = unsafe Library.decode(opened, height: 11, rowByteCount: 30)
        let rows = (4..<15).map { ($0 * 37 + 3) * 3 }
        let expected = rows.flatMap { Self.rgb.bytes[$0..<$0 + 30] }
        #expect(part.bytes == expected)
        let gray = unsafe Library.decode(opened, channels: 1, height: 11, rowByteCount: 10)
        #expect(gray.status == IMGCONV_LOSS_REFUSED)
        let verified = unsafe Library.open(.bytes(png), Library.Settings("verify")).answer
        #expect(verified.status == IMGCONV_INVALID_OPTION)
    }

    @Test func `calls from many threads do not disturb each other`() throws {
        let png = try Self.encoded(Self.rgb, as: "png")
        let registry = try BuiltInFormats.makeRegistry()
        let formats = ["webp", "tiff", "jpeg", "gif", "bmp", "qoi", "tga", "ppm", "png"].filter {
            // One may have been left out of the build.
            registry.plugin(named: $0)?.descriptor.write != nil
        }
        @Sendable func convert(_ number: Int) -> [UInt8]? {
            Library.convert(.bytes(png), format: formats[number % formats.count]).bytes
        }
        let expected = formats.indices.map(convert)
        #expect(expected.allSatisfy { $0 != nil })
        let isEqual = (0..<4 * formats.count).map { _ in LockedFlag() }
        DispatchQueue.concurrentPerform(iterations: isEqual.count) { number in
            if convert(number) == expected[number % formats.count] { isEqual[number].set() }
        }
        #expect(isEqual.allSatisfy { $0.isSet })
    }
}

/// The layouts that callers can have.
enum PixelLayoutCase {
    static let all = [ColorModel.gray, .rgb].flatMap { model in
        [SampleType.uint8, .uint16].flatMap { sample in
            [AlphaMode.opaque, .straight].map { PixelLayout(model, sample, alpha: $0) }
        }
    }
}
