#if canImport(Darwin)
    internal import Darwin
#elseif canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// What the system still has to give.
package enum AvailableMemory {
    /// Less than this is always there, or nothing is.
    private static let smallByteCount = 1 << 16

    /// Accepts an allocation that is about to be made, or throws.
    ///
    /// An array for which there is no memory is a trap, and libraries are no better; so large ones
    /// are tried first: with a system call, since optimizers drop a `malloc` that is freed at once.
    ///
    /// - Throws: ``ImageError/outOfMemory``.
    package static func check(_ byteCount: Int) throws(ImageError) {
        guard byteCount >= smallByteCount else { return }
        let block = unsafe mmap(
            nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)
        // MAP_FAILED is no pointer that every platform's headers import.
        guard let block = unsafe block, Int(bitPattern: block) != -1 else {
            throw .outOfMemory
        }
        unsafe munmap(block, byteCount)
    }
}
