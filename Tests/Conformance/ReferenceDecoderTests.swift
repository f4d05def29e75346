import Foundation
import TestSupport
import Testing

/// The decoder in Python, written from the specification alone.
@Suite struct ReferenceDecoderTests {
    private static let python = ForeignTool("python3")
    private static let hasNumPy: Bool = {
        guard python.isInstalled,
            let outcome = try? python.run(["-c", "import numpy"], on: [], pathExtension: "txt")
        else { return false }
        if outcome.status != 0 { print("SKIPPED: NumPy is not installed") }
        return outcome.status == 0
    }()

    /// Of arithmetic with one rounding, and of latents against an encoder that shares nothing.
    @Test(.enabled(if: hasNumPy), arguments: ["test_arithmetic.py", "test_latents.py"])
    func `passes its own tests`(name: String) throws {
        let tests = CoinVector.root.deletingLastPathComponent()
            .appending(path: "reference/\(name)")
        let outcome = try Self.python.run(["-B", tests.path], on: [], pathExtension: "txt")
        #expect(outcome.status == 0, "\(outcome.diagnostics)")
    }

    @Test(.enabled(if: hasNumPy))
    func `agrees with every vector to the last bit`() throws {
        let checker = CoinVector.root.deletingLastPathComponent()
            .appending(path: "reference/check_vectors.py")
        // -B: no compiled files in the source tree.
        let outcome = try Self.python.run(["-B", checker.path], on: [], pathExtension: "txt")
        let count = CoinVector.all(.valid, .unusual, .faulty).count
        #expect(outcome.status == 0, "\(outcome.text)")
        #expect(outcome.text.hasSuffix("\(count) passed, 0 failed\n"), "\(outcome.text)")
    }
}
