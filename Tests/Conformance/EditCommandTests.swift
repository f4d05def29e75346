#if JPEG
    import Foundation
    import TestSupport
    import Testing

    /// JPEG to JPEG with other metadata, or turned, without encoding again, as a user sees it.
    @Suite struct EditCommandTests {
        private let folder: TemporaryFolder
        private static let photo = FaultyFiles.path("resolution-false-loss/cam.jpg")
        /// Stored on its side.
        private static let turned = FaultyFiles.path("region-orientation/photo.jpg")
        private static let djpeg = ForeignTool("djpeg")
        private static let exiftool = ForeignTool("exiftool")
        private static let jpegtran = ForeignTool("jpegtran")

        init() throws {
            folder = try TemporaryFolder()
        }

        private func convert(_ arguments: String...) throws -> ConvertTool.Run {
            try ConvertTool.run(arguments, in: folder)
        }

        private func report(_ arguments: [String]) throws -> [String: Any] {
            let run = try ConvertTool.run(arguments + ["--json"], in: folder)
            return try parseJSON(run.text) as? [String: Any] ?? [:]
        }

        /// The pixels of a file, as djpeg decodes them, and whether it has nothing to say of it.
        private func pixels(_ file: [UInt8]) throws -> (bytes: [UInt8], isClean: Bool) {
            let run = try Self.djpeg.run(["-dct", "int", "%"], on: file, pathExtension: "jpg")
            return (run.output, run.status == 0 && run.diagnostics.isEmpty)
        }

        /// All JPEG files but those that stand on a side, and one of CMYK that djpeg does not read.
        private static let upright = FaultyFiles.jpegs.filter { path in
            !["region-orientation", "exif-thumbnail-crop", "cmyk"].contains(where: path.contains)
        }

        @Test(.enabled(if: djpeg.isInstalled), arguments: upright, ["none", "all-exif", "all-gps"])
        func `metadata go, pixels stay`(path: String, keep: String) throws {
            let run = try report([path, "a.jpg", "--keep", keep, "--verify"])
            #expect(run["status"] as? String == "converted", "\(run)")
            #expect(run["stream"] as? String == "jpeg" && run["decoded_because"] is NSNull)
            #expect(run["stream_edit"] as? String == "metadata")
            let before = try pixels(try URL(filePath: path).readBytes())
            let after = try pixels(try #require(folder.read("a.jpg")))
            #expect(after.bytes == before.bytes && after.isClean && !after.bytes.isEmpty)
        }

        @Test(.enabled(if: exiftool.isInstalled)) func `ExifTool finds what is left`() throws {
            #expect(try convert(Self.photo, "none.jpg", "--keep", "none").status == 0)
            #expect(try convert(Self.photo, "icc.jpg", "--keep", "all-exif").status == 0)
            func groups(_ name: String) throws -> [String] {
                let run = try Self.exiftool.run(
                    ["-a", "-G0", "-s", "%"], on: try #require(folder.read(name)),
                    pathExtension: "jpg")
                #expect(!run.text.contains("Warning"), "\(run.text)")
                return ["[EXIF]", "[JFIF]"].filter(run.text.contains)
            }
            #expect(try groups("none.jpg") == ["[JFIF]"])
            #expect(try groups("icc.jpg") == ["[JFIF]"])
            let density = try Self.exiftool.run(
                ["-s3", "-XResolution", "%"], on: try #require(folder.read("icc.jpg")),
                pathExtension: "jpg")
            #expect(density.text == "300\n")
            try folder.write("all.jpg", try URL(filePath: Self.photo).readBytes())
            #expect(try groups("all.jpg") == ["[EXIF]", "[JFIF]"])
        }

        @Test(.enabled(if: jpegtran.isInstalled && djpeg.isInstalled))
        func `a picture is turned as jpegtran turns it`() throws {
            let run = try report([Self.turned, "a.jpg", "--orient", "apply", "--verify"])
            #expect(run["stream_edit"] as? String == "turned", "\(run)")
            #expect(run["turned"] as? Bool == true && run["output_width"] as? Int == 48)
            let judged = try Self.jpegtran.run(
                ["-perfect", "-rotate", "90", "%"], on: try URL(filePath: Self.turned).readBytes(),
                pathExtension: "jpg")
            let found = try pixels(try #require(folder.read("a.jpg")))
            #expect(found.bytes == (try pixels(judged.output)).bytes && found.isClean)
            // Nothing says that it has to be turned again.
            let again = try report(["a.jpg", "b.jpg", "--orient", "apply"])
            #expect(again["turned"] as? Bool == false && again["stream_edit"] is NSNull)
            #expect(folder.read("a.jpg") == folder.read("b.jpg"))
        }

        @Test func `without its orientation it is turned, too`() throws {
            let run = try report([Self.turned, "a.jpg", "--keep", "none", "--verify"])
            #expect(run["stream_edit"] as? String == "turned", "\(run)")
        }

        @Test func `a thumbnail of what is turned goes, and is told`() throws {
            let photo = FaultyFiles.path("exif-thumbnail-crop/photo.jpg")
            let run = try report([photo, "a.jpg", "--orient", "apply", "--verify"])
            #expect(run["stream_edit"] as? String == "turned", "\(run)")
            #expect("\(run["losses"] ?? "")".contains("the Exif thumbnail is left out"))
            #expect(try convert(photo, "b.jpg", "--orient", "apply", "--strict").status == 1)
            #expect(folder.read("b.jpg") == nil)
        }

        @Test func `what is cut through its blocks is decoded, or refused`() throws {
            #expect(try convert(Self.turned, "a.jpg", "--region", "0,0,90,40").status == 0)
            let reason = "the picture is turned upright, and an edge of it cuts through blocks"
            let run = try report(["a.jpg", "b.jpg", "--orient", "apply", "--verify"])
            #expect(run["decoded_because"] as? String == reason, "\(run)")
            let always = try convert(
                "a.jpg", "c.jpg", "--orient", "apply", "--option", "jpeg.transcode=always")
            always.expectFailure(about: "a.jpg")
            #expect(always.errors.contains(reason) && folder.read("c.jpg") == nil)
        }

        @Test(arguments: [
            (["--quality", "80"], "a quality"), (["--region", "0,0,8,8"], "only a part"),
            (["--fit", "8"], "another size"),
            (["--option", "jpeg.progressive=true"], "progressive"),
        ])
        func `who asks for other pixels gets them`(options: [String], reason: String) throws {
            let run = try report([Self.photo, "a.jpg", "--keep", "none"] + options)
            #expect((run["decoded_because"] as? String)?.contains(reason) == true, "\(run)")
            #expect(run["stream"] is NSNull && run["stream_edit"] is NSNull)
        }

        @Test func `never encodes again`() throws {
            #expect(try convert(Self.photo, "in.jpg", "--quality", "97").status == 0)
            func made(_ name: String, _ use: String) throws -> [String: Any] {
                try report(
                    ["in.jpg", name, "--keep", "none", "--option", "jpeg.transcode=\(use)"])
            }
            let never = try made("a.jpg", "never")
            #expect(never["stream"] is NSNull && never["decoded_because"] is NSNull)
            #expect(try made("b.jpg", "always")["stream_edit"] as? String == "metadata")
            #expect(folder.read("a.jpg") != folder.read("b.jpg"))
        }

        @Test func `plan and report say so`() throws {
            let plan = try convert(Self.photo, "a.jpg", "--keep", "none", "--dry-run")
            #expect(
                plan.text == "\(Self.photo) -> a.jpg (metadata changed without encoding again)\n")
            let turn = try convert(Self.turned, "a.jpg", "--orient", "apply", "--dry-run")
            #expect(turn.text == "\(Self.turned) -> a.jpg (turned without encoding again)\n")
            #expect(plan.errors == "" && turn.errors == "" && folder.files.isEmpty)
        }

        @Test func `folders go through workers, pipes go, too`() throws {
            for (index, path) in [Self.photo, Self.turned].enumerated() {
                try folder.write("in/\(index).jpg", try URL(filePath: path).readBytes())
            }
            let run = try convert(
                "in", "out", "--to", "jpg", "--keep", "none", "--verbose", "--verify")
            #expect(run.status == 0 && run.errors.contains("metadata changed without encoding"))
            #expect(run.errors.contains("turned without encoding again"), "\(run.errors)")
            let pipe = try ConvertTool.run(
                ["-", "-", "--to", "jpeg", "--keep", "none"],
                input: try URL(filePath: Self.photo).readBytes(), in: folder)
            #expect(pipe.output == folder.read("out/0.jpg"))
        }

        private func holdsMarker(_ name: String) throws -> Bool {
            try #require(folder.read(name)).contains(sequence: Array("Adobe".utf8))
        }

        @Test func `ink stays as it is stored, without Adobe's marker or with it`() throws {
            let file = FaultyFiles.path("cmyk-jpeg-without-adobe-marker/cmyk.jpg")
            let run = try report([file, "a.jpg", "--keep", "none", "--verify"])
            #expect(run["stream_edit"] as? String == "metadata", "\(run)")
            #expect(try !holdsMarker("a.jpg"))
            #expect(try report(["compare", file, "a.jpg"])["identical"] as? Bool == true)
            // Who says how they are stored wants a file that says so, too, and it does from then on.
            let plain = try report([file, "b.jpg", "--keep", "none", "--verify", "--plain-cmyk"])
            let reason = "without Adobe's segment nothing says that inks are stored as they are"
            #expect(plain["decoded_because"] as? String == reason, "\(plain)")
            let again = try report(["b.jpg", "c.jpg", "--keep", "none", "--verify", "--plain-cmyk"])
            #expect(again["stream_edit"] as? String == "metadata", "\(again)")
            #expect(try holdsMarker("b.jpg") && holdsMarker("c.jpg"))
            #expect(try report(["compare", "b.jpg", "c.jpg"])["identical"] as? Bool == true)
        }

        @Test(arguments: [
            ("strict-decoder-losses/motion.jpg", "motion photo"),
            ("ultrahdr-stale-xmp/uhdr.jpg", "gain map"),
        ])
        func `what follows the picture is named`(name: String, words: String) throws {
            let path = FaultyFiles.path(name)
            let run = try report([path, "a.jpg", "--keep", "all-exif", "--verify"])
            #expect(run["stream_edit"] as? String == "metadata", "\(run)")
            #expect("\(run["losses"] ?? "")".contains(words), "\(run)")
            #expect(
                try convert(path, "b.jpg", "--keep", "all-exif", "--strict", "--quiet").status == 1)
            #expect(folder.read("b.jpg") == nil)
            // It is no metadata, so whoever keeps none misses it all the same.
            let plain = try convert(path, "d.jpg", "--keep", "none", "--strict")
            #expect(plain.status == 1 && folder.read("d.jpg") == nil, "\(plain.errors)")
            let again = try report(["a.jpg", "c.jpg", "--keep", "all-exif", "--verify"])
            #expect((again["losses"] as? [Any])?.isEmpty == true, "\(again)")
        }

        @Test func `damage is no metadata`() throws {
            let jpeg = try URL(filePath: Self.photo).readBytes()
            // Inside of its only scan.
            try folder.write("a.jpg", Array(jpeg.dropLast(100)))
            for options in [["--keep", "none"], ["--orient", "apply", "--keep", "all-exif"]] {
                let run = try ConvertTool.run(["a.jpg", "b.jpg"] + options, in: folder)
                run.expectFailure(about: "a.jpg")
                #expect(folder.files == ["a.jpg"])
            }
        }

        @Test func `limits hold`() throws {
            #expect(
                try convert(Self.turned, "a.jpg", "--orient", "apply", "--max-memory", "30K")
                    .status == 1)
            #expect(folder.files.isEmpty)
        }
    }

    extension FaultyFiles {
        /// All JPEG files.
        fileprivate static let jpegs: [String] = {
            let names = FileManager.default.enumerator(atPath: root.path)?.compactMap {
                $0 as? String
            }
            return (names ?? []).filter { $0.hasSuffix(".jpg") }.sorted().map(FaultyFiles.path)
        }()
    }
#endif
