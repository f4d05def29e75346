internal import ArgumentParser
internal import ConvertKit
internal import FormatKit

/// Which part of which pictures is converted.
struct SelectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Convert only this part, in pixels of the picture at the size asked for; with "
                + "--orient apply, of the picture as it is shown.",
            valueName: "x,y,w,h"),
        transform: {
            guard let region = SelectionArguments.region($0) else {
                throw ValidationError("\"\($0)\" is not a region X,Y,WIDTH,HEIGHT")
            }
            return region
        })
    var region: PixelRegion?

    @Option(
        help: ArgumentHelp(
            "Write this many pictures, coarse first, each twice the size of the one before: "
                + "OUT.1.EXT, OUT.2.EXT, ... and OUT.EXT.",
            valueName: "count"))
    var progressive = 1

    @Option(
        help: ArgumentHelp(
            "Convert this page or frame, counted from 1; without it, the first.",
            valueName: "number"))
    var page: Int?

    @Option(
        help: ArgumentHelp(
            "Convert these pages or frames, such as 1-3,7 or 5-, or all, into a format that can "
                + "hold them.",
            valueName: "pages"),
        completion: .list(["all"]),
        transform: {
            guard let pages = SelectionArguments.pages($0) else {
                throw ValidationError("\"\($0)\" is neither all nor pages such as 1-3,7")
            }
            return pages
        })
    var pages = PageSelection.first

    func validate() throws {
        if let page, page < 1 { throw ValidationError("--page counts from 1") }
        if page != nil, pages != .first {
            throw ValidationError("--page and --pages exclude each other")
        }
        if progressive > 1, pages != .first {
            throw ValidationError("--progressive and --pages exclude each other")
        }
        guard (1...32).contains(progressive) else {
            throw ValidationError("--progressive is a number from 1 to 32")
        }
        if progressive > 1, region != nil {
            throw ValidationError("--progressive and --region exclude each other")
        }
    }

    /// What of an input is converted, at the size and in the way that other options ask for.
    func selection(_ sizes: SizeOptions) -> Selection {
        Selection(
            scale: sizes.scaling, region: region, fit: sizes.box, resampling: sizes.resampling,
            pages: page.map { PageSelection.page($0 - 1) } ?? pages)
    }
}
