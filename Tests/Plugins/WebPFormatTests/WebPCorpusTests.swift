import FormatKit
import Foundation
import TestSupport
import Testing
import WebPFormat

/// libwebp's own test files, against the checksums of their decoded pictures.
@Suite struct WebPCorpusTests {
    static let md5sum = ForeignTool("md5sum")
    static let dwebp = ForeignTool("dwebp")
    static let files = SharedFiles.files(in: "corpora/webp", withExtension: "webp")

    /// The checksums of the files' pictures, by the name of the file and `.pam` or `.ppm`.
    static let checksums: [String: String] = {
        guard let list = files.first?.deletingLastPathComponent(),
            let text = try? String(
                contentsOf: list.appending(path: "libwebp_tests.md5"), encoding: .utf8)
        else { return [:] }
        var checksums: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count == 2 { checksums[String(fields[1])] = String(fields[0]) }
        }
        return checksums
    }()

    /// A picture as dwebp writes it: PAM where there can be transparency, else PPM.
    private func netpbm(_ image: Image) -> (name: String, bytes: [UInt8]) {
        let (width, height) = (image.header.size.width, image.header.size.height)
        guard image.header.layout.hasAlpha else {
            return ("ppm", Array("P6\n\(width) \(height)\n255\n".utf8) + image.bytes)
        }
        let head =
            "P7\nWIDTH \(width)\nHEIGHT \(height)\nDEPTH 4\nMAXVAL 255\n"
            + "TUPLTYPE RGB_ALPHA\nENDHDR\n"
        return ("pam", Array(head.utf8) + image.bytes)
    }

    @Test(.enabled(if: md5sum.isInstalled), arguments: files)
    func `decodes to the listed checksum`(_ url: URL) throws {
        let picture = try netpbm(Image(decoding: url.readBytes(), as: WebPPlugin()))
        guard let expected = Self.checksums["\(url.lastPathComponent).\(picture.name)"] else {
            return
        }
        let outcome = try Self.md5sum.run(["%"], on: picture.bytes, pathExtension: picture.name)
        #expect(outcome.text.hasPrefix(expected))
    }

    @Test(.enabled(if: dwebp.isInstalled), arguments: files)
    func `agrees with dwebp`(_ url: URL) throws {
        let bytes = try url.readBytes()
        let picture = try netpbm(Image(decoding: bytes, as: WebPPlugin()))
        let outcome = try Self.dwebp.run(
            ["-quiet", "-\(picture.name)", "%", "-o", "-"], on: bytes, pathExtension: "webp")
        #expect(outcome.status == 0 && picture.bytes == outcome.output)
    }

    @Test func `knows the checksums of most files`() {
        #expect(Self.files.isEmpty || Self.checksums.count == 480)
    }
}
