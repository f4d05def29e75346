// Nothing where HEIC is not built in.
#if HEIC
    import FormatKit
    import Foundation
    import TestSupport
    import Testing

    @testable import HEICFormat

    /// Files that heif-enc of libheif 1.15.1 has made, among the seeds of the fuzzer.
    enum HEICFile {
        static func bytes(_ name: String) throws -> [UInt8] {
            var folder = URL(filePath: #filePath)
            for _ in 0..<4 { folder.deleteLastPathComponent() }
            return try folder.appending(path: "Fuzz/seeds/heic/\(name).heic").readBytes()
        }

        static func decoded(
            _ name: String, _ context: CodecContext = CodecContext()
        ) throws -> Image {
            try Image(decoding: bytes(name), as: HEICPlugin(), context: context)
        }

        static let names = ["rgb", "alpha", "ten", "twelve", "turned", "properties"]
    }

    @Suite(.enabled(if: HEICPlugin.libraryVersion != nil, "libheif is not there"))
    struct HEICReadingTests {
        @Test(arguments: [
            ("rgb", PixelLayout(.rgb, .uint8), 8),
            ("alpha", PixelLayout(.rgb, .uint8, alpha: .straight), 8),
            ("ten", PixelLayout(.rgb, .uint16), 10), ("twelve", PixelLayout(.rgb, .uint16), 12),
        ])
        func `reads every depth, and alpha`(name: String, layout: PixelLayout, bits: Int) throws {
            let image = try HEICFile.decoded(name)
            #expect(image.header.layout == layout && image.header.significantBits == bits)
            #expect(image.header.losses.isEmpty)
            // Red on top, blue below.
            let rgba = try #require(
                image.converted(to: PixelLayout(.rgb, .uint8, alpha: .straight)))
            let (first, last) = (rgba.bytes.prefix(3), Array(rgba.bytes.suffix(4).prefix(3)))
            #expect(first[0] > 200 && first[2] < 60, "\(first)")
            #expect(last[0] < 60 && last[2] > 200, "\(last)")
            if layout.hasAlpha {
                let alphas = Set(
                    stride(from: 3, to: image.bytes.count, by: 4).map {
                        image.bytes[$0]
                    })
                #expect(alphas.allSatisfy { abs(Int($0) - 153) < 6 }, "\(alphas)")
            }
        }

        @Test func `a turned picture is delivered as it is seen, once`() throws {
            let upright = try HEICFile.decoded("rgb")
            let turned = try HEICFile.decoded("turned")
            #expect(turned.header.size == ImageSize(width: 32, height: 48))
            #expect(turned.header.metadata.orientation == .up)
            #expect(turned.header.metadata.exif.flatMap(ExifOrientation.read) == .up)
            // A quarter to the right: the left column from below is the upper row.
            let (width, height) = (upright.header.size.width, upright.header.size.height)
            for x in 0..<height {
                for y in 0..<width {
                    let from = ((height - 1 - x) * width + y) * 3
                    let to = (y * height + x) * 3
                    #expect(upright.bytes[from..<from + 3] == turned.bytes[to..<to + 3])
                }
            }
        }

        @Test func `Exif and XMP are read, without an orientation that was applied`() throws {
            let metadata = try HEICFile.decoded("rgb").header.metadata
            let exif = try #require(metadata.exif)
            #expect(exif.starts(with: Array("MM".utf8)) || exif.starts(with: Array("II".utf8)))
            #expect(String(decoding: exif, as: UTF8.self).contains("Abc"))
            #expect(ExifOrientation.read(from: exif) == .up)
            let xmp = String(decoding: metadata.xmp ?? [], as: UTF8.self)
            #expect(xmp.contains("Hello"))
        }

        @Test func `properties are read or named`() throws {
            let header = try HEICFile.decoded("properties").header
            #expect(
                header.metadata.contentLight
                    == ContentLightLevel(maximum: 1000, frameAverage: 200))
            #expect(
                header.losses == [
                    .part(of: .formatBlocks, "the property abcd is left out")
                ])
        }

        @Test func `a small copy of the picture is named`() throws {
            // The alpha of the picture, called a copy.
            let file = try HEICFile.bytes("alpha")
            let place = try #require(
                file.indices.first { file[$0...].starts(with: Array("auxl".utf8)) })
            let log = WarningLog()
            let image = try Image(
                decoding: file[..<place] + Array("thmb".utf8) + file[(place + 4)...],
                as: HEICPlugin(), context: log.context())
            #expect(log.warnings == ["a reduced copy of the picture is left out"])
            #expect(!image.header.layout.hasAlpha && image.header.losses.isEmpty)
        }

        @Test func `a second Exif block is a loss`() throws {
            // The packet of XMP, called one.
            let file = try HEICFile.bytes("rgb")
            let place = try #require(
                file.indices.first { file[$0...].starts(with: Array("mime".utf8)) })
            let image = try Image(
                decoding: file[..<place] + Array("Exif".utf8) + file[(place + 4)...],
                as: HEICPlugin())
            #expect(
                image.header.losses.contains(
                    .part(of: .exif, "more than one Exif block: only one of them is read")))
        }

        @Test func `a sequence beside the picture is named`() throws {
            let bytes = try HEICFile.bytes("rgb") + [0, 0, 0, 8] + Array("moov".utf8)
            let losses = try Image(decoding: bytes, as: HEICPlugin()).header.losses
            #expect(losses == [.picture("the sequence of pictures or video is left out")])
        }

        @Test(arguments: [
            ["heic"], ["heix", "mif1"], ["mif1", "heic"], ["msf1", "miaf", "hevc"],
        ])
        func `is found by its brands`(brands: [String]) throws {
            let registry = try FormatRegistry([HEICPlugin()])
            let head =
                [0, 0, 0, 40] + Array("ftyp\(brands[0])".utf8) + [0, 0, 0, 0]
                + brands.dropFirst().flatMap { Array($0.utf8) } + [UInt8](repeating: 0, count: 40)
            #expect(registry.plugin(identifying: head)?.descriptor.id == .heic)
        }

        static let convert = ForeignTool("heif-convert")

        @Test(.enabled(if: convert.isInstalled), arguments: ["rgb", "turned", "alpha"])
        func `libheif's own tool sees the same pixels`(name: String) throws {
            let image = try HEICFile.decoded(name)
            let folder = try TemporaryFolder()
            let path = folder.path + "/out.png"
            let outcome = try Self.convert.run(
                ["%", path], on: HEICFile.bytes(name), pathExtension: "heic")
            #expect(outcome.status == 0, "\(outcome.diagnostics)")
            let channels = image.header.layout.hasAlpha ? "rgba" : "rgb"
            let magick = ForeignTool("convert-im6")
            guard magick.isInstalled else { try Test.cancel("ImageMagick is not installed") }
            let seen = try magick.run(
                ["%", "-depth", "8", "\(channels):-"], on: try #require(folder.read("out.png")),
                pathExtension: "png")
            #expect(seen.output == image.bytes)
        }
    }

    @Suite(.enabled(if: HEICPlugin.libraryVersion != nil, "libheif is not there"))
    struct HEICDamageTests {
        @Test(arguments: HEICFile.names)
        func `calls every prefix of a file truncated`(name: String) throws {
            let bytes = try HEICFile.bytes(name)
            // At the end of a box nothing tells that others are missing.
            let misjudged = HEICPlugin().misjudgedPrefixes(of: bytes)
            #expect(misjudged.count { $0.error != nil } <= 6, "\(misjudged)")
            // Where only metadata are missing, which come last, the picture is read.
            let picture = try Image(decoding: bytes, as: HEICPlugin())
            let read = misjudged.filter { $0.error == nil }.map(\.count)
            #expect(read == Array(bytes.count - read.count..<bytes.count))
            #expect(read.isEmpty == (picture.header.metadata.exif == nil))
            for count in read {
                let image = try Image(decoding: Array(bytes[..<count]), as: HEICPlugin())
                #expect(image.bytes == picture.bytes && !image.header.losses.isEmpty)
            }
        }

        @Test(arguments: HEICFile.names, [1, 2] as [UInt64])
        func `survives damage to any byte`(name: String, seed: UInt64) throws {
            HEICPlugin().readDamaged(try HEICFile.bytes(name), seed: seed)
        }

        @Test func `sizes, memory and metadata are bounded`() throws {
            func read(_ limits: Limits) throws {
                _ = try HEICFile.decoded("rgb", CodecContext(limits: limits))
            }
            #expect(throws: ImageError.limitExceeded(.pixels, requested: 1536, allowed: 1535)) {
                try read(Limits(pixelCount: 1535))
            }
            let count = try HEICFile.bytes("rgb").count
            let need = 1536 * 13 + count
            try read(Limits(memoryByteCount: need))
            #expect(
                throws: ImageError.limitExceeded(.memory, requested: need, allowed: need - 1)
            ) { try read(Limits(memoryByteCount: need - 1)) }
            #expect(throws: ImageError.self) { try read(Limits(metadataByteCount: 50)) }
        }

        @Test func `an impossible length is no want of memory, which may pass`() throws {
            var file = try HEICFile.bytes("rgb")
            let type = try #require(
                (4..<file.count - 4).first { file[$0..<$0 + 4].elementsEqual("iloc".utf8) })
            // The length of the first part of the first item, which holds pixels.
            file.replaceSubrange(type + 28..<type + 32, with: [0x7F, 0xFF, 0xFF, 0xFF])
            let error = #expect(throws: ImageError.self) {
                try Image(decoding: file, as: HEICPlugin())
            }
            guard case .unsupported = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }

        @Test func `does not begin to decode when asked to stop`() throws {
            #expect(throws: ImageError.cancelled) {
                try HEICFile.decoded("rgb", CodecContext(isCancelled: { true }))
            }
        }

        @Test func `is not written`() {
            #expect(throws: ImageError.unsupported(.heic, "writing")) {
                try Image.noise(2, 2, PixelLayout(.rgb, .uint8)).encoded(by: HEICPlugin())
            }
        }
    }
#endif
