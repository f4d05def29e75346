internal import ArgumentParser
internal import ConvertKit
internal import FormatKit

/// The limits on what an input may ask for.
struct LimitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The most pixels of one image; K, M, G mean thousands.", valueName: "count"),
        transform: { try count($0, base: .decimal) })
    var maxPixels = Limits.default.pixelCount

    @Option(
        help: ArgumentHelp(
            """
            The most memory of one conversion, and of all that are under way at a time, in bytes; \
            K, M, G mean 1024s.
            """, valueName: "bytes"),
        transform: { try count($0, base: .binary) })
    var maxMemory = Limits.default.memoryByteCount

    @Option(
        help: ArgumentHelp(
            "The most multiply-adds that decoding one image may take; K, M, G, T mean thousands.",
            valueName: "count"),
        transform: { try count($0, base: .decimal) })
    var maxWork = Int(Formats.spec(of: .work).defaultText) ?? .max

    @Option(
        help: ArgumentHelp(
            "The most bytes of one block of metadata; K, M, G mean 1024s.", valueName: "bytes"),
        transform: { try count($0, base: .binary) })
    var maxMetadata = Limits.default.metadataByteCount

    @Option(
        help: ArgumentHelp(
            "The most pages or frames of one file; K, M, G mean thousands.", valueName: "count"),
        transform: { try count($0, base: .decimal) })
    var maxFrames = Limits.default.frameCount

    var limits: Limits {
        Limits(
            pixelCount: maxPixels, memoryByteCount: maxMemory, metadataByteCount: maxMetadata,
            frameCount: maxFrames)
    }

    /// The limits that single codecs have.
    var codecOptions: CodecOptions {
        var options = CodecOptions()
        options.set(.work, to: .integer(maxWork), of: Formats.builtIn)
        return options
    }

    /// Tells a run what these options say.
    func apply(to run: inout RunOptions) {
        run.limits = limits
        run.codecOptions = codecOptions
    }

    private static func count(_ text: String, base: CountArgument.Base) throws -> Int {
        guard let count = CountArgument.parse(text, base: base) else {
            throw ValidationError("\"\(text)\" is not a count such as 65536, 512M or 2G")
        }
        return count
    }
}

/// The limit on the time of a conversion.
struct TimeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The longest that one input may take (default: of a folder or a list, an hour without a \
            sign of life from the codec).
            """, valueName: "seconds"))
    var timeout: Double?

    func validate() throws {
        if let timeout, !(timeout > 0 && timeout <= 1e9) {
            throw ValidationError("--timeout is a number of seconds above 0 and at most 1000000000")
        }
    }
}

/// Runs a command's work; with `--json`, an error is an object on standard output too.
func reportingErrors<Result>(asJSON isJSON: Bool, _ work: () throws -> Result) throws -> Result {
    do {
        return try work()
    } catch let error as CommandError {
        if isJSON { StandardStreams.writeOutput("\(error.json)\n") }
        throw error
    }
}

/// How much to say.
struct VerbosityOptions: ParsableArguments {
    @Flag(help: "Say nothing but errors.")
    var quiet = false

    @Flag(help: "Say what is done to each file.")
    var verbose = false

    func validate() throws {
        if quiet, verbose { throw ValidationError("--quiet and --verbose exclude each other") }
    }

    /// The console on standard error.
    var console: Console {
        Console(
            verbosity: quiet ? .quiet : verbose ? .verbose : .normal,
            columnCount: StandardStreams.errorColumnCount, write: StandardStreams.writeError)
    }
}
