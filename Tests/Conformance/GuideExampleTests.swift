import BuiltInFormats
import FormatFiles
import FormatKit
import Foundation
import TestSupport
import Testing

@Suite struct GuideExampleTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test func `the guide for Swift shows the example that the tests compile`() throws {
        let guide = try String(
            contentsOf: Self.root.appending(path: "docs/swift.md"), encoding: .utf8)
        let example = try String(
            contentsOf: Self.root.appending(path: "Tests/Conformance/GuideExample.swift"),
            encoding: .utf8)
        #expect(guide.contains("```swift\n\(example)```\n"))
    }

    @Test func `the example of the guide for Swift does what it says`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let photograph = folder.appending(path: "in.png")
        let layout = PixelLayout(.rgb, .uint8)
        let size = ImageSize(width: 64, height: 48)
        let image = Image(
            header: ImageHeader(size: size, layout: layout),
            bytes: (0..<64 * 48 * 3).map { UInt8(truncatingIfNeeded: $0 / 48) })
        let png = try #require(BuiltInFormats.makeRegistry().plugin(named: "png"))
        try Data(image.encoded(by: png)).write(to: photograph)
        let parts = try encodeAndLook(
            at: Path(photograph.path), output: Path(folder.appending(path: "out.coin").path))
        #expect(
            parts.map(\.header.size)
                == [ImageSize(width: 96, height: 64), ImageSize(width: 32, height: 32)])
    }
}
