import FormatKit
import Testing

@testable import ConvertKit

/// The library says which field and limit, the command line which option.
@Suite struct ErrorMessageTests {
    private static let limits: [(Limits.Name, String)] = [
        (.pixels, "--max-pixels"), (.memory, "--max-memory"), (.metadata, "--max-metadata"),
        (.frames, "--max-frames"),
        (Limits.Name("work", counting: "multiply-adds"), "--max-work"),
    ]

    @Test(arguments: limits)
    func `a limit is raised by its option`(limit: Limits.Name, option: String) {
        let error = ImageError.limitExceeded(limit, requested: 2, allowed: 1)
        #expect(error.message == "\(error); \(option) raises the limit")
        #expect(!error.description.contains("--"))
    }

    @Test func `a limit that no option sets helps nobody`() {
        let error = ImageError.limitExceeded(
            Limits.Name("ink", counting: "inks"), requested: 2, allowed: 1)
        #expect(error.message == error.description)
    }

    @Test(arguments: RequestField.allCases)
    func `a field is called by its option`(field: RequestField) {
        let error = ImageError.invalid(field, "it is odd")
        #expect(error.message.hasPrefix("option --") && error.message.hasSuffix(": it is odd"))
        #expect(!error.description.contains("--"))
    }

    @Test(
        arguments: [
            (.outputExists, "the output exists; --overwrite replaces it"),
            (.invalidOption(name: "toy.a", reason: "b"), "option toy.a: b"),
            (.invalidOption(name: "kernels", reason: "b"), "option --kernels: b"),
            (
                .unstorable(FormatID("toy"), "3 pages", field: .page),
                "toy cannot store this image: 3 pages; --page chooses one of them"
            ),
            (
                .unstorable(FormatID("toy"), "x", field: .depth),
                "toy cannot store this image: x; --depth 8 or 16 drops some first, or leave out "
                    + "--lossless"
            ),
            (.unstorable(FormatID("toy"), "big"), "toy cannot store this image: big"),
            (.cancelled, "cancelled"),
        ] as [(ImageError, String)])
    func `an error helps where an option does`(error: ImageError, text: String) {
        #expect(error.message == text)
        #expect(!error.description.contains("--"))
    }
}
