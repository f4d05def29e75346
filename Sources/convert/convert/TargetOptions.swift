internal import ArgumentParser
internal import ConvertKit
internal import FormatKit

/// What outputs are to come to.
struct TargetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The most bytes that an output may have, such as 100K: the best quality that fits is \
            searched.
            """, valueName: "bytes"),
        transform: {
            guard let count = CountArgument.parse($0, base: .binary) else {
                throw ValidationError("\"\($0)\" is not a number of bytes")
            }
            return count
        })
    var targetSize: Int?

    @Option(
        help: ArgumentHelp(
            "The least PSNR of an output, in dB: the smallest file that has it is searched.",
            valueName: "dB"))
    var targetPsnr: Double?

    @Option(
        help: ArgumentHelp(
            "The least MS-SSIM of an output, below 1, likewise.", valueName: "number"))
    var targetSsim: Double?

    func validate() throws {
        if [targetSize != nil, targetPsnr != nil, targetSsim != nil].filter({ $0 }).count > 1 {
            throw ValidationError(
                "--target-size, --target-psnr and --target-ssim exclude each other")
        }
        if let targetPsnr, !(targetPsnr > 0 && targetPsnr <= 120) {
            throw ValidationError("--target-psnr is above 0 and at most 120")
        }
        if let targetSsim, !(targetSsim > 0 && targetSsim < 1) {
            throw ValidationError("--target-ssim is above 0 and below 1")
        }
    }

    var target: EncodingTarget? {
        targetSize.map(EncodingTarget.byteCount) ?? targetPsnr.map(EncodingTarget.psnr)
            ?? targetSsim.map(EncodingTarget.similarity)
    }
}
