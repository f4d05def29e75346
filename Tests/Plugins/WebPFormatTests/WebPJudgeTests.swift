import FormatKit
import Foundation
import TestSupport
import Testing

@testable import WebPFormat

/// What other people's programs think of the files that we write, and we of theirs.
@Suite struct WebPJudgeTests {
    static let webpinfo = ForeignTool("webpinfo")
    static let webpmux = ForeignTool("webpmux")
    static let dwebp = ForeignTool("dwebp")
    static let imageMagick = ForeignTool("convert-im6")
    static let vipsheader = ForeignTool("vipsheader")
    static let exiftool = ForeignTool("exiftool")

    static func files() throws -> [(image: Image, bytes: [UInt8], isLossless: Bool)] {
        try WebPRoundTripTests.layouts.flatMap { layout in
            try [false, true].flatMap { isLossless in
                try [ImageMetadata(), SampleMetadata.all].map { metadata in
                    let image = Image.noise(23, 11, layout, metadata: metadata)
                    let settings = WriteSettings(isLossless: isLossless)
                    let bytes = try image.encoded(by: WebPPlugin(), settings: settings)
                    return (image, bytes, isLossless)
                }
            }
        }
    }

    @Test(.enabled(if: webpinfo.isInstalled)) func `webpinfo accepts our files`() throws {
        for (_, bytes, _) in try Self.files() {
            let outcome = try Self.webpinfo.run(["%"], on: bytes, pathExtension: "webp")
            #expect(outcome.status == 0)
            #expect(outcome.text.contains("No error detected"), "\(outcome.text)")
        }
    }

    @Test(.enabled(if: imageMagick.isInstalled)) func `ImageMagick reads the same pixels`() throws {
        for (_, bytes, _) in try Self.files() {
            let decoded = try Image(decoding: bytes, as: WebPPlugin())
            let channels = decoded.header.layout.hasAlpha ? "rgba" : "rgb"
            let outcome = try Self.imageMagick.run(
                ["%", "-depth", "8", "\(channels):-"], on: bytes, pathExtension: "webp")
            #expect(outcome.status == 0, "\(outcome.diagnostics)")
            #expect(outcome.output == decoded.bytes)
        }
    }

    @Test(.enabled(if: vipsheader.isInstalled)) func `libvips accepts our files`() throws {
        for (_, bytes, _) in try Self.files() {
            let outcome = try Self.vipsheader.run(["%"], on: bytes, pathExtension: "webp")
            #expect(outcome.status == 0 && outcome.diagnostics.isEmpty, "\(outcome.diagnostics)")
        }
    }

    @Test(.enabled(if: exiftool.isInstalled)) func `ExifTool finds our metadata`() throws {
        let image = Image.noise(
            4, 4, PixelLayout(.rgb, .uint8),
            metadata: ImageMetadata(exif: SampleMetadata.exif, orientation: .right))
        let outcome = try Self.exiftool.run(
            ["-s", "-n", "-warning", "-Orientation", "%"],
            on: image.encoded(by: WebPPlugin()), pathExtension: "webp")
        #expect(outcome.text.contains("Orientation                     : 6"))
        #expect(!outcome.text.contains("Warning"), "\(outcome.text)")
    }

    @Test(.enabled(if: webpmux.isInstalled && dwebp.isInstalled))
    func `reads an animation's first frame where it lies on the canvas`() throws {
        let layout = PixelLayout(.rgb, .uint8)
        let frames = try [(8, 6), (20, 14)].map { width, height in
            try Image.noise(width, height, layout).encoded(
                by: WebPPlugin(), settings: WriteSettings(isLossless: true))
        }
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "webp-animation-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "animation.webp")
        let second = folder.appending(path: "second.webp")
        try Data(frames[1]).write(to: second)
        let outcome = try Self.webpmux.run(
            [
                "-frame", "%", "+100+4+2", "-frame", second.path, "+100+0+0", "-loop", "3", "-o",
                output.path,
            ], on: frames[0], pathExtension: "webp")
        #expect(outcome.status == 0, "\(outcome.diagnostics)")
        let image = try Image(decoding: output.readBytes(), as: WebPPlugin())
        #expect(image.header.size == ImageSize(width: 20, height: 14))
        #expect(image.header.frameCount == 2)
        #expect(image.header.layout.hasAlpha)
        #expect(image.header.animation?.loopCount == 3)
        let small = Image.noise(8, 6, layout).bytes
        for y in 0..<14 {
            for x in 0..<20 {
                let pixel = Array(image.bytes[((y * 20 + x) * 4)...].prefix(4))
                let isInside = (4..<12).contains(x) && (2..<8).contains(y)
                let expected =
                    isInside
                    ? Array(small[(((y - 2) * 8 + x - 4) * 3)...].prefix(3)) + [255] : [0, 0, 0, 0]
                #expect(pixel == expected, "\(x),\(y)")
            }
        }
    }
}
