import FormatKit
import Foundation
import Testing

@testable import TIFFFormat

/// Files that other programs made, beside the repository.
@Suite struct CorpusTests {
    @Test(arguments: SharedFolder.files("corpora/tiff/libtiffpic"))
    func `a libtiff sample picture decodes or is refused with a reason`(file: URL) throws {
        try judge(file)
    }

    @Test(arguments: SharedFolder.files("corpora/tiff/images"))
    func `a picture of the image-tiff corpus decodes or is refused with a reason`(
        file: URL
    ) throws {
        try judge(file)
    }

    @Test(arguments: SharedFolder.files("corpora/tiff/fuzz"))
    func `a fuzzer's file neither traps nor hangs`(file: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: file))
        var limits = Limits.default
        limits.pixelCount = 1 << 24
        limits.memoryByteCount = 256 << 20
        do {
            _ = try decode(bytes, limits: limits)
        } catch let error as ImageError {
            #expect(!error.description.isEmpty)
        }
    }

    /// ImageMagick 6 does not invert odd depths; the corpus has the same ramp both ways.
    @Test(arguments: SharedFolder.files("corpora/tiff/images/seq"))
    func `white is zero and black is zero give the same ramp`(file: URL) throws {
        let name = file.lastPathComponent
        guard name.contains("-miniswhite"), !name.contains("-24b"), !name.contains("-1b") else {
            return
        }
        let twin = file.deletingLastPathComponent()
            .appending(path: name.replacing("-miniswhite", with: ""))
        guard FileManager.default.fileExists(atPath: twin.path) else { return }
        let image = try decode([UInt8](try Data(contentsOf: file)))
        #expect(image.bytes == (try decode([UInt8](try Data(contentsOf: twin)))).bytes)
    }

    private func judge(_ file: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: file))
        let name = file.lastPathComponent
        let warnings = Lines()
        defer { for line in warnings.all { print("\(name): warning: \(line)") } }
        let image: Image
        do {
            image = try decode(bytes, warnings: warnings)
        } catch let error as ImageError {
            // Its ThunderScan data is damaged: no program reads it.
            if name == "text.tif", case .malformed = error { return }
            guard case .unsupported = error else {
                Issue.record("\(name): \(error)")
                return
            }
            print("\(name): \(error)")
            return
        }
        #expect(try decode(bytes, bandRows: 3) == image)
        let isOddWhiteIsZero =
            image.header.details.contains(ImageDetail("photometric", .text("white is zero")))
            && ![1, 8].contains(image.header.significantBits)
        // libvips 8.14 mixes up the planes of gray with alpha.
        if isOddWhiteIsZero || name == "minisblack-2c-8b-alpha.tiff" { return }
        try compare(image, file)
    }

    /// Compares with what ImageMagick, or for premultiplied alpha libvips, makes of the file.
    private func compare(_ image: Image, _ file: URL) throws {
        let sample = image.header.layout.sample
        let theirs: [UInt8]
        let ours: Image?
        if image.header.layout.alpha == .premultiplied {
            guard let tool = ForeignTool.path("vips") else { return }
            theirs = try ForeignTool.withFile([]) {
                _ = try ForeignTool.run(tool, ["rawsave", file.path, $0])
                return [UInt8](try Data(contentsOf: URL(filePath: $0)))
            }
            // libvips divides by alpha, too.
            let layout = PixelLayout(image.header.layout.model, sample, alpha: .straight)
            ours = image.converted(to: layout)
        } else {
            guard let tool = ForeignTool.path("convert-im6.q16", "magick") else { return }
            let depth = ["-endian", "LSB", "-depth", "\(sample.bitCount)", "RGBA:-"]
            let result = try ForeignTool.run(tool, [file.path + "[0]"] + depth)
            // Its own limits can stop it.
            guard result.status == 0 else { return }
            theirs = result.output
            ours = image.converted(to: PixelLayout(.rgb, sample, alpha: .straight))
        }
        let difference = maximumDifference(ours?.bytes ?? [], theirs, sample)
        #expect(difference ?? .max <= 1, "\(file.lastPathComponent) \(image.header.layout)")
    }

    private func maximumDifference(
        _ first: [UInt8], _ second: [UInt8], _ sample: SampleType
    ) -> Int? {
        guard first.count == second.count else { return nil }
        let size = sample.byteCount
        func value(_ bytes: [UInt8], _ index: Int) -> Int {
            size == 1 ? Int(bytes[index]) : Int(bytes[2 * index]) | Int(bytes[2 * index + 1]) << 8
        }
        return (0..<first.count / size).reduce(0) {
            max($0, abs(value(first, $1) - value(second, $1)))
        }
    }
}
