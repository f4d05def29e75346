package import FormatKit

/// What a file holds beside what its library delivers: properties of the picture, and further items and
/// boxes (ISO/IEC 23008-12 §6).
///
/// What is damaged here the library judges.
package struct HEIFParts {
    /// How bright the picture gets (`clli`).
    package private(set) var contentLight: ContentLightLevel?
    /// The display on which it was mastered (`mdcv`).
    package private(set) var masteringDisplay: MasteringDisplay?
    /// The ratio of the sides of a pixel (`pasp`), as a resolution.
    package private(set) var resolution: Resolution?
    /// What is not carried.
    package private(set) var losses: [Loss] = []
    /// The number of smaller copies of the picture.
    package private(set) var copyCount = 0
    /// What has been said of its colors.
    private var colors: Set<[UInt8]> = []
    private var colorKinds: Set<String> = []

    private static let knownBoxes: Set<String> = [
        "ftyp", "meta", "mdat", "moov", "free", "skip", "styp", "sidx", "mfra", videoBox,
    ]
    /// The box in which a motion photo has its video.
    private static let videoBox = "mpvd"
    private static let knownProperties: Set<String> = [
        "ispe", "pixi", "colr", "irot", "imir", "clap", "auxC", "lsel",
    ]
    private let codecProperties: Set<String>

    /// Looks through a file.
    ///
    /// - Parameters:
    ///   - source: The file.
    ///   - end: Where its boxes end.
    ///   - codedTypes: The types of items that are pictures by themselves, such as `av01`.
    ///   - codecProperties: The types of properties of such items, such as `av1C`.
    /// - Throws: ``ImageError`` if the file cannot be read.
    package init(
        of source: any ImageSource, before end: Int, codedTypes: Set<String>,
        codecProperties: Set<String>
    ) throws(ImageError) {
        self.codecProperties = codecProperties
        let file = ISOBox(type: "", content: 0..<end)
        let boxes = try file.children(of: source)
        let types = boxes.map(\.type)
        if types.contains(Self.videoBox) {
            losses.append(.picture("the video of a motion photo is left out"))
        }
        losses += Loss.unknown("box", types.filter { !Self.knownBoxes.contains($0) })
        guard let meta = boxes.first(where: { $0.type == "meta" }) else { return }
        let items = try HEIFItems(in: meta, of: source, codedTypes: codedTypes)
        losses += items.losses
        copyCount = items.copyCount
        for property in items.properties { try take(property, of: source) }
    }

    private mutating func take(
        _ property: ISOBox, of source: any ImageSource
    ) throws(ImageError) {
        let bytes = try property.bytes(of: source)
        func number(_ offset: Int, _ count: Int) -> Double {
            Double(bytes[offset..<offset + count].reduce(0) { $0 << 8 | Int($1) })
        }
        switch property.type {
        case "colr": take(color: bytes)
        case "clli" where bytes.count >= 4:
            contentLight = ContentLightLevel(
                maximum: number(0, 2), frameAverage: number(2, 2))
        case "mdcv" where bytes.count >= 24:
            let points = stride(from: 0, to: 16, by: 4).map {
                Chromaticity(number($0, 2) / 50_000, number($0 + 2, 2) / 50_000)
            }
            // Green, blue and red, then white.
            masteringDisplay = MasteringDisplay(
                chromaticities: Chromaticities(
                    white: points[3], red: points[2], green: points[0], blue: points[1]),
                maximumLuminance: number(16, 4) / 10_000,
                minimumLuminance: number(20, 4) / 10_000)
        case "pasp" where bytes.count >= 8:
            let (width, height) = (number(0, 4), number(4, 4))
            if width > 0, height > 0, width != height {
                // The wider pixels are, the fewer there are along a row.
                resolution = Resolution(horizontal: height, vertical: width, unit: .none)
            }
        case let type where !Self.knownProperties.union(codecProperties).contains(type):
            losses += Loss.unknown("property", [type])
        default: break
        }
    }

    /// What an account of colors is, by its name: code points or a profile; `nil` if it is unknown.
    static func colorKind(_ name: some StringProtocol) -> String? {
        switch name {
        case "nclx": "code points"
        case "prof", "rICC": "a profile"
        default: nil
        }
    }

    /// Takes note of an account of the colors, of which there may be a profile and code points.
    private mutating func take(color content: [UInt8]) {
        let name = String(latin1: content.prefix(4))
        let isNew = colors.insert(content).inserted
        guard let kind = Self.colorKind(name) else {
            let words = "the description of the colors \"\(name)\" is not known, and left out"
            return losses.append(.part(of: .icc, words))
        }
        if !colorKinds.insert(kind).inserted, isNew {
            losses.append(.part(of: .icc, "a further description of the colors is left out"))
        }
    }
}
