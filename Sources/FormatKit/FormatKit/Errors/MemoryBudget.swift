internal import Synchronization

/// The memory that one conversion may hold.
///
/// Whoever is about to hold memory that grows with a picture or a file reserves it first, and gives it
/// back when it is freed: readers, decoders, the stages between, writers. All of them draw on the same
/// budget, so that together they stay within the limit. What lives only as long as one call is
/// checked, not reserved.
///
/// ```swift
/// let budget = MemoryBudget(limit: 1 << 20)
/// let rows = budget.makeShare()
/// try rows.reserve(ImageSize(width: 640, height: 64), bytesPerPixel: 4)
/// print(budget.reservedByteCount)  // 163840
/// rows.giveBack()
/// ```
public final class MemoryBudget: Sendable {
    /// The most that can be reserved, in bytes.
    public let limit: Int
    private let used = Mutex(0)

    /// Creates a budget of which nothing is reserved.
    ///
    /// - Parameter limit: The most that can be reserved, in bytes.
    public init(limit: Int) {
        self.limit = limit
    }

    /// What is reserved at the moment, in bytes.
    public var reservedByteCount: Int { used.withLock { $0 } }

    /// Starts the share of one reader, writer or stage, which holds nothing yet.
    public func makeShare() -> MemoryShare { MemoryShare(of: self) }

    /// Accepts an allocation that is given back at once, or throws.
    ///
    /// - Parameter byteCount: Its size, in bytes.
    /// - Throws: ``ImageError/limitExceeded(_:requested:allowed:)`` if that and what is reserved are
    ///   more than the limit, or ``ImageError/outOfMemory`` if the system does not have it.
    public func check(_ byteCount: Int) throws(ImageError) {
        try check(byteCount, beside: reservedByteCount)
        try AvailableMemory.check(byteCount)
    }

    fileprivate func take(_ byteCount: Int) throws(ImageError) {
        let taken = used.withLock { used in
            let sum = used.addingReportingOverflow(byteCount)
            guard !sum.overflow, sum.partialValue <= limit else { return (used, false) }
            used = sum.partialValue
            return (used, true)
        }
        guard taken.1 else { return try check(byteCount, beside: taken.0) }
        do throws(ImageError) {
            try AvailableMemory.check(byteCount)
        } catch {
            giveBack(byteCount)
            throw error
        }
    }

    fileprivate func giveBack(_ byteCount: Int) {
        used.withLock { $0 -= byteCount }
    }

    private func check(_ byteCount: Int, beside used: Int) throws(ImageError) {
        let (sum, overflow) = used.addingReportingOverflow(byteCount)
        guard !overflow, sum <= limit else {
            throw .limitExceeded(.memory, requested: overflow ? .max : sum, allowed: limit)
        }
    }
}

/// What one reader, writer or stage has reserved of a ``MemoryBudget``; it is given back with the
/// share.
public final class MemoryShare: Sendable {
    private let budget: MemoryBudget
    private let held = Mutex(0)

    fileprivate init(of budget: MemoryBudget) {
        self.budget = budget
    }

    deinit {
        giveBack()
    }

    /// What the share holds, in bytes.
    public var byteCount: Int { held.withLock { $0 } }

    /// Reserves more.
    ///
    /// - Parameter byteCount: How much more, in bytes, at least 0.
    /// - Throws: ``ImageError/limitExceeded(_:requested:allowed:)`` if the budget does not have it, or
    ///   ``ImageError/outOfMemory`` if the system does not; the share stays as it is.
    public func reserve(_ byteCount: Int) throws(ImageError) {
        precondition(byteCount >= 0)
        try budget.take(byteCount)
        held.withLock { $0 += byteCount }
    }

    /// Reserves more: so many bytes for each pixel of an image, and `byteCount` besides.
    ///
    /// - Throws: ``ImageError`` as ``reserve(_:)``.
    public func reserve(
        _ size: ImageSize, bytesPerPixel: Int, besides byteCount: Int = 0
    ) throws(ImageError) {
        try reserve(size.byteCount(perPixel: bytesPerPixel, besides: byteCount))
    }

    /// Reserves what the share lacks to hold so much.
    ///
    /// - Throws: ``ImageError`` as ``reserve(_:)``.
    public func grow(to byteCount: Int) throws(ImageError) {
        try reserve(max(0, byteCount - self.byteCount))
    }

    /// Gives back all that the share holds.
    public func giveBack() {
        let byteCount = held.withLock { held in
            defer { held = 0 }
            return held
        }
        if byteCount > 0 { budget.giveBack(byteCount) }
    }
}
