/// What OpenJPEG says where it lacks memory, for which it has only words.
enum JP2Shortage {
    private static let words = ["Not enough memory", "llocat", "memory error"]

    /// Whether a message of the library is about want of memory.
    static func isMeant(by message: String) -> Bool { words.contains(where: message.contains) }
}
