/// What the latents of a grid describe; in the order in which they are decoded (§2).
enum LatentGroup: Int, CaseIterable, Sendable {
    case luma = 0
    case blue = 1
    case red = 2
    case alpha = 3
}

/// A grid: of a group at a level.
struct LatentPlace: Hashable, Sendable {
    let group: LatentGroup
    let level: Int
}
