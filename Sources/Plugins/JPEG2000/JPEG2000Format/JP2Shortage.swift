internal import CJP2Shim
internal import ShimKit

/// What OpenJPEG says where it lacks memory, for which it has only words.
enum JP2Shortage {
    /// The last is all that it says where it cannot hold what it codes of a tile.
    private static let words = [
        "Not enough memory", "llocat", "memory error", "Error while opj_j2k_pre_write_tile",
    ]

    /// The status, or want of memory if the library's message is about that.
    static func told(_ status: shim_status, by library: some ShimReporter) -> shim_status {
        let isAboutLibrary = status == .malformed || status == .failed
        return isAboutLibrary && words.contains(where: library.message.contains)
            ? .outOfMemory : status
    }
}
