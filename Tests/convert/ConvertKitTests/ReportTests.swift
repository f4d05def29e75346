import FormatKit
import TestSupport
import Testing

@testable import ConvertKit

@Suite struct ReportTests {
    @Test func `describes a format from its descriptor`() throws {
        let report = FormatReport(ToyFormat())
        #expect(report.text.contains("toy: Toy raw pixels (no library)\n  extensions: .toy\n"))
        #expect(
            report.text.contains(
                "--option toy.note=...: says hello; one of none, loud; default none"))
        let json = try #require(try parseJSON("\(report.json)") as? [String: Any])
        #expect(json["id"] as? String == "toy")
        #expect((json["write"] as? [String: Any])?["maximum_dimension"] as? Int == 65_535)
        #expect((json["options"] as? [[String: Any]])?.first?["type"] as? String == "choice")
    }

    @Test func `reports a comparison as text and as JSON`() throws {
        let images = [254, 255].map { value in
            Image(
                header: ImageHeader(
                    size: ImageSize(width: 2, height: 1), layout: PixelLayout(.gray, .uint8)),
                bytes: [0, value])
        }
        let comparison = try ImageComparison(images[0], images[1])
        let json = try #require(
            try parseJSON("\(comparison.json("a", "b"))") as? [String: Any])
        #expect(json["max_difference"] as? Int == 1 && json["identical"] as? Bool == false)
        #expect(comparison.text.contains("PSNR             51.1411 dB\n"))
        let same = try ImageComparison(images[0], images[0])
        #expect(same.text.contains("PSNR             identical\n"))
    }

    @Test func `describes a file with its metadata and details`() throws {
        let metadata = ImageMetadata(
            icc: [1, 2, 3], resolution: Resolution(horizontal: 300, vertical: 300, unit: .inch),
            orientation: .right)
        let details = [
            ImageDetail("layer_count", .integer(10)),
            ImageDetail("boxes", .record([ImageDetail("head", .integer(64))])),
            ImageDetail("widths", .list([.integer(2), .real(0.5), .text("x")])),
        ]
        let header = ImageHeader(
            size: ImageSize(width: 10, height: 8), layout: PixelLayout(.gray, .uint16),
            significantBits: 12, frameCount: 2, metadata: metadata, details: details)
        let report = ImageReport(
            name: "a.toy", byteCount: 100, format: ToyFormat().descriptor, header: header,
            warnings: [])
        let expected = """
            a.toy:
              format: toy (Toy raw pixels)
              size: 10x8, shown 8x10
              layout: gray uint16, 12 bits used
              frames: 2
              bytes: 100 (10.000 bits per pixel)
              icc: 3 bytes
              resolution: 300.0 x 300.0 (per inch)
              orientation: 6
              layer count: 10
              boxes:
                head: 64
              widths: 2, 0.5, x

            """
        #expect(report.text == expected)
        let json = try #require(try parseJSON("\(report.json)") as? [String: Any])
        let boxes = (json["details"] as? [String: Any])?["boxes"] as? [String: Any]
        #expect(boxes?["head"] as? Int == 64)
        #expect((json["metadata"] as? [String: Any])?["icc_bytes"] as? Int == 3)
    }
}
