internal import Foundation

/// A converter: ours, or one that people use.
///
/// All write WebP at quality 75 and TIFF with Deflate and the horizontal predictor; for the rest
/// each does what it does by itself.
struct Rival {
    let name: String
    /// The command for one file, or `nil` if the tool cannot do it.
    let single: (_ input: String, _ output: String) -> [String]?
    /// The command for a picture that fits into a square, or `nil` if the tool cannot do it.
    let thumbnail: (_ input: String, _ output: String, _ side: Int) -> [String]?
    /// The command for all TIFF files of a folder, or `nil` if the tool cannot do it.
    let folder: (_ input: String, _ output: String, _ format: String) -> [String]?
    /// Name and version, for the conditions.
    let version: String?

    static let ours = "convert"

    /// Ours and those that are installed; the others are skipped aloud.
    static var installed: [Rival] {
        let (program, arguments) = (Command.convertPath, ["--quiet", "--overwrite"])
        let convert = Rival(
            name: ours, single: { [program, $0, $1] + settings($1) + arguments },
            thumbnail: { [program, $0, $1, "--fit", "\($2)"] + settings($1) + arguments },
            folder: { [program, $0, $1, "--to", $2] + settings("." + $2) + arguments },
            version: nil)
        return [convert] + [vips, imageMagick, cwebp].compactMap { $0 }
    }

    private static func settings(_ output: String) -> [String] {
        if output.hasSuffix(".webp") { return ["--quality", "75"] }
        return output.hasSuffix(".tiff")
            ? ["--option", "tiff.compression=deflate", "--option", "tiff.predictor=on"] : []
    }

    private static func isInstalled(_ name: String) -> Bool {
        if Command.isInstalled(name) { return true }
        print("SKIPPED: \(name) is not installed")
        return false
    }

    private static var vips: Rival? {
        guard isInstalled("vips") else { return nil }
        func target(_ output: String) -> String {
            if output.hasSuffix(".webp") { return output + "[Q=75]" }
            let isTIFF = output.hasSuffix(".tiff")
            return output + (isTIFF ? "[compression=deflate,predictor=horizontal]" : "")
        }
        return Rival(
            name: "vips", single: { ["vips", "copy", $0, target($1)] },
            thumbnail: { ["vipsthumbnail", $0, "--size", "\($2)", "-o", target($1)] },
            folder: { input, output, format in
                let name = target("\(output)/{}.\(format)")
                return shell(
                    "cd '\(input)' && ls | xargs -P \(cores) -I{} vips copy {} '\(name)'")
            }, version: try? Conditions.firstLine(of: ["vips", "--version"]))
    }

    private static var imageMagick: Rival? {
        // The plain name may be that of another converter.
        let names = ["magick", "convert-im6.q16"]
        guard let program = names.first(where: Command.isInstalled) else {
            print("SKIPPED: ImageMagick is not installed")
            return nil
        }
        let mogrify = program == "magick" ? ["magick", "mogrify"] : ["mogrify-im6.q16"]
        func settings(_ output: String) -> [String] {
            if output.hasSuffix("webp") { return ["-quality", "75"] }
            let isTIFF = output.hasSuffix("tiff")
            return isTIFF ? ["-compress", "Zip", "-define", "tiff:predictor=2"] : []
        }
        return Rival(
            name: "ImageMagick", single: { [program, $0] + settings($1) + [$1] },
            thumbnail: { input, output, side in
                // As its manual has it, so that JPEG is shrunk by its codec first.
                let hint = ["-define", "jpeg:size=\(2 * side)x\(2 * side)"]
                return [program] + hint + [input, "-thumbnail", "\(side)x\(side)"]
                    + settings(output) + [output]
            },
            folder: { input, output, format in
                let words = mogrify + settings(format) + ["-path", output, "-format", format]
                return shell("cd '\(input)' && \(words.joined(separator: " ")) *.tiff")
            },
            version: (try? Conditions.firstLine(of: [program, "--version"])).map {
                $0.split(separator: " ").dropFirst().prefix(2).joined(separator: " ")
            })
    }

    private static var cwebp: Rival? {
        guard isInstalled("cwebp") else { return nil }
        return Rival(
            name: "cwebp",
            single: { input, output in
                guard output.hasSuffix(".webp") else { return nil }
                return ["cwebp", "-quiet", "-q", "75", input, "-o", output]
            }, thumbnail: { _, _, _ in nil },
            folder: { input, output, format in
                guard format == "webp" else { return nil }
                return shell(
                    "cd '\(input)' && ls | xargs -P \(cores) -I{} "
                        + "cwebp -quiet -q 75 {} -o '\(output)/{}.webp'")
            },
            version: (try? Conditions.firstLine(of: ["cwebp", "-version"])).map { "cwebp \($0)" })
    }

    private static let cores = ProcessInfo.processInfo.activeProcessorCount

    private static func shell(_ script: String) -> [String] { ["sh", "-c", script] }
}
