/// What OpenJPEG says where it lacks memory, for which it has only words.
enum JP2Shortage {
    /// The last is all that it says where it cannot hold what it codes of a tile.
    private static let words = [
        "Not enough memory", "llocat", "memory error", "Error while opj_j2k_pre_write_tile",
    ]

    /// Whether a message of the library is about want of memory.
    static func isMeant(by message: String) -> Bool { words.contains(where: message.contains) }
}
