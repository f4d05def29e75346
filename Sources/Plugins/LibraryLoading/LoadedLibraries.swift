internal import CLibraryLoading

/// Libraries that are loaded when they are first needed.
package enum LoadedLibraries {
    /// Has `end` called where a library would end the program since it lacks memory (`ENOMEM`) or
    /// a thread (`EAGAIN`) and does not expect that.
    ///
    /// - Parameter end: Called by the thread that lacks it, with the number; must not return.
    package static func handleShortages(by end: @escaping @convention(c) (Int32) -> Void) {
        library_loading_set_shortage_handler(end)
    }
}
