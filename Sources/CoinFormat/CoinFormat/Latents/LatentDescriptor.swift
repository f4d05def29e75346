/// The form of a picture's grids and networks, without their numbers (§1).
///
/// | Offset | Size | Field              | Value                                              |
/// | ------ | ---- | ------------------ | -------------------------------------------------- |
/// | 0      | 1    | defaults           | the set of default parameters; 0 is all zero       |
/// | 1      | 1    | levels             | N, 1…10                                            |
/// | 2      | 1    | first luma level   | 0…N − 1                                            |
/// | 3      | 1    | first chroma level | 0…N − 1; 255 for gray                              |
/// | 4      | 1    | first alpha level  | 0…N − 1; 255: there is no alpha, or it is opaque   |
/// | 5      | 1    | contexts           | n, even, 2…16                                      |
/// | 6      | 1    | hidden             | H, width of the entropy network, even, 2…32        |
/// | 7      | 1    | width              | K, of the synthesis, even, 2…64                    |
/// | 8      | 1    | states             | log2 of the coder's states, 0…4                    |
/// | 9      | 1    | reserved           | 0                                                  |
struct LatentDescriptor: Hashable, Sendable {
    static let kind: UInt8 = 2
    static let bodySize = 10
    private static let none: UInt8 = 255

    /// The number of the set of defaults.
    let defaults: Int
    /// N.
    let levelCount: Int
    let firstLumaLevel: Int
    /// The finest level of chroma; `nil` for gray.
    let firstChromaLevel: Int?
    /// The finest level of alpha; `nil` if there is no alpha or it is opaque.
    let firstAlphaLevel: Int?
    /// n, the causal neighbors among the inputs of the entropy network.
    let contexts: Int
    /// H.
    let hidden: Int
    /// K.
    let width: Int
    let stateBits: Int

    /// Creates a descriptor.
    ///
    /// - Precondition: the values are within the ranges above.
    init(
        defaults: Int = 0, levelCount: Int, firstLumaLevel: Int = 0, firstChromaLevel: Int?,
        firstAlphaLevel: Int? = nil, contexts: Int = 8, hidden: Int = 14, width: Int = 16,
        stateBits: Int = 4
    ) {
        let levels = 0..<levelCount
        precondition((0...255).contains(defaults) && (1...10).contains(levelCount))
        precondition(levels.contains(firstLumaLevel))
        precondition(firstChromaLevel.map(levels.contains) ?? true)
        precondition(firstAlphaLevel.map(levels.contains) ?? true)
        precondition((2...16).contains(contexts) && contexts % 2 == 0)
        precondition((2...32).contains(hidden) && hidden % 2 == 0)
        precondition((2...64).contains(width) && width % 2 == 0)
        precondition((0...4).contains(stateBits))
        self.defaults = defaults
        self.levelCount = levelCount
        self.firstLumaLevel = firstLumaLevel
        self.firstChromaLevel = firstChromaLevel
        self.firstAlphaLevel = firstAlphaLevel
        self.contexts = contexts
        self.hidden = hidden
        self.width = width
        self.stateBits = stateBits
    }

    /// Parses the body of a descriptor, for a picture of `channelCount` channels.
    init(parsing reader: inout ByteReader, channelCount: Int) throws(BitstreamError) {
        let offset = reader.offset
        defaults = Int(try reader.read(UInt8.self))
        guard LatentDefaults.isKnown(defaults) else {
            throw .unsupportedDefaults(set: defaults, offset: offset)
        }
        let levels = try reader.readByte("the number of levels", in: 1...10)
        levelCount = Int(levels)
        let last = levels - 1
        firstLumaLevel = Int(try reader.readByte("the first luma level", in: 0...last))
        let isGray = channelCount < 3
        let chroma = try reader.readByte(
            "the first chroma level", in: isGray ? Self.none...Self.none : 0...last)
        firstChromaLevel = isGray ? nil : Int(chroma)
        firstAlphaLevel = try reader.readAlphaLevel(
            last: last, hasAlpha: channelCount % 2 == 0, none: Self.none)
        contexts = try reader.readEven("the number of contexts", in: 2...16)
        hidden = try reader.readEven("the width of the entropy network", in: 2...32)
        width = try reader.readEven("the width of the synthesis", in: 2...64)
        stateBits = Int(try reader.readByte("the logarithm of the coder's states", in: 0...4))
        try reader.readByte("the reserved byte", in: 0...0)
    }

    /// The bytes of the body, the inverse of parsing.
    var serialized: [UInt8] {
        [
            UInt8(defaults), UInt8(levelCount), UInt8(firstLumaLevel),
            firstChromaLevel.map(UInt8.init) ?? Self.none,
            firstAlphaLevel.map(UInt8.init) ?? Self.none, UInt8(contexts), UInt8(hidden),
            UInt8(width), UInt8(stateBits), 0,
        ]
    }
}

extension LatentDescriptor {
    /// The number of states of a coder.
    var stateCount: Int { 1 << stateBits }

    /// The finest level of a group that has grids.
    func firstLevel(of group: LatentGroup) -> Int? {
        switch group {
        case .luma: firstLumaLevel
        case .blue, .red: firstChromaLevel
        case .alpha: firstAlphaLevel
        }
    }

    /// Whether a group has a grid at a level.
    func hasGrid(_ place: LatentPlace) -> Bool {
        guard let first = firstLevel(of: place.group) else { return false }
        return (first..<levelCount).contains(place.level)
    }

    /// The finest level that has any grid.
    var finestLevel: Int { LatentGroup.allCases.compactMap(firstLevel).min() ?? 0 }

    /// The groups that have a grid at a level, in the order of decoding.
    func groups(atLevel level: Int) -> [LatentGroup] {
        LatentGroup.allCases.filter { hasGrid(LatentPlace(group: $0, level: level)) }
    }

    /// What the contexts of a grid look at; each may have no grid (§3).
    func surroundings(of place: LatentPlace) -> (near: LatentPlace, far: LatentPlace) {
        let (group, level) = (place.group, place.level)
        let near: LatentPlace =
            switch group {
            case .luma: LatentPlace(group: .luma, level: level + 1)
            case .blue, .alpha: LatentPlace(group: .luma, level: level)
            case .red: LatentPlace(group: .blue, level: level)
            }
        return (near, LatentPlace(group: group, level: level + (group == .luma ? 2 : 1)))
    }

    /// The inputs of the synthesis, in order: each luma level, then a plane a group (§7).
    var synthesisInputs: [LatentPlace] {
        let luma = (firstLumaLevel..<levelCount).map { LatentPlace(group: .luma, level: $0) }
        return luma
            + [.blue, .red, .alpha].compactMap { (group: LatentGroup) in
                firstLevel(of: group).map { LatentPlace(group: group, level: $0) }
            }
    }

    /// The outputs of the synthesis: the channels, without an alpha that is opaque.
    var outputCount: Int { (firstChromaLevel == nil ? 1 : 3) + (firstAlphaLevel == nil ? 0 : 1) }
}

extension ByteReader {
    fileprivate mutating func readEven(
        _ field: String, in range: ClosedRange<UInt8>
    ) throws(BitstreamError) -> Int {
        let start = offset
        let value = try readByte(field, in: range)
        guard value % 2 == 0 else {
            throw .invalidField(
                field, found: "\(value)", expected: "an even number", offset: start)
        }
        return Int(value)
    }

    fileprivate mutating func readAlphaLevel(
        last: UInt8, hasAlpha: Bool, none: UInt8
    ) throws(BitstreamError) -> Int? {
        let start = offset
        let value = try read(UInt8.self)
        if value == none { return nil }
        guard hasAlpha, value <= last else {
            throw .invalidField(
                "the first alpha level", found: "\(value)",
                expected: hasAlpha ? "0 to \(last) or \(none)" : "\(none)", offset: start)
        }
        return Int(value)
    }
}
