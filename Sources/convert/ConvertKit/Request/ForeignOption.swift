/// Options that people know from other programs, and words that only look like options.
package enum ForeignOption {
    /// What to write instead, by the name without its hyphens.
    private static let remedies = [
        "resize": "--fit WxH keeps proportions, --size WxH does not, --scale factor multiplies",
        "thumbnail": "--fit side, and --keep none leaves out all metadata",
        "geometry": "--fit WxH keeps proportions, --size WxH does not",
        "sample": "--size WxH --filter nearest", "scale": "--scale factor", "size": "--size WxH",
        "filter": "--filter name", "resample": "--scale factor, and resolutions stay as they are",
        "crop": "--region x,y,w,h cuts a part out", "strip": "--keep none leaves out all metadata",
        "quality": "--quality number", "auto-orient": "--orient apply turns pictures upright",
        "rotate": "--orient apply turns pictures upright", "depth": "--depth bits",
        "background": "--background color", "flatten": "--background color",
        "alpha": "--background color is what transparency is laid on",
        "colorspace": "--to-srgb converts colors", "profile": "--to-srgb converts colors",
        "format": "--to format", "define": "--option format.key=value",
        "interlace": "--option jpeg.progressive=true or png.interlaced=true",
        "compress": "--option tiff.compression=name", "dither": "--dither", "quiet": "--quiet",
        "verbose": "--verbose", "version": "--version", "help": "--help", "o": "IN OUT",
        "q": "--quality number", "lossless": "--lossless",
    ]
    /// Options of ours that such a name may be.
    private static let ownNames: Set<String> = [
        "quality", "depth", "background", "dither", "quiet", "verbose", "version", "help",
        "lossless", "scale", "size", "filter",
    ]

    /// Refuses what the parser of the command line would misunderstand, with a hint.
    ///
    /// It would take `-photo.png` for the options `-p`, `-h` and so on, and print its help.
    ///
    /// - Parameters:
    ///   - words: The arguments.
    ///   - known: Short options that are ours.
    /// - Throws: ``CommandError/usage(_:)``.
    package static func check(
        _ words: [String], allowing known: Set<String> = []
    ) throws(CommandError) {
        for word in words {
            if word == "--" { return }
            if known.contains(word) { continue }
            guard word.hasPrefix("-"), word != "-", word != "-h" else { continue }
            let isLong = word.hasPrefix("--")
            let name = String(word.drop { $0 == "-" }.prefix { $0 != "=" })
            guard name.first?.isLetter == true else { continue }
            if isLong, ownNames.contains(name) { continue }
            if let remedy = remedies[name] {
                throw .usage("\(word) is an option of another program: \(remedy)")
            }
            guard !isLong else { continue }
            throw .usage("unknown option \(word); a file that is named so is written ./\(word)")
        }
    }
}
