import FormatKit
import TestSupport
import Testing

@testable import JPEGFormat

/// Pictures that are turned by their coefficients.
@Suite struct JPEGTurningTests {
    private static let jpegtran = ForeignTool("jpegtran")
    private static let djpeg = ForeignTool("djpeg")

    /// What jpegtran calls what turns a picture upright.
    private static let operations: [Orientation: [String]] = [
        .upMirrored: ["-flip", "horizontal"], .down: ["-rotate", "180"],
        .downMirrored: ["-flip", "vertical"], .leftMirrored: ["-transpose"],
        .right: ["-rotate", "90"], .rightMirrored: ["-transverse"], .left: ["-rotate", "270"],
    ]

    /// How a file is coded.
    struct Coding: Sendable, CustomTestStringConvertible {
        var layout = PixelLayout(.rgb, .uint8)
        var subsampling = "420"
        var isProgressive = false
        var testDescription: String { "\(layout) \(subsampling) \(isProgressive)" }

        /// A picture whose sides are whole units, of which no two parts are alike.
        func file(width: Int = 48, height: Int = 32) throws -> [UInt8] {
            try JPEGEditing(
                layout, width: width, height: height,
                options: ["subsampling": subsampling, "progressive": "\(isProgressive)"]
            ).bytes
        }
    }

    static let codings =
        JPEGRoundTripTests.layouts.map { Coding(layout: $0) } + [
            Coding(subsampling: "444"), Coding(subsampling: "422"), Coding(isProgressive: true),
            Coding(layout: PixelLayout(.gray, .uint8), isProgressive: true),
        ]

    private func decoded(_ file: [UInt8]) throws -> Image {
        try Image(decoding: file, as: JPEGPlugin())
    }

    private func turns(_ file: [UInt8]) throws -> Set<Orientation> {
        let reader =
            try JPEGPlugin().makeReader(source: MemorySource(file), context: CodecContext())
            as? any StreamReader
        return reader?.stream?.turns?.orientations ?? []
    }

    @Test(arguments: codings, Orientation.allCases.dropFirst())
    func `a picture is as jpegtran turns it`(coding: Coding, orientation: Orientation) throws {
        guard Self.jpegtran.isInstalled else { try Test.cancel("jpegtran is not installed") }
        let file = try coding.file()
        #expect(try turns(file) == Set(Orientation.allCases))
        let turned = try JPEGEditTests.edited(file, turning: orientation)
        let judged = try Self.jpegtran.run(
            ["-copy", "none", "-perfect"] + (Self.operations[orientation] ?? []) + ["%"],
            on: file, pathExtension: "jpg")
        try #require(judged.status == 0, "\(judged.diagnostics)")
        #expect(try decoded(turned).bytes == (try decoded(judged.output)).bytes)
        guard Self.djpeg.isInstalled, coding.layout.model != .cmyk else { return }
        let pixels = try [turned, judged.output].map {
            try Self.djpeg.run(["-dct", "int", "%"], on: $0, pathExtension: "jpg").output
        }
        #expect(pixels[0] == pixels[1] && !pixels[0].isEmpty)
    }

    @Test(arguments: codings, Orientation.allCases.dropFirst())
    func `a picture stands upright, and its coefficients are the same`(
        coding: Coding, orientation: Orientation
    ) throws {
        let file = try coding.file()
        let turned = try JPEGEditTests.edited(file, turning: orientation)
        var image = try decoded(file)
        image.header.metadata.orientation = orientation
        let found = try decoded(turned)
        #expect(found.header.size == orientation.uprightSize(of: image.header.size))
        // Decoding rounds rows before columns, and interpolates chroma from the left.
        let difference = zip(found.bytes, image.upright().bytes).map { abs(Int($0) - Int($1)) }
        #expect((difference.max() ?? 0) <= 6, "\(difference.max() ?? 0)")
        #expect(difference.reduce(0, +) <= difference.count)
        let edit = StreamEdit(turning: orientation)
        let plugin = JPEGPlugin()
        let context = CodecContext()
        #expect(
            try plugin.difference(of: turned, from: file, after: edit, context: context) == nil)
        // Nor is it any other picture.
        for other in Orientation.allCases where other != orientation {
            let wrong = StreamEdit(turning: other)
            guard other.isTransposing == orientation.isTransposing else { continue }
            #expect(
                try plugin.difference(of: turned, from: file, after: wrong, context: context)
                    != nil)
        }
        let process = JPEGEditing(turned).parts[JPEGEditing(turned).frameIndex].marker
        #expect(process == (coding.isProgressive ? 0xC2 : 0xC0))
    }

    @Test func `turned there and back, a file is what it was`() throws {
        for coding in Self.codings {
            let file = try coding.file()
            let once = try JPEGEditTests.edited(file, turning: .right)
            let back = try JPEGEditTests.edited(once, turning: .left)
            #expect(try decoded(back).bytes == (try decoded(file)).bytes)
            #expect(try JPEGEditTests.edited(back, turning: .right) == once)
        }
    }

    @Test(
        arguments: [
            (48, 37, [.up, .upMirrored, .leftMirrored, .left]),
            (41, 32, [.up, .downMirrored, .leftMirrored, .right]), (37, 23, [.up, .leftMirrored]),
        ] as [(Int, Int, [Orientation])])
    func `what is cut at an edge that stays is turned, too`(
        width: Int, height: Int, orientations: [Orientation]
    ) throws {
        guard Self.jpegtran.isInstalled else { try Test.cancel("jpegtran is not installed") }
        for coding in Self.codings where coding.layout.model != .gray {
            let file = try coding.file(width: width, height: height)
            guard coding.subsampling == "420" else { continue }
            #expect(try turns(file) == Set(orientations))
            for orientation in orientations.dropFirst() {
                let turned = try JPEGEditTests.edited(file, turning: orientation)
                let judged = try Self.jpegtran.run(
                    ["-copy", "none", "-perfect"] + (Self.operations[orientation] ?? []) + ["%"],
                    on: file, pathExtension: "jpg")
                try #require(judged.status == 0, "\(judged.diagnostics)")
                #expect(try decoded(turned).bytes == (try decoded(judged.output)).bytes)
            }
        }
    }

    @Test func `of one component every block stands alone`() throws {
        var file = try JPEGEditing(PixelLayout(.gray, .uint8), width: 40, height: 24)
        file.parts[file.frameIndex].content[7] = 0x22
        #expect(try turns(file.bytes) == Set(Orientation.allCases))
        let turned = try JPEGEditTests.edited(file.bytes, turning: .right)
        var image = try file.decoded()
        image.header.metadata.orientation = .right
        let expected = image.upright()
        let difference = zip(try decoded(turned).bytes, expected.bytes)
            .map { abs(Int($0) - Int($1)) }
        #expect((difference.max() ?? 0) <= 2)
    }

    @Test(arguments: [
        ["-restart", "3B"], ["-arithmetic"], ["-arithmetic", "-progressive", "-restart", "2B"],
    ])
    func `restarts and arithmetic coding stay`(arguments: [String]) throws {
        guard Self.jpegtran.isInstalled else { try Test.cancel("jpegtran is not installed") }
        let made = try Self.jpegtran.run(
            arguments + ["-copy", "none", "%"], on: try Coding().file(), pathExtension: "jpg"
        ).output
        let turned = try JPEGEditTests.edited(made, turning: .right)
        let (before, after) = (JPEGEditing(made).parts, JPEGEditing(turned).parts)
        func frame(_ parts: [JPEGEditing.Part]) -> UInt8? {
            parts.map(\.marker).first { [0xC0, 0xC2, 0xC9, 0xCA].contains($0) }
        }
        func restart(_ parts: [JPEGEditing.Part]) -> [UInt8]? {
            parts.first { $0.marker == 0xDD }?.content
        }
        #expect(frame(before) == frame(after) && frame(after) != nil)
        #expect(restart(before) == restart(after))
        let edit = StreamEdit(turning: .right)
        #expect(
            try JPEGPlugin().difference(
                of: turned, from: made, after: edit, context: CodecContext()) == nil)
    }

    @Test func `turning has to fit into memory`() throws {
        let file = try Coding().file()
        let context = CodecContext(limits: Limits(memoryByteCount: 5000))
        let error = #expect(throws: ImageError.self) {
            try JPEGEditTests.edited(file, turning: .right, context: context)
        }
        guard case .limitExceeded(.memory, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
