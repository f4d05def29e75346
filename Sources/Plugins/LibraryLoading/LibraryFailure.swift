internal import CLibraryLoading
package import FormatKit

extension ImageError {
    /// Why a library cannot be used that is loaded when it is first needed.
    ///
    /// - Parameters:
    ///   - format: The format that needs it.
    ///   - reason: What to say unless there was too little memory for it.
    /// - Returns: The error, which says whether to try again helps.
    package static func libraryMissing(_ format: FormatID, _ reason: String) -> ImageError {
        library_loading_lacked_memory() != 0 ? .outOfMemory : .codecFailure(format, reason)
    }
}
