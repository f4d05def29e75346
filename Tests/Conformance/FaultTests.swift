import BuiltInFormats
import FormatKit
import MetadataBlocks
import TestSupport
import Testing

/// What others read, we read: the files of `Tests/Faults`, each with what it must give.
@Suite struct FaultTests {
    /// A file and what becomes of it.
    struct Case: Sendable, CustomTestStringConvertible {
        /// Its name below `Tests/Faults`.
        let file: String
        /// The format to write.
        let format: String
        /// What is told of it, or `nil` if nothing is to be said.
        let words: String?
        /// Whether that is a loss, which `--strict` refuses.
        let isLoss: Bool
        /// The kind of metadata that is lost: without it, there is no loss.
        let isOfMetadata: Bool

        init(
            _ file: String, to format: String = "png", _ words: String? = nil, isLoss: Bool = true,
            isOfMetadata: Bool = true
        ) {
            self.file = file
            self.format = format
            self.words = words
            self.isLoss = words != nil && isLoss
            self.isOfMetadata = isOfMetadata
        }

        var testDescription: String { "\(file) to \(format)" }
    }

    private static let tiff: [Case] =
        [
            ("description-beyond-end", "tag ImageDescription (270) lies behind the end"),
            ("description-count-4GB", "tag ImageDescription (270) lies behind the end"),
            ("exif-pointer-beyond-end", "the Exif directory of tag 34665 lies behind the end"),
            ("field-type-0", "tag Artist (315) has the unknown type 0"),
            ("gdal-metadata-count-8GB", "tag GDAL_METADATA (42112) lies behind the end"),
            ("icc-beyond-end", "the ICC profile lies behind the end"),
            ("unknown-field-type-14", "tag ImageDescription (270) has the unknown type 14"),
            ("xmp-beyond-end", "the XMP packet lies behind the end"),
        ].map { Case("tiff-bad-metadata-entry/\($0.0).tif", $0.1) } + [
            Case("tiff-no-next-pointer/no-next-pointer.tif", "the place of the next page"),
            Case("tiff-sparse/sparse-strip.tif"),
            Case("fax-ends-early/g3-one-row-short.tif", "1 row that", isOfMetadata: false),
            Case("fax-ends-early/g4-one-row-short.tif", "1 row that", isOfMetadata: false),
        ]

    private static let jpeg: [Case] =
        [
            Case("jpeg-stray-bytes/junk-after-soi.jpg", "8 extraneous bytes", isLoss: false),
            Case("jpeg-stray-bytes/stray-before-dqt.jpg", "4 extraneous bytes", isLoss: false),
            Case("jpeg-stray-bytes/stray-before-sos.jpg", "1 extraneous bytes", isLoss: false),
        ] + ["png", "webp", "jxl"].map { Case("jpeg-empty-icc/empty-icc.jpg", to: $0) }

    private static let png: [Case] = ["png", "webp"].flatMap { format in
        [
            ("cut-iend", "without its last chunk (IEND)"),
            ("cut-text-behind-pixels", "ends inside chunk tEXt"),
            ("extra-idat", "data behind the last pixel"),
            ("no-iend", "without its last chunk (IEND)"),
        ].map { Case("png-damage-behind-pixels/\($0.0).png", to: format, $0.1) }
    }

    private static let avif: [Case] = [
        Case("avif-odd-crop/crop-even.avif"), Case("avif-odd-crop/crop-odd-width.avif"),
        Case("avif-odd-crop/crop-odd-x.avif"), Case("avif-av1c-mismatch/av1c-says-444.avif"),
    ]

    static let cases = (tiff + jpeg + png + avif).filter { fault in
        let source = fault.file.split(separator: ".").last.map(String.init) ?? ""
        return [source, fault.format].allSatisfy {
            $0 == "tif" || BuiltIn.registry.plugin(named: $0)?.descriptor.read != nil
        }
    }

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func convert(_ fault: Case, _ arguments: String...) throws -> ConvertTool.Run {
        try ConvertTool.run(
            [FaultyFiles.path(fault.file), "out.\(fault.format)", "--overwrite"] + arguments,
            in: folder)
    }

    @Test(arguments: cases)
    func `is read, and what is missing is said in one line`(fault: Case) throws {
        let run = try convert(fault)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errorLines.count == (fault.words == nil ? 0 : 1), "\(run.errors)")
        #expect(run.errors.contains(fault.words ?? ""), "\(run.errors)")
    }

    @Test(arguments: cases)
    func `is refused by --strict exactly if something is missing`(fault: Case) throws {
        let run = try convert(fault, "--strict")
        #expect(run.status == (fault.isLoss ? 1 : 0), "\(run.errors)")
        #expect(folder.files.isEmpty == fault.isLoss)
    }

    @Test(arguments: cases.filter(\.isOfMetadata))
    func `metadata that nobody wants are not missed`(fault: Case) throws {
        let run = try convert(fault, "--strict", "--keep", "none")
        #expect(run.status == 0, "\(run.errors)")
    }

    /// The pictures of the files that show the same: the ramp, or the facsimile with a white row.
    @Test func `the picture is that of the undamaged file`() throws {
        let ramp = [UInt8](0..<64)
        for fault in Self.tiff where fault.file.contains("bad-metadata") {
            #expect(try picture(fault) == ramp, "\(fault.file)")
        }
        #expect(try picture(Case("tiff-no-next-pointer/no-next-pointer.tif")) == ramp)
        let sparse = try picture(Case("tiff-sparse/sparse-strip.tif"))
        #expect(Array(sparse.prefix(32)) == Array(ramp.prefix(32)))
        #expect(sparse.suffix(32).allSatisfy { $0 == 0 })
    }

    /// The photo is stored 96x48 and shown 48x96.
    @Test func `a region is one of the picture as it is shown if that is turned upright`() throws {
        let photo = FaultyFiles.path("region-orientation/photo.jpg")
        func convert(_ arguments: String...) throws -> ConvertTool.Run {
            try ConvertTool.run([photo] + arguments, in: folder)
        }
        #expect(try convert("whole.png", "--orient", "apply").status == 0)
        for (index, region) in ["0,0,40,90", "8,3,40,60", "47,95,1,1"].enumerated() {
            let part = try convert("a\(index).png", "--region", region, "--orient", "apply")
            #expect(part.status == 0, "\(part.errors)")
            let other = try ConvertTool.run(
                ["whole.png", "b\(index).png", "--region", region], in: folder)
            #expect(other.status == 0)
            let pictures = try ["a", "b"].map { name in
                try Image(
                    decoding: try #require(folder.read("\(name)\(index).png")),
                    as: try #require(BuiltIn.registry.plugin(named: "png")))
            }
            #expect(pictures[0].bytes == pictures[1].bytes)
            #expect(pictures[0].header.size == pictures[1].header.size)
        }
        let outside = try convert("c.png", "--region", "0,0,90,40", "--orient", "apply")
        #expect(outside.status == 2 && outside.errors.contains("within 48x96"))
        let info = try ConvertTool.run(["info", photo], in: folder)
        #expect(info.text.contains("size: 96x48, shown 48x96"), "\(info.text)")
    }

    /// A row of four gigabytes that a file of 134 bytes announces.
    @Test func `rows that a file cannot hold are refused before memory is taken`() throws {
        let file = FaultyFiles.path("tiff-memory/samples-65535.tif")
        let run = try ConvertTool.shell(
            "ulimit -v 2500000; \"$CONVERT\" '\(file)' out.png", in: folder)
        #expect(run.status == 1 && run.errorLines.count == 1, "\(run.errors)")
        #expect(run.errors.contains("more than a file of 134"))
    }

    @Test(arguments: [
        ("four-colors-2x2.png", "avif"), ("empty-iptc.jpg", "tiff"), ("empty-iptc.jpg", "jpg"),
        ("four-colors-2x2.png", "webp"), ("four-colors-2x2.png", "jpg"),
    ])
    func `what is right is verified`(name: String, format: String) throws {
        guard BuiltIn.registry.plugin(named: format) != nil else { return }
        let run = try ConvertTool.run(
            [FaultyFiles.path("verify-false-alarms/\(name)"), "out.\(format)", "--verify"],
            in: folder)
        #expect(run.status == 0, "\(run.errors)")
    }

    @Test(arguments: [1, 3], [true, false])
    func `XMP beyond a segment is verified, and as much as fits stays in the packet`(
        count: Int, isOfElements: Bool
    ) throws {
        guard let jpeg = BuiltIn.registry.plugin(named: "jpeg") else { return }
        var image = TestImages.picture(width: 16, height: 16)
        let large = (0..<count).map { index in
            let text = String(repeating: "abcdefgh", count: 6000)
            return isOfElements
                ? "<g:Data\(index)>\(text)</g:Data\(index)>" : "<g:A\(index) g:b='\(text)'/>"
        }
        let xmp = """
            <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
            xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description \
            rdf:about="" xmlns:g="u:g" g:small="1">\(large.joined())<g:Last>2</g:Last>\
            </rdf:Description></rdf:RDF></x:xmpmeta>
            """
        image.header.metadata.xmp = Array(xmp.utf8)
        try folder.write("in.jpg", try TestImages.encoded(image, as: jpeg))
        let run = try ConvertTool.run(["in.jpg", "out.jpg", "--verify", "--strict"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let bytes = try #require(folder.read("out.jpg"))
        let found = try #require(try Image(decoding: bytes, as: jpeg).header.metadata.xmp)
        let properties = XMPDescriptions(found)?.properties
        #expect(properties == XMPDescriptions(Array(xmp.utf8))?.properties)
        // Readers that do not know extensions find these.
        let head = String(decoding: bytes.prefix(66_000), as: UTF8.self)
        #expect(head.contains("g:small=") && head.contains("<g:Last>"))
    }

    @Test(arguments: ["gray.jpg", "gray.tif", "ok.jpg"])
    func `gray with a profile for RGB is converted to sRGB`(name: String) throws {
        let run = try ConvertTool.run(
            [
                FaultyFiles.path("gray-jpeg-rgb-profile/\(name)"), "out.png", "--to-srgb",
                "--strict",
            ], in: folder)
        #expect(run.status == 0 && run.errors == "", "\(run.errors)")
        #expect(folder.files == ["out.png"])
        let header = try Image(
            decoding: try #require(folder.read("out.png")),
            as: try #require(BuiltIn.registry.plugin(named: "png"))
        ).header
        // The last is in color, and has no profile.
        #expect(header.layout.model == (name == "ok.jpg" ? .rgb : .gray))
        #expect(header.metadata.icc == nil)
    }

    @Test(arguments: ["jfif", "jfxx"])
    func `a JFIF thumbnail is lost aloud, and shows nothing that has been cut away`(
        name: String
    ) throws {
        guard BuiltIn.registry.plugin(named: "jpeg")?.descriptor.read != nil else { return }
        let path = FaultyFiles.path("jfif-thumbnail/\(name).jpg")
        let secret = Array(ChangingBlocks.secret.utf8)
        // What passes as it is has it.
        let copy = try ConvertTool.run([path, "copy.jpg", "--strict"], in: folder)
        #expect(copy.status == 0 && copy.errors == "", "\(copy.errors)")
        #expect(folder.read("copy.jpg")?.contains(sequence: secret) == true)
        let changes = [
            ("a.png", []), ("a.tiff", []), ("b.jpg", ["--region", "8,8,16,16"]),
            ("b.png", ["--region", "8,8,16,16"]), ("c.jpg", ["--quality", "50"]),
            ("d.jpg", ["--fit", "20"]), ("e.tiff", ["--to-srgb"]),
        ]
        for (output, options) in changes {
            let strict = try ConvertTool.run([path, output, "--strict"] + options, in: folder)
            #expect(strict.status == 1 && folder.read(output) == nil, "\(output)")
            #expect(strict.errors.contains("the JFIF thumbnail is left out"))
            let run = try ConvertTool.run([path, output] + options, in: folder)
            #expect(run.status == 0 && run.errorLines.count == 1, "\(run.errors)")
            let bytes = try #require(folder.read(output))
            #expect(!bytes.contains(sequence: secret), "\(output)")
        }
        let unwanted = try ConvertTool.run(
            [path, "unwanted.png", "--keep", "icc", "--strict"], in: folder)
        #expect(unwanted.status == 0, "\(unwanted.errors)")
    }

    private func picture(_ fault: Case) throws -> [UInt8] {
        let run = try convert(fault)
        #expect(run.status == 0, "\(run.errors)")
        let bytes = try #require(folder.read("out.\(fault.format)"))
        let plugin = try #require(BuiltIn.registry.plugin(named: fault.format))
        return try Image(decoding: bytes, as: plugin).bytes
    }
}
