import TestSupport
import Testing

/// What the tool does before it does anything.
@Suite struct StartTests {
    @Test func `libraries that few files need are not loaded at the start`() throws {
        #if os(Linux)
            let folder = try TemporaryFolder()
            // The dynamic loader lists what it would load.
            let run = try ConvertTool.shell("LD_TRACE_LOADED_OBJECTS=1 $CONVERT", in: folder)
            #expect(run.text.contains("libpng"), "\(run.errors)")
            for name in ["libavif", "libjxl", "libaom"] { #expect(!run.text.contains(name)) }
        #else
            try Test.cancel("only where they are loaded by hand")
        #endif
    }
}
