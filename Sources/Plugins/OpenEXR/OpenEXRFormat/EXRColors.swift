internal import FormatKit

/// Which channels of a part are its picture: those without a layer or else, as renderers may give each
/// picture of a part one, those of the first layer that has all colors, or some.
struct EXRColors {
    /// How samples of colors are stored.
    enum Model: Equatable {
        case gray
        case rgb
        /// Luminance, and what red and blue have more than it, in parts of it.
        case chroma
    }

    let model: Model
    /// The numbers of the channels of a pixel, in the order of the layout, or of luminance, red and
    /// blue, and alpha; `nil` for those that are not there.
    let channels: [Int?]
    /// Whether red and blue are stored for every second pixel of every second row only.
    let isSubsampled: Bool
    let layout: PixelLayout
    let significantBits: Int
    /// What is left out.
    let losses: [Loss]
    /// The layer whose picture this is, as its channels begin: empty, or with a dot at the end.
    let layer: String
    /// What is made up.
    let missingNames: [String]

    private static let colorNames = ["R", "G", "B"]
    private static let chromaNames = ["Y", "RY", "BY"]

    /// Decides.
    ///
    /// - Throws: ``ImageError`` if there is no picture, or it is stored as no reader of ours can.
    init(_ page: EXRPage) throws(ImageError) {
        let list = page.part.channels
        let (layer, model, names) = try Self.model(of: list)
        func number(_ name: String) -> Int? { list.firstIndex { $0.name == layer + name } }
        let hasAlpha = number("A") != nil
        let used = names + (hasAlpha ? ["A"] : [])
        let channels = used.map(number)
        let kinds = channels.compactMap { $0.map { list[$0].kind } }
        let others = list.indices.filter { !channels.contains($0) }.map { list[$0].name }
        self.layer = layer
        self.model = model
        self.channels = channels
        missingNames = used.filter { number($0) == nil }.map { layer + $0 }
        layout = PixelLayout(
            model == .gray ? .gray : .rgb, .float32, alpha: hasAlpha ? .premultiplied : .opaque)
        significantBits = kinds.allSatisfy { $0 == .half } ? 16 : 32
        isSubsampled = try Self.checkSteps(page, model, channels)
        losses = Self.losses(kinds, others)
    }

    private static func model(
        of list: [EXRChannel]
    ) throws(ImageError) -> (layer: String, Model, names: [String]) {
        let found = Dictionary(grouping: list.map { split($0.name) }, by: \.layer)
            .mapValues { Set($0.map(\.name)) }
        if let (model, names) = model(found[""] ?? []) { return ("", model, names) }
        // The others in their order, which is that of letters, those with all colors first.
        let layers = list.map { split($0.name).layer }
        let whole = layers.filter { found[$0]?.isSuperset(of: colorNames) == true }
        for layer in whole + layers {
            if let (model, names) = model(found[layer] ?? []) { return (layer, model, names) }
        }
        throw .unsupported(.exr, "no channels R, G, B or Y, but \(words(list.map(\.name)))")
    }

    /// What channels of a layer are; `nil` if none is a color.
    private static func model(_ found: Set<String>) -> (Model, names: [String])? {
        if !found.isDisjoint(with: colorNames) { return (.rgb, colorNames) }
        if found.isSuperset(of: chromaNames) { return (.chroma, chromaNames) }
        return found.contains("Y") ? (.gray, ["Y"]) : nil
    }

    /// A channel's name as that of its layer, with the last dot, and what follows.
    private static func split(_ name: String) -> (layer: String, name: String) {
        guard let dot = name.lastIndex(of: ".") else { return ("", name) }
        let start = name.index(after: dot)
        return (String(name[..<start]), String(name[start...]))
    }

    private static func losses(_ kinds: [EXRChannel.Kind], _ others: [String]) -> [Loss] {
        var losses: [Loss] = []
        if kinds.contains(.uint) { losses.append(.bitDepth(from: 32, to: 24)) }
        if others.count == 1 {
            losses.append(.picture("the channel \(words(others)) is left out"))
        } else if !others.isEmpty {
            losses.append(.picture("the channels \(words(others)) are left out"))
        }
        return losses
    }

    /// Names for people, of many only the first.
    private static func words(_ names: [String]) -> String {
        let shown = names.prefix(8).map { String($0.prefix(40)) }
        let rest = names.count - shown.count
        if rest > 0 { return shown.joined(separator: ", ") + " and \(rest) more" }
        guard shown.count > 1, let last = shown.last else { return shown.joined() }
        return shown.dropLast().joined(separator: ", ") + " and " + last
    }

    /// Makes sure that samples lie where they can be found; returns whether chroma is subsampled.
    ///
    /// The library counts samples of chunks wrongly where steps are others than 1 and 2.
    private static func checkSteps(
        _ page: EXRPage, _ model: Model, _ channels: [Int?]
    ) throws(ImageError) -> Bool {
        let (window, size) = (page.window, page.window.size)
        var isSubsampled = false
        for (number, channel) in page.part.channels.enumerated() {
            let steps = (channel.columnStep, channel.rowStep)
            if steps == (1, 1) { continue }
            let words =
                "a sample of the channel \(channel.name.prefix(40)) for \(steps.0)x\(steps.1) pixels"
            let isChroma =
                model == .chroma && channels[1...2].contains(number) && steps == (2, 2)
            guard max(steps.0, steps.1) <= 2, isChroma || !channels.contains(number) else {
                throw .unsupported(.exr, words)
            }
            guard page.kind != .tiles, window.left % steps.0 == 0, size.width % steps.0 == 0,
                window.top % steps.1 == 0, size.height % steps.1 == 0
            else {
                let place = page.kind == .tiles ? " of tiles" : ", by which they are not divided"
                throw .malformed(.exr, words + place)
            }
            if isChroma { isSubsampled = true }
        }
        if isSubsampled {
            let chroma = channels[1...2].compactMap { $0.map { page.part.channels[$0].columnStep } }
            guard chroma == [2, 2] else {
                throw .unsupported(.exr, "the channels RY and BY of different sizes")
            }
        }
        return isSubsampled
    }
}
