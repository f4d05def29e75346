#if JPEG && JPEGXL
    import Foundation
    import TestSupport
    import Testing

    /// JPEG to JPEG XL and back without decoding, as a user sees it.
    @Suite struct TranscodeCommandTests {
        private let folder: TemporaryFolder
        private static let photo = FaultyFiles.path("exif-thumbnail-crop/photo.jpg")
        /// Stored on its side.
        private static let turned = FaultyFiles.path("region-orientation/photo.jpg")

        init() throws {
            folder = try TemporaryFolder()
        }

        private func convert(_ arguments: String...) throws -> ConvertTool.Run {
            try ConvertTool.run(arguments, in: folder)
        }

        private func report(_ arguments: String...) throws -> [String: Any] {
            let run = try ConvertTool.run(arguments + ["--json"], in: folder)
            return try parseJSON(run.text) as? [String: Any] ?? [:]
        }

        /// All JPEG files below folders.
        private static func files(below folders: [URL?]) -> [String] {
            folders.flatMap { folder -> [String] in
                guard let folder, let names = FileManager.default.enumerator(atPath: folder.path)
                else {
                    print("SKIPPED: ../shared is absent")
                    return []
                }
                return names.compactMap { $0 as? String }
                    .filter { $0.hasSuffix(".jpg") || $0.hasSuffix(".jpeg") }
                    .map { folder.appending(path: $0).path }
            }.sorted()
        }

        static let files = files(below: [
            FaultyFiles.root, SharedFiles.root?.appending(path: "faults"),
            SharedFiles.root?.appending(path: "corpora"),
        ])

        /// Files that libjxl does not take: CMYK, and a profile of which a piece is missing.
        private static let unfit = ["cmyk.jpg", "missing_icc_part.jpg"]

        @Test(arguments: files) func `a file comes back to the byte`(path: String) throws {
            let there = try report(path, "a.jxl", "--verify", "--effort", "3")
            #expect(there["status"] as? String == "converted", "\(there)")
            guard !Self.unfit.contains(where: path.hasSuffix) else {
                #expect(there["stream"] is NSNull && there["decoded_because"] is String)
                return
            }
            #expect(there["stream"] as? String == "jpeg", "\(there)")
            #expect((there["losses"] as? [Any])?.isEmpty == true)
            let back = try report("a.jxl", "b.jpg", "--verify", "--strict")
            #expect(back["stream"] as? String == "jpeg", "\(back)")
            #expect(folder.read("b.jpg") == (try URL(filePath: path).readBytes()))
        }

        @Test func `folders go there and back, in workers, and are resumed`() throws {
            for (index, path) in [Self.photo, Self.turned].enumerated() {
                try folder.write("in/\(index).jpg", try URL(filePath: path).readBytes())
            }
            let run = try convert("in", "archive", "--to", "jxl", "--resume", "--verbose")
            #expect(run.status == 0 && run.errors.contains("without decoding"), "\(run.errors)")
            #expect(try convert("archive", "back", "--to", "jpg").status == 0)
            for name in ["0.jpg", "1.jpg"] {
                #expect(folder.read("back/" + name) == folder.read("in/" + name))
            }
            let again = try convert("in", "archive", "--to", "jxl", "--resume")
            #expect(again.errors.contains("0 converted, 2 skipped"))
            let other = try convert(
                "in", "archive", "--to", "jxl", "--resume", "--option", "jxl.transcode=never")
            #expect(other.errors.contains("2 converted"), "\(other.errors)")
        }

        @Test func `it goes through pipes`() throws {
            let jpeg = try URL(filePath: Self.photo).readBytes()
            let there = try ConvertTool.run(["-", "-", "--to", "jxl"], input: jpeg, in: folder)
            let back = try ConvertTool.run(
                ["-", "-", "--to", "jpeg"], input: there.output, in: folder)
            #expect(back.output == jpeg && back.errors == "")
        }

        @Test(arguments: [
            (["--region", "0,0,8,8"], "only a part"), (["--fit", "8"], "another size"),
            (["--orient", "apply"], "turned upright"),
            (["--keep", "all-exif"], "not all metadata"), (["--keep", "none"], "turned upright"),
            (["--keep", "all-gps"], "not all metadata"), (["--quality", "80"], "a quality"),
            (["--depth", "16"], "samples change"),
            (["--option", "jxl.distance=1"], "jxl.distance"),
        ])
        func `what changes the picture is told, and always is refused`(
            options: [String], reason: String
        ) throws {
            let plan = try ConvertTool.run(
                [Self.turned, "a.jxl", "--dry-run"] + options, in: folder)
            #expect(plan.status == 0)
            #expect(plan.text.contains(" (decoded: "), "\(plan.text)")
            #expect(plan.text.contains(reason), "\(plan.text)")
            let run = try ConvertTool.run(
                [Self.turned, "a.jxl", "--option", "jxl.transcode=always"] + options, in: folder)
            run.expectFailure(about: Self.turned)
            #expect(run.errors.contains("cannot become jxl without being decoded: "))
            #expect(run.errors.contains(reason) && folder.files.isEmpty, "\(run.errors)")
        }

        @Test func `the plan says so`() throws {
            let plan = try convert(Self.photo, "a.jxl", "--dry-run")
            #expect(plan.text == "\(Self.photo) -> a.jxl (without decoding)\n")
            #expect(plan.errors == "" && folder.files.isEmpty)
            #expect(try report(Self.photo, "a.jxl", "--dry-run")["stream"] as? String == "jpeg")
        }

        @Test func `never decodes, lossless does not`() throws {
            let never = try report(Self.photo, "a.jxl", "--option", "jxl.transcode=never")
            #expect(never["stream"] is NSNull && never["decoded_because"] is NSNull)
            let back = try convert("a.jxl", "b.jpg", "--option", "jpeg.transcode=always")
            back.expectFailure(about: "a.jxl")
            #expect(back.errors.contains("holds no jpeg stream"), "\(back.errors)")
            let lossless = try report(Self.photo, "c.jxl", "--lossless")
            #expect(lossless["stream"] as? String == "jpeg")
        }

        @Test func `info says what a file holds`() throws {
            #expect(try convert(Self.photo, "a.jxl").status == 0)
            #expect(
                try convert("info", "a.jxl").text.contains(
                    "  holds: a jpeg file, which can be rebuilt\n"))
            #expect(try convert("formats").text.contains("  without decoding: jpeg\n"))
            // Whoever reads pixels is told of what stays behind.
            let run = try convert("a.jxl", "a.png")
            #expect(run.errors.contains("what rebuilds the JPEG file"), "\(run.errors)")
        }

        @Test func `limits hold`() throws {
            let run = try convert(Self.photo, "a.jxl", "--max-pixels", "10")
            run.expectFailure(about: Self.photo)
            #expect(try convert(Self.photo, "a.jxl", "--max-memory", "30K").status == 1)
            #expect(folder.files.isEmpty)
        }

        @Test(.enabled(if: cjpeg.isInstalled)) func `arithmetic coding is decoded`() throws {
            try folder.write(
                "a.ppm", Array("P6 2 2 255\n".utf8) + [UInt8](repeating: 99, count: 12))
            let jpeg = try Self.cjpeg.run(
                ["-arithmetic", "%"], on: try #require(folder.read("a.ppm")), pathExtension: "ppm")
            try folder.write("a.jpg", jpeg.output)
            let run = try report("a.jpg", "a.jxl")
            let reason = run["decoded_because"] as? String
            #expect(reason?.contains("arithmetic coding") == true, "\(run)")
            #expect(run["warnings"] as? [String] == [])
        }

        private static let cjpeg = ForeignTool("cjpeg")

        @Test func `a video that is too long for libjxl is named as lost`() throws {
            let video = [UInt8](repeating: 0, count: 4) + Array("ftypisom".utf8)
            let jpeg =
                try URL(filePath: Self.photo).readBytes() + video
                + SplitMix64.bytes(5_000_000, seed: 1)
            try folder.write("a.jpg", jpeg)
            let run = try report("a.jpg", "a.jxl")
            #expect(run["status"] as? String == "converted")
            #expect((run["warnings"] as? [String])?.first?.contains("decoded") == true, "\(run)")
            #expect("\(run["losses"] ?? "")".contains("motion photo"), "\(run)")
            let strict = try convert("a.jpg", "b.jxl", "--strict", "--quiet")
            #expect(strict.status == 1 && folder.read("b.jxl") == nil)
        }

        @Test func `a truncated file stays an error`() throws {
            let jpeg = try URL(filePath: Self.photo).readBytes()
            try folder.write("a.jpg", Array(jpeg[..<(jpeg.count * 2 / 3)]))
            for target in ["a.jxl", "b.jpg"] {
                let run = try convert("a.jpg", target)
                run.expectFailure(about: "a.jpg")
                #expect(folder.files == ["a.jpg"])
            }
        }

        @Test func `a picture that fits already passes as it is`() throws {
            let run = try report(Self.photo, "a.jpg", "--fit", "65535", "--verify")
            #expect(run["stream"] as? String == "jpeg" && run["resized"] is NSNull, "\(run)")
            #expect(folder.read("a.jpg") == (try URL(filePath: Self.photo).readBytes()))
        }

        @Test func `JPEG that nothing changes is copied`() throws {
            let run = try report(Self.turned, "a.jpg")
            #expect(run["stream"] as? String == "jpeg")
            #expect(folder.read("a.jpg") == (try URL(filePath: Self.turned).readBytes()))
            let other = try report(Self.turned, "b.jpg", "--quality", "75")
            #expect(other["decoded_because"] as? String == "a quality is asked for")
            #expect(folder.read("b.jpg") != folder.read("a.jpg"))
        }
    }

    extension SplitMix64 {
        /// Random bytes.
        fileprivate static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
            var generator = SplitMix64(seed: seed)
            return generator.bytes(count)
        }
    }
#endif
