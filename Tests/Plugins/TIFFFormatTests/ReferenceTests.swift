import FormatKit
import Foundation
import Testing

@testable import TIFFFormat

/// What independent programs make of the corpora: where two agree, so must we.
@Suite struct ReferenceTests {
    private static let files =
        SharedFolder.files("corpora/tiff/libtiffpic") + SharedFolder.files("corpora/tiff/images")

    /// Files on which no two of the programs agree, why, and who is right.
    private static let disputes: [(names: String, judge: String?, reason: String)] = [
        ("big_g4.tif", "gm", "its height exceeds a limit of ImageMagick's"),
        ("smallliz.tif zackthecat.tif", "gm", "ImageMagick 6 leaves YCbCr as it is"),
        ("dscf0013.tif ycbcr-cat.tif", "gm", "ImageMagick 6 leaves YCbCr as it is"),
        ("off_l16.tif off_luv32.tif", "tifffile", "the Magicks map the range to theirs"),
        ("off_luv24.tif", nil, "the Magicks map the range to theirs"),
        ("gradient-1c-64b.tiff gradient-3c-64b.tiff", "tifffile", "nobody else reads 64 bits"),
        ("-24b-", "gm", "tifffile takes 24 bits for big-endian, whatever the file is"),
    ]

    /// Who is right about a file on which no two agree; `nil` if two do.
    private static func dispute(_ name: String, _ image: Image) -> (
        judge: String?, isDisputed: Bool
    )? {
        // The Magicks take signed samples for unsigned, or only those of 8 bits; in tifffile's
        // script they are shifted as they are here.
        if image.header.details.contains(ImageDetail("sample_format", .text("signed integers"))) {
            return ("tifffile", true)
        }
        // libvips is asked about those in another test.
        if image.header.layout.alpha == .premultiplied { return ("tifffile", true) }
        return disputes.first { dispute in
            dispute.names.split(separator: " ").contains { name.contains($0) }
        }.map { ($0.judge, true) }
    }

    @Test(
        .enabled(if: !tifffile.isEmpty, "tifffile for Python is not installed"),
        .enabled(if: ForeignTool.path("convert-im6.q16", "magick") != nil),
        .enabled(if: ForeignTool.path("gm") != nil), arguments: files)
    func `pixels are those on which two other programs agree`(file: URL) throws {
        let name = file.lastPathComponent
        let bytes = [UInt8](try Data(contentsOf: file))
        if name == "text.tif" {
            #expect(throws: ImageError.self) { try decode(bytes) }
            return
        }
        let image = try decode(bytes)
        let ours = ReferencePixels(image)
        let theirs = try opinions(file, image.header)
        let tolerance = Self.tolerance(image)
        func differs(_ pixels: ReferencePixels, _ other: ReferencePixels, by steps: Int) -> Bool {
            pixels.distance(to: other).map { $0 > steps * tolerance } ?? true
        }
        if let (judge, _) = Self.dispute(name, image) {
            guard let judge else { return }
            let pixels = try #require(theirs.first { $0.name == judge }?.pixels)
            #expect(!differs(ours, pixels, by: 3), "\(name) \(image.header.layout)")
            return
        }
        let agreed = theirs.indices.flatMap { first in
            theirs[(first + 1)...].filter { !differs($0.pixels, theirs[first].pixels, by: 1) }
                .map { [theirs[first].pixels, $0.pixels] }
        }
        #expect(!agreed.isEmpty, "\(name): no two programs agree on \(image.header.layout)")
        #expect(
            agreed.contains { $0.allSatisfy { !differs(ours, $0, by: 1) } },
            "\(name) \(image.header.layout)")
    }

    /// What tifffile, ImageMagick and GraphicsMagick make of a file, as far as they can.
    private func opinions(
        _ file: URL, _ header: ImageHeader
    ) throws -> [(name: String, pixels: ReferencePixels)] {
        var all = Self.tifffile[file].map { [("tifffile", $0)] } ?? []
        guard header.layout.alpha != .premultiplied else { return all }
        for (name, tools) in [("magick", ["convert-im6.q16", "magick"]), ("gm", ["gm"])] {
            guard let path = tools.lazy.compactMap({ ForeignTool.path($0) }).first,
                let pixels = try ReferencePixels(file, path, like: header)
            else { continue }
            all.append((name, pixels))
        }
        return all
    }

    /// A step of the samples.
    private static func tolerance(_ image: Image) -> Int {
        image.header.layout.sample == .uint8 ? 257 : 1 << max(2, 16 - image.header.significantBits)
    }

    /// What tifffile makes of all files, in one run of Python.
    private static let tifffile: [URL: ReferencePixels] = {
        guard !files.isEmpty, let python = ForeignTool.path("python3") else { return [:] }
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "TIFFReference/decode.py")
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
            let result = try ForeignTool.run(
                python, [script.path, folder.path] + files.map(\.path))
            print(result.errors)
        } catch {
            print("skipped: \(error)")
        }
        var all: [URL: ReferencePixels] = [:]
        for (index, file) in files.enumerated() {
            let data = try? Data(contentsOf: folder.appending(path: "\(index).raw"))
            if let data { all[file] = ReferencePixels(littleEndian: [UInt8](data)) }
        }
        return all
    }()
}

/// Samples of 16 bits, gray repeated as red, green and blue: what every program can give.
struct ReferencePixels {
    let samples: [UInt16]

    init(littleEndian bytes: [UInt8]) {
        samples = stride(from: 0, to: bytes.count - 1, by: 2).map {
            UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8
        }
    }

    /// What a Magick makes of a file, in the channels of `header`.
    init?(_ file: URL, _ tool: String, like header: ImageHeader) throws {
        let colors = header.layout.model == .cmyk ? "CMYK" : "RGB"
        let kind = colors + (header.layout.hasAlpha ? "A" : "")
        let prefix = tool.hasSuffix("gm") ? ["convert"] : []
        let result = try ForeignTool.run(
            tool, prefix + [file.path + "[0]", "-endian", "LSB", "-depth", "16", "\(kind):-"])
        guard result.status == 0 else { return nil }
        self.init(littleEndian: result.output)
    }

    init(_ image: Image) {
        let layout = image.header.layout
        let values = Self.values(image.bytes, layout.sample)
        guard layout.model == .gray else {
            samples = values
            return
        }
        let count = layout.channelCount
        var repeated: [UInt16] = []
        for pixel in stride(from: 0, to: values.count, by: count) {
            repeated += [values[pixel], values[pixel]]
            repeated += values[pixel..<pixel + count]
        }
        samples = repeated
    }

    private static func values(_ bytes: [UInt8], _ sample: SampleType) -> [UInt16] {
        func number<T: FixedWidthInteger>(_ index: Int, _: T.Type) -> T {
            unsafe bytes.withUnsafeBytes {
                unsafe $0.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: T.self)
            }
        }
        return (0..<bytes.count / sample.byteCount).map { index in
            switch sample {
            case .uint8: return UInt16(bytes[index]) * 257
            case .uint16: return number(index, UInt16.self)
            case .float32:
                let value = Float(bitPattern: number(index, UInt32.self))
                // Comparisons in an order that sends NaN to 0.
                return value > 0 ? UInt16(min(value, 1) * 65535 + 0.5) : 0
            }
        }
    }

    /// The largest difference of a sample, or `nil` if the sizes differ.
    func distance(to other: ReferencePixels) -> Int? {
        guard samples.count == other.samples.count else { return nil }
        return zip(samples, other.samples).reduce(0) { max($0, abs(Int($1.0) - Int($1.1))) }
    }
}
