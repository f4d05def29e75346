import FormatKit
import TestSupport
import Testing

/// What the built tool does to pages, metadata, orientation, transparency and depth.
@Suite struct PictureCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func convert(_ arguments: String...) throws -> ConvertTool.Run {
        try ConvertTool.run(arguments, in: folder)
    }

    /// Formats of several pictures that are both read and written without loss.
    static let sequences = BuiltIn.registry.descriptors.filter {
        $0.read?.pages != .single && $0.read != nil && $0.write?.pages != .single
            && $0.write != nil && BuiltIn.lossless.contains($0.id.rawValue)
    }.map(\.id.rawValue)

    /// Formats of one picture.
    static let singles = BuiltIn.registry.descriptors.filter {
        $0.write?.pages == .single && BuiltIn.lossless.contains($0.id.rawValue)
    }.map(\.id.rawValue)

    /// Those of them whose pictures have a time.
    static let animations = BuiltIn.registry.descriptors.filter {
        sequences.contains($0.id.rawValue) && $0.write?.pages == .animation
    }.map(\.id.rawValue)

    /// Writes three pictures into one file, with a time if there is one, and each into one of its
    /// own.
    private func writePages(_ format: String, _ timing: AnimationTiming? = nil) throws {
        let plugin = try #require(BuiltIn.registry.plugin(named: format))
        let layout = PixelLayout(.rgb, .uint8)
        let images = (0..<3).map { index in
            var image = Image.noise(20, 10, layout, seed: UInt64(index + 1))
            image.header.frameCount = 3
            image.header.animation = timing
            image.header.animation?.duration.numerator += index
            return image
        }
        let settings = WriteSettings(isLossless: true)
        for (index, image) in images.enumerated() {
            var single = image
            single.header.frameCount = 1
            single.header.animation = nil
            try folder.write(
                "\(index + 1).\(format)",
                try single.encoded(by: plugin, settings: settings))
        }
        try folder.write("pages.\(format)", try images.encoded(by: plugin, settings: settings))
    }

    private func isIdentical(_ a: String, _ b: String) throws -> Bool {
        let json = try parseJSON(try convert("compare", a, b, "--json").text)
        return (json as? [String: Any])?["identical"] as? Bool == true
    }

    @Test(arguments: sequences, 1...3)
    func `one page is converted`(format: String, page: Int) throws {
        try writePages(format)
        let run = try convert(
            "pages.\(format)", "out.\(format)", "--page", "\(page)", "--strict", "--lossless")
        #expect(run.status == 0 && run.errors == "", "\(run.errors)")
        #expect(try isIdentical("out.\(format)", "\(page).\(format)"))
    }

    @Test(arguments: sequences, sequences)
    func `all pages go from any format of pages to any other`(from: String, to: String) throws {
        try writePages(from)
        let run = try convert("pages.\(from)", "all.\(to)", "--pages", "all", "--lossless")
        #expect(run.status == 0, "\(run.errors)")
        for page in 1...3 {
            let single = "out\(page).\(to)"
            #expect(
                try convert("all.\(to)", single, "--page", "\(page)", "--lossless").status == 0)
            #expect(try isIdentical(single, "\(page).\(from)"))
        }
    }

    @Test(arguments: animations, animations)
    func `frames keep their time from any format of animations to any other`(
        from: String, to: String
    ) throws {
        try writePages(from, AnimationTiming(duration: FrameDuration(milliseconds: 40)))
        let run = try convert("pages.\(from)", "there.\(to)", "--pages", "all", "--lossless")
        #expect(run.status == 0 && run.errors == "", "\(run.errors)")
        let back = try convert("there.\(to)", "back.\(from)", "--pages", "all", "--lossless")
        #expect(back.status == 0 && back.errors == "", "\(back.errors)")
        #expect(folder.read("back.\(from)") == folder.read("pages.\(from)"))
        let plugin = try #require(BuiltIn.registry.plugin(named: to))
        let file = try #require(folder.read("there.\(to)"))
        let reader = try plugin.openPages(file)
        for index in 0..<3 {
            try reader.selectPage(index)
            #expect(reader.header.animation?.duration.milliseconds == 40 + index)
            #expect(reader.header.animation?.loopCount == 0)
        }
    }

    @Test(arguments: animations, animations)
    func `the number of loops is kept, or a warning names it`(from: String, to: String) throws {
        let timing = AnimationTiming(duration: FrameDuration(milliseconds: 40), loopCount: 3)
        try writePages(from, timing)
        let plugins = [from, to].compactMap { BuiltIn.registry.plugin(named: $0) }
        func loopCount(_ name: String, _ plugin: any FormatPlugin) throws -> Int? {
            let file = MemorySource(try #require(folder.read(name)))
            return try plugin.makeReader(source: file, context: CodecContext())
                .header.animation?.loopCount
        }
        guard try loopCount("pages.\(from)", plugins[0]) == 3 else { return }
        let run = try convert("pages.\(from)", "there.\(to)", "--pages", "all", "--lossless")
        #expect(run.status == 0)
        if run.errors.isEmpty {
            #expect(try loopCount("there.\(to)", plugins[1]) == 3)
        } else {
            #expect(run.errorLines.count == 1 && run.errors.contains("not 3 times"))
        }
    }

    @Test func `pages are refused or named where they have no place`() throws {
        guard let format = Self.sequences.first, let single = Self.singles.first else {
            try Test.cancel("no two formats of which one holds pages and one does not")
        }
        try writePages(format)
        try convert("pages.\(format)", "out.\(single)", "--pages", "all")
            .expectFailure(about: "pages.\(format)")
        let run = try convert("pages.\(format)", "out.\(single)")
        #expect(run.status == 0 && run.errors.contains("2 more pages are left out"))
        let none = try convert("pages.\(format)", "x.\(single)", "--page", "4")
        #expect(none.status == 2 && none.errors.contains("there is no page 4, the last is 3"))
    }

    @Test(arguments: [
        ["--page", "0"], ["--page", "1", "--pages", "all"], ["--pages", "2"], ["--keep", "all,x"],
        ["--orient", "turn"], ["--background", "reddish"], ["--depth", "12"],
        ["--pages", "all", "--progressive", "2"],
    ])
    func `exits with 2 on nonsense`(arguments: [String]) throws {
        try folder.write("in.\(BuiltIn.any)", try BuiltIn.file(BuiltIn.any))
        let run = try ConvertTool.run(
            ["in.\(BuiltIn.any)", "out.\(BuiltIn.any)"] + arguments, in: folder)
        #expect(run.status == 2 && folder.files == ["in.\(BuiltIn.any)"], "\(run.errors)")
    }

    /// A lossless format that holds the orientation, and a file of a picture on its side.
    private func writeTurned() throws -> String {
        let format = BuiltIn.registry.descriptors.first {
            $0.write?.metadata.contains(.orientation) == true
                && BuiltIn.lossless.contains($0.id.rawValue)
        }
        guard let format, let plugin = BuiltIn.registry[format.id] else {
            try Test.cancel("no lossless format that holds the orientation")
        }
        var metadata = ImageMetadata(orientation: .right)
        metadata.exif = metadata.exifCarryingOrientation
        let image = Image.noise(20, 10, PixelLayout(.rgb, .uint8), metadata: metadata)
        try folder.write(
            "in.\(format.id)",
            try image.encoded(by: plugin, settings: WriteSettings(isLossless: true)))
        return format.id.rawValue
    }

    @Test func `a plan names outputs after pictures as a run does`() throws {
        let format = try writeTurned()
        let name = ["--to", format, "--name-template", "{width}x{height}.{ext}"]
        try folder.makeFolder("out")
        for options in [[], ["--orient", "apply"], ["--keep", "none"]] {
            let plan = try ConvertTool.run(
                ["plan", "in.\(format)", "-o", "m", "--overwrite"] + name + options, in: folder)
            let run = try ConvertTool.run(
                ["in.\(format)", "out"] + name + options, in: folder)
            #expect(plan.status == 0 && run.status == 0, "\(plan.errors) \(run.errors)")
            let output = try #require(folder.files.first { $0.hasPrefix("out/") })
            let manifest = String(decoding: try #require(folder.read("m")), as: UTF8.self)
            #expect(manifest.contains(#""out":"\#(output.dropFirst(4))""#))
            try folder.remove(output)
        }
    }

    @Test func `an orientation is kept or applied, never neither`() throws {
        let format = try writeTurned()
        func info(_ name: String) throws -> (size: [Int?], orientation: Int?) {
            let json = try parseJSON(try convert("info", "--json", name).text) as? [String: Any]
            let metadata = json?["metadata"] as? [String: Any]
            return (
                [json?["width"] as? Int, json?["height"] as? Int], metadata?["orientation"] as? Int
            )
        }
        for (options, size, orientation) in [
            (["--orient", "keep"], [20, 10], 6), (["--orient", "apply"], [10, 20], 1),
            (["--keep", "none"], [10, 20], 1), (["--keep", "orientation"], [20, 10], 6),
        ] {
            let run = try ConvertTool.run(
                ["in.\(format)", "out.\(format)", "--overwrite", "--lossless"] + options,
                in: folder)
            #expect(run.status == 0 && run.errors == "", "\(run.errors)")
            let found = try info("out.\(format)")
            #expect(found.size == size && found.orientation == orientation)
        }
    }

    @Test func `colors become sRGB, or are described as the output can`() throws {
        func format(_ has: MetadataKind, lacks: MetadataKind?) -> String? {
            BuiltIn.registry.descriptors.first { format in
                BuiltIn.lossless.contains(format.id.rawValue)
                    && format.write?.metadata.contains(has) == true
                    && lacks.map { format.write?.metadata.contains($0) == true } != true
            }?.id.rawValue
        }
        guard let coded = format(.codePoints, lacks: nil),
            let profiled = format(.icc, lacks: .codePoints),
            let plugin = BuiltIn.registry.plugin(named: coded)
        else { try Test.cancel("no two lossless formats with different accounts of colors") }
        var metadata = ImageMetadata()
        metadata.codePoints = .displayP3
        let image = Image.noise(20, 10, PixelLayout(.rgb, .uint8), metadata: metadata)
        try folder.write("in.\(coded)", try image.encoded(by: plugin))

        let run = try convert("in.\(coded)", "out.\(profiled)", "--lossless", "--strict")
        #expect(run.status == 0 && run.errors == "", "\(run.errors)")
        #expect(try convert("info", "out.\(profiled)").text.contains("icc: "))
        #expect(try isIdentical("in.\(coded)", "out.\(profiled)"))

        let converted = try convert("in.\(coded)", "srgb.\(coded)", "--to-srgb")
        #expect(converted.status == 0 && converted.errors.contains("converted to sRGB"))
        #expect(!(try convert("info", "srgb.\(coded)").text.contains("cicp: ")))
        #expect(!(try isIdentical("in.\(coded)", "srgb.\(coded)")))
        // Both ways come to the same colors.
        #expect(try convert("out.\(profiled)", "two.\(coded)", "--to-srgb").status == 0)
        let json = try parseJSON(
            try convert("compare", "srgb.\(coded)", "two.\(coded)", "--json").text)
        let difference = (json as? [String: Any])?["max_difference"] as? Int
        #expect(try #require(difference) <= 1)
        let refused = try convert("in.\(coded)", "x.\(coded)", "--to-srgb", "--strict")
        refused.expectFailure(about: "in.\(coded)")
    }

    @Test func `a depth is chosen, with a warning`() throws {
        let format = BuiltIn.registry.descriptors.first {
            BuiltIn.lossless.contains($0.id.rawValue)
                && $0.write?.layouts.contains(PixelLayout(.rgb, .uint16)) == true
        }
        guard let format = format?.id.rawValue else {
            try Test.cancel("no lossless format of 16 bits")
        }
        try folder.write(
            "in.\(format)", try BuiltIn.file(format, layout: PixelLayout(.rgb, .uint16)))
        let run = try convert("in.\(format)", "out.\(format)", "--depth", "8", "--dither")
        #expect(run.status == 0 && run.errors.contains("16-bit samples become 8-bit"))
        #expect(try convert("info", "out.\(format)").text.contains("layout: rgb uint8"))
        #expect(try convert("out.\(format)", "deep.\(format)", "--depth", "16").errors == "")
        #expect(try isIdentical("deep.\(format)", "out.\(format)"))
    }

    @Test(
        arguments: BuiltIn.registry.descriptors
            .filter {
                $0.read != nil && $0.write?.layouts.contains(PixelLayout(.rgb, .uint16)) == true
            }
            .map(\.id.rawValue))
    func `eight bits become sixteen where asked for`(format: String) throws {
        try folder.write("in.ppm", Array("P6 8 8 255\n".utf8) + [UInt8](repeating: 99, count: 192))
        let run = try convert("in.ppm", "out.\(format)", "--depth", "16", "--verify")
        #expect(run.status == 0 && run.errors == "", "\(run.errors)")
        #expect(try convert("info", "out.\(format)").text.contains("layout: rgb uint16"))
    }
}
