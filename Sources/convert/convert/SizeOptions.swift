internal import ArgumentParser
internal import ConvertKit
internal import FormatKit

/// At what size a picture is converted.
struct SizeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Make the picture, or its part, fit into this box, or into a square of this side; as it "
                + "is shown, its proportions kept, never enlarged unless by --enlarge.",
            valueName: "WxH|side"),
        transform: {
            guard let box = SelectionArguments.box($0) else {
                throw ValidationError(
                    "\"\($0)\" is neither a box WIDTHxHEIGHT nor a side\(sideWords)")
            }
            return box
        })
    var fit: ImageSize?

    @Flag(help: "Let --fit enlarge pictures that are smaller.")
    var enlarge = false

    @Option(
        help: ArgumentHelp(
            "Give the whole picture this size, whatever its proportions.", valueName: "WxH"),
        transform: {
            guard let size = SelectionArguments.size($0) else {
                throw ValidationError("\"\($0)\" is not a size WIDTHxHEIGHT\(sideWords)")
            }
            return size
        })
    var size: ImageSize?

    @Option(
        help: ArgumentHelp(
            "Give the whole picture this multiple of its size.", valueName: "factor"),
        transform: {
            guard let factor = SelectionArguments.factor($0) else {
                throw ValidationError("\"\($0)\" is not a factor above 0")
            }
            return factor
        })
    var scale: Double?

    @Option(
        help: ArgumentHelp(
            "How samples are mixed at another size: \(filterNames) (default: lanczos3 to shrink, "
                + "mitchell to enlarge; .coin in its own way).", valueName: "name"),
        completion: .list(ResamplingFilter.allCases.map(\.rawValue)),
        transform: {
            guard let filter = ResamplingFilter(rawValue: $0) else {
                throw ValidationError("\"\($0)\" is none of \(filterNames)")
            }
            return filter
        })
    var filter: ResamplingFilter?

    @Flag(help: "Mix samples as light, not as they are encoded: slower, right for fine patterns.")
    var linearLight = false

    private static let sideWords =
        ", each in whole pixels, 1 to \(SelectionArguments.longestSide)"

    private static let filterNames =
        ResamplingFilter.allCases.map(\.rawValue).joined(separator: ", ")

    func validate() throws {
        let names = [("--fit", fit != nil), ("--size", size != nil), ("--scale", scale != nil)]
        let given = names.filter(\.1).map(\.0)
        if given.count > 1 {
            throw ValidationError("\(given[0]) and \(given[1]) exclude each other")
        }
        if enlarge, fit == nil { throw ValidationError("--enlarge goes with --fit") }
    }

    /// What is asked of the size of whole pictures.
    var scaling: Selection.Scale {
        size.map(Selection.Scale.size) ?? scale.map(Selection.Scale.factor) ?? .native
    }

    /// What pictures have to fit into.
    var box: Selection.Fit? { fit.map { Selection.Fit($0, isEnlarging: enlarge) } }

    /// How samples of other sizes are made.
    var resampling: Resampling { Resampling(filter: filter, isLinearLight: linearLight) }
}
