internal import ArgumentParser
internal import ConvertKit
internal import FormatKit

/// `convert compare A B [--json]`.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Measure how much two images differ: PSNR, MS-SSIM, largest difference.",
        usage: "convert compare A B [--json]",
        discussion: """
            Both images are decoded and brought to one layout; PSNR is over all samples in the \
            encoded values, MS-SSIM (Wang et al. 2003) over the BT.601 luma. The exit code is 0 \
            whether or not they differ.
            """)

    @Argument(help: "An image.", completion: .file())
    var a: String

    @Argument(help: "An image of the same size.", completion: .file())
    var b: String

    @Flag(help: "Print a JSON object.")
    var json = false

    @OptionGroup(title: "Limits")
    var limits: LimitOptions

    func run() throws {
        let inspection = Inspection(
            registry: try Formats.makeRegistry(), limits: limits.limits,
            codecOptions: limits.codecOptions)
        let comparison = try reportingErrors(asJSON: json) {
            try inspection.compare(Endpoint(a), Endpoint(b))
        }
        StandardStreams.writeOutput(
            json
                ? "\(comparison.json(Endpoint(a).description, Endpoint(b).description))\n"
                : comparison.text)
    }
}
