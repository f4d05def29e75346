import FormatKit
import Foundation
import TestSupport
import Testing

@testable import WebPFormat

/// What other people's programs think of our animations, and we of theirs.
@Suite struct WebPAnimationJudgeTests {
    private typealias Judges = WebPJudgeTests
    static let magick = WebPJudgeTests.imageMagick

    private static func files() throws -> [(frames: [Image], bytes: [UInt8])] {
        let animations =
            [WebPFrames.noise(WebPFrames.rgb), WebPFrames.noise(WebPFrames.rgba)]
            + WebPAnimationTests.changes.map { WebPFrames.animated([$0[0], $0[0], $0[1], $0[0]]) }
        return try animations.flatMap { frames in
            try [
                WriteSettings(isLossless: true), WriteSettings(),
                WriteSettings(for: WebPPlugin(), options: ["mixed": "true"]),
            ].map { (frames, try WebPFrames.encode(frames, settings: $0)) }
        }
    }

    @Test(.enabled(if: WebPJudgeTests.webpinfo.isInstalled))
    func `webpinfo accepts our animations`() throws {
        for (_, bytes) in try Self.files() {
            let outcome = try Judges.webpinfo.run(["%"], on: bytes, pathExtension: "webp")
            #expect(outcome.status == 0)
            #expect(outcome.text.contains("No error detected"), "\(outcome.text)")
        }
    }

    @Test(.enabled(if: WebPJudgeTests.webpmux.isInstalled))
    func `webpmux finds our durations, loops and background`() throws {
        for (frames, bytes) in try Self.files() {
            let outcome = try Judges.webpmux.run(["-info", "%"], on: bytes, pathExtension: "webp")
            let lines = outcome.text.split(separator: "\n").map(String.init)
            #expect(lines.contains("Number of frames: \(frames.count)"), "\(outcome.text)")
            let timing = try #require(frames[0].header.animation)
            let color = String(timing.background?.argb ?? 0, radix: 16, uppercase: true)
            let zeros = String(repeating: "0", count: 8 - color.count)
            #expect(
                lines.contains {
                    $0.hasSuffix(
                        "0x\(zeros)\(color)  Loop Count : \(timing.loopCount)")
                }, "\(outcome.text)")
            let durations = lines.compactMap { line -> Int? in
                let fields = line.split(separator: " ")
                return fields.first?.last == ":" && fields.count == 11 ? Int(fields[6]) : nil
            }
            #expect(durations == frames.map { $0.header.animation?.duration.milliseconds ?? -1 })
        }
    }

    @Test(.enabled(if: WebPJudgeTests.vipsheader.isInstalled))
    func `libvips counts our frames`() throws {
        for (frames, bytes) in try Self.files() {
            let outcome = try Judges.vipsheader.run(
                ["-f", "n-pages", "%"], on: bytes, pathExtension: "webp")
            #expect(outcome.text == "\(frames.count)\n" && outcome.diagnostics.isEmpty)
        }
    }

    @Test(.enabled(if: magick.isInstalled))
    func `ImageMagick sees the same frames`() throws {
        // Its own arithmetic of transparency differs by rounding.
        let images = (0..<3).map { index in
            WebPFrames.plain(
                WebPFrames.rgb, [200, 100, 50],
                rectangle: (index * 3..<index * 3 + 5, 2..<8), [10, 20, UInt8(30 * index)])
        }
        for settings in [WriteSettings(isLossless: true), WriteSettings()] {
            let bytes = try WebPFrames.encode(WebPFrames.animated(images), settings: settings)
            let outcome = try Self.magick.run(
                ["%", "-coalesce", "-depth", "8", "rgb:-"], on: bytes, pathExtension: "webp")
            #expect(outcome.status == 0, "\(outcome.diagnostics)")
            #expect(try outcome.output == WebPFrames.decode(bytes).flatMap(\.bytes))
        }
    }

    /// Puts files together to an animation with webpmux; each frame comes with its option.
    private func assemble(_ frames: [(file: [UInt8], option: String)]) throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "webp-frames-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "animation.webp")
        var arguments: [String] = []
        for (index, frame) in frames.enumerated() {
            let file = folder.appending(path: "\(index).webp")
            try Data(frame.file).write(to: file)
            arguments += ["-frame", file.path, frame.option]
        }
        let outcome = try Judges.webpmux.run(
            arguments + ["-loop", "2", "-bgcolor", "9,8,7,6", "-o", output.path], on: [],
            pathExtension: "webp")
        #expect(outcome.status == 0, "\(outcome.diagnostics)")
        return try output.readBytes()
    }

    private func lossless(_ color: [UInt8], _ width: Int, _ height: Int) throws -> [UInt8] {
        let layout = color[3] == 255 ? WebPFrames.rgb : WebPFrames.rgba
        return try WebPFrames.plain(layout, color, size: (width, height)).encoded(
            by: WebPPlugin(), settings: WriteSettings(isLossless: true))
    }

    private let red: [UInt8] = [255, 0, 0, 255]
    private let green: [UInt8] = [0, 255, 0, 255]
    private let glass: [UInt8] = [0, 0, 255, 128]

    @Test(
        .enabled(if: WebPJudgeTests.webpmux.isInstalled),
        arguments: [(0, "+b"), (0, "-b"), (1, "+b"), (1, "-b")])
    func `frames stay or are cleared, are laid over or replace`(
        disposal: Int, blending: String
    ) throws {
        let bytes = try assemble([
            (lossless(red, 16, 12), "+40"),
            (lossless(green, 6, 4), "+50+2+2+\(disposal)+b"),
            (lossless(glass, 4, 4), "+60+4+4+0\(blending)"),
        ])
        let frames = try WebPFrames.decode(bytes)
        #expect(frames.map(\.header.animation?.duration.milliseconds) == [40, 50, 60])
        let timing = frames[0].header.animation
        #expect(timing?.loopCount == 2)
        #expect(timing?.background == RGBAColor(red: 8, green: 7, blue: 6, alpha: 9))
        // Without clearing and replacing, nothing can be transparent.
        let isOpaque = disposal == 0 && blending == "+b"
        #expect(frames.allSatisfy { $0.header.layout.hasAlpha != isOpaque })
        func pixel(_ frame: Int, _ x: Int, _ y: Int) -> [UInt8] {
            let count = isOpaque ? 3 : 4
            let bytes = Array(frames[frame].bytes[((y * 16 + x) * count)...].prefix(count))
            return isOpaque ? bytes + [255] : bytes
        }
        func isNear(_ a: [UInt8], _ b: [UInt8]) -> Bool {
            zip(a, b).allSatisfy { abs(Int($0) - Int($1)) <= 1 }
        }
        let below: [UInt8] = disposal == 0 ? green : [0, 0, 0, 0]
        #expect(pixel(0, 5, 5) == red && pixel(1, 5, 5) == green && pixel(1, 8, 6) == red)
        #expect(pixel(2, 2, 2) == below && pixel(2, 15, 11) == red)
        if blending == "-b" {
            #expect(pixel(2, 5, 5) == glass && pixel(2, 7, 7) == glass)
        } else {
            #expect(isNear(pixel(2, 7, 7), [127, 0, 128, 255]))
            #expect(isNear(pixel(2, 5, 5), disposal == 0 ? [0, 127, 128, 255] : glass))
        }
    }
}
