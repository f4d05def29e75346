import FormatKit
import TestSupport
import Testing

/// Plugins from outside, as a user meets them.
@Suite(.timeLimit(.minutes(30))) struct ExternalPluginTests {
    private let plugins: PluginFolder

    init() throws {
        plugins = try PluginFolder()
        try plugins.folder.write("in.toy", PluginFolder.toy)
        try plugins.folder.write("in.pgm", Array("P5\n3 2\n255\n".utf8) + PluginFolder.toy[6...])
    }

    private func expectFailure(
        _ script: String, _ words: String, status: Int32 = 1, lineCount: Int = 1
    ) throws {
        let run = try plugins.run(script)
        #expect(run.status == status && run.errorLines.count == lineCount, "\(run.errors)")
        #expect(run.errors.contains(words), "\(run.errors)")
        #expect(!plugins.folder.files.contains { $0.hasPrefix("out") }, "\(plugins.folder.files)")
    }

    @Test func `the example in C reads and writes`() throws {
        try plugins.addC("docs/examples/plugins/farbfeld.c", "farbfeld.so")
        let samples = (0..<24).map { UInt8($0 * 9 + 5) }
        let head = "P7\nWIDTH 3\nHEIGHT 1\nDEPTH 4\nMAXVAL 65535\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
        try plugins.folder.write("in.pam", Array(head.utf8) + samples)
        let run = try plugins.run(
            #"""
            set -e
            "$CONVERT" in.pam out.ff --strict --verify
            "$CONVERT" out.ff back.pam --strict
            "$CONVERT" info out.ff
            "$CONVERT" formats
            """#)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        let file = Array("farbfeld".utf8) + [0, 0, 0, 3, 0, 0, 0, 1] + samples
        #expect(plugins.folder.read("out.ff") == file)
        #expect(plugins.folder.read("back.pam") == plugins.folder.read("in.pam"))
        #expect(run.text.contains("org.suckless.farbfeld: farbfeld (no library, /"))
        #expect(run.text.contains("/plugins/farbfeld.so)"), "where it lies")
        for count in 0..<file.count {
            try plugins.folder.write("cut.ff", Array(file.prefix(count)))
            let cut = try plugins.run(#""$CONVERT" cut.ff cut.png"#)
            #expect(cut.status == 1 && cut.errorLines.count == 1, "\(count): \(cut.errors)")
        }
        #expect(plugins.folder.read("cut.png") == nil)
    }

    @Test func `the example in Swift reads and writes`() throws {
        try plugins.addSwift("docs/examples/plugins/sunraster.swift", "sunraster.so")
        let samples = (0..<15).map { UInt8($0 * 16 + 3) }
        try plugins.folder.write("in.ppm", Array("P6\n5 1\n255\n".utf8) + samples)
        let run = try plugins.run(
            #"""
            set -e
            "$CONVERT" in.ppm out.ras --strict --verify
            "$CONVERT" out.ras back.ppm --strict
            "$CONVERT" in.pgm gray.ras
            "$CONVERT" gray.ras back.pgm
            """#)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        #expect(plugins.folder.read("back.ppm") == plugins.folder.read("in.ppm"))
        #expect(plugins.folder.read("back.pgm") == plugins.folder.read("in.pgm"))
        let python = ForeignTool("python3")
        guard python.isInstalled,
            try python.run(["-c", "import PIL"], on: [], pathExtension: "py").status == 0
        else { return }
        let judged = try python.run(
            [
                "-c",
                "import sys; from PIL import Image; "
                    + "sys.stdout.buffer.write(Image.open('%').convert('RGB').tobytes())",
            ], on: plugins.folder.read("out.ras") ?? [], pathExtension: "ras")
        #expect(judged.output == samples, "\(judged.diagnostics)")
    }

    @Test func `settings, options and metadata reach a plugin`() throws {
        try plugins.addToy()
        let run = try plugins.run(
            #"""
            set -e
            "$CONVERT" in.pgm plain.toy
            "$CONVERT" in.pgm set.toy --quality 12.5 --effort 3 \
              --option org.example.toy.wheels=6 --option toy.color=blue
            "$CONVERT" in.pgm exact.toy --lossless
            """#)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        func note(_ name: String) -> String {
            String(decoding: (plugins.folder.read(name) ?? []).dropFirst(12), as: UTF8.self)
        }
        #expect(note("plain.toy") == "quality -1 lossless 0 effort 0 icc 0 density 0")
        #expect(
            note("set.toy")
                == "quality 12.5 lossless 0 effort 3 icc 0 density 0 wheels=6 color=blue")
        #expect(note("exact.toy") == "quality -1 lossless 1 effort 0 icc 0 density 0")
        try expectFailure(
            #""$CONVERT" in.pgm out.toy --option toy.wheels=9"#, "a whole number from 1 to 8",
            status: 2, lineCount: 2)
        try expectFailure(
            #""$CONVERT" in.pgm out.toy --option toy.horn=1"#, "has wheels, color",
            status: 2, lineCount: 2)
    }

    @Test func `what a plugin loses is a loss`() throws {
        try plugins.addToy(.losing)
        let run = try plugins.run(#""$CONVERT" in.toy out.pgm"#)
        #expect(run.status == 0 && run.errors.contains("the toys are left out"), "\(run.errors)")
        #expect(plugins.folder.read("out.pgm") == plugins.folder.read("in.pgm"))
        try plugins.folder.remove("out.pgm")
        try expectFailure(
            #""$CONVERT" in.toy out.pgm --strict"#, "refused as lossy: the toys are left out")
    }

    @Test(arguments: [
        (PluginFolder.Fault.crashInOpen, "the plugin was ended by signal 11 (segmentation fault)"),
        (.crashInRows, "the plugin was ended by signal 11"),
        (.noSize, "the plugin speaks of 0 x 2 pixels"),
        (.tooLarge, "limit exceeded"),
        (.noLayout, "the plugin speaks of 7 channels of 8 bits"),
        (.noReason, "not a valid org.example.toy file: the plugin does not say why"),
        (.garbage, "the plugin"),
    ])
    func `a reader that goes wrong costs its file`(
        fault: PluginFolder.Fault, words: String
    ) throws {
        try plugins.addToy(fault)
        try expectFailure(#""$CONVERT" in.toy out.png"#, words)
    }

    @Test(arguments: [
        (PluginFolder.Fault.crashInWrite, Int32(1), "the plugin was ended by signal 11"),
        (.otherFormat, 1, "the plugin has written a file of another format"),
        (.badOption, 2, "toys have no such quality"),
    ])
    func `a writer that goes wrong leaves nothing`(
        fault: PluginFolder.Fault, status: Int32, words: String
    ) throws {
        try plugins.addToy(fault)
        try expectFailure(#""$CONVERT" in.pgm out.toy"#, words, status: status)
    }

    @Test func `a plugin has no more memory than others`() throws {
        try plugins.addToy(.noMemory)
        try expectFailure(
            #""$CONVERT" in.toy out.png --max-memory 300M"#, "cannot allocate memory",
            status: 75)
    }

    @Test func `what a plugin prints goes nowhere`() throws {
        try plugins.addToy(.loud)
        let run = try plugins.run(#""$CONVERT" in.toy - --to pgm"#)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        #expect(run.output == plugins.folder.read("in.pgm"))
    }

    @Test(arguments: [
        (PluginFolder.Fault.clash, "formats tiff and org.example.toy both claim"),
        (.oldVersion, "it is made for another version of the converter"),
        (.noIdentity, "its identity toy is no domain turned round and a name"),
        (.looseSignature, "it has a signature that is too short"),
        (.hangInTable, "it does not answer"),
    ])
    func `a plugin that does not fit is left out, aloud`(
        fault: PluginFolder.Fault, words: String
    ) throws {
        try plugins.addToy(fault)
        let run = try plugins.run(#""$CONVERT" in.pgm out.png"#)
        #expect(run.status == 0 && run.errorLines.count == 1, "\(run.errors)")
        #expect(run.errors.contains("plugins/toy.so is left out: \(words)"), "\(run.errors)")
    }

    @Test func `plugins are found beside the program, too`() throws {
        try plugins.addToy()
        let run = try plugins.run(
            #"""
            set -e
            mkdir -p there/bin there/lib/imgconv
            cp "$CONVERT" there/bin/imgconv
            mv plugins there/lib/imgconv/plugins
            unset CONVERT_PLUGIN_PATH
            ln -s there/bin/imgconv imgconv
            ./imgconv in.toy out.pgm
            """#)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        #expect(plugins.folder.read("out.pgm") == plugins.folder.read("in.pgm"))
    }

    @Test func `rows go through in pieces`() throws {
        try plugins.addC("docs/examples/plugins/farbfeld.c", "farbfeld.so")
        // Rows of 320 kB, and one of 3.2 MB: several to a piece, and a piece of its own.
        for (width, height) in [(40_000, 9), (400_000, 1)] {
            var generator = SplitMix64(seed: UInt64(width))
            let size = "WIDTH \(width)\nHEIGHT \(height)"
            let head = "P7\n\(size)\nDEPTH 4\nMAXVAL 65535\nTUPLTYPE RGB_ALPHA\nENDHDR\n"
            try plugins.folder.write(
                "in.pam", Array(head.utf8) + generator.bytes(8 * width * height))
            let run = try plugins.run(
                #"""
                "$CONVERT" in.pam wide.ff --overwrite && "$CONVERT" wide.ff back.pam --overwrite
                """#)
            #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
            #expect(plugins.folder.read("back.pam") == plugins.folder.read("in.pam"))
        }
    }

    @Test func `a file that is no library is left out, aloud`() throws {
        try plugins.folder.write("plugins/no.so", Array("no library".utf8))
        try plugins.folder.write("plugins/readme.txt", [])
        let run = try plugins.run(#""$CONVERT" in.pgm out.png"#)
        #expect(run.status == 0 && run.errorLines.count == 1, "\(run.errors)")
        #expect(run.errors.contains("plugins/no.so is left out: "), "\(run.errors)")
    }

    @Test(arguments: [(PluginFolder.Fault.crashInRows, Int32(1)), (.hangInRows, 75)])
    func `a folder survives a plugin`(fault: PluginFolder.Fault, status: Int32) throws {
        try plugins.addToy(fault)
        let run = try plugins.run(
            #"""
            mkdir in out && cp in.pgm in/a.pgm && cp in.toy in/b.toy && cp in.pgm in/c.pgm
            "$CONVERT" in out --to png --timeout 3 --jobs 1
            status=$?
            for try in {1..100}; do
              pgrep -f "__convert-plugin $PWD/plugins/toy.so" >/dev/null || break
              sleep 0.1
            done
            pgrep -f "__convert-plugin $PWD/plugins/toy.so" && echo "a process is left"
            exit $status
            """#)
        #expect(run.status == status && run.output.isEmpty, "\(run.errors)\(run.text)")
        #expect(run.errors.contains("b.toy: "), "\(run.errors)")
        #expect(
            plugins.folder.files.filter { $0.hasPrefix("out/") } == ["out/a.png", "out/c.png"])
    }

    @Test func `a signal ends the wait for a plugin that hangs`() throws {
        try plugins.addToy(.hangInRows)
        let run = try plugins.run(
            #"""
            "$CONVERT" in.toy out.png &
            for try in {1..100}; do
              pgrep -f "__convert-plugin $PWD/plugins/toy.so" >/dev/null && break
              sleep 0.1
            done
            sleep 0.5; kill -TERM $!; wait $!
            """#)
        #expect(run.status == 143 && run.errorLines.count <= 1, "\(run.status) \(run.errors)")
        #expect(plugins.folder.read("out.png") == nil)
    }
}
