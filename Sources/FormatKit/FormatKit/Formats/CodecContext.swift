/// How far a long operation has come.
public struct Progress: Sendable, Equatable {
    /// The part that is done, 0…1.
    public var fraction: Double
    /// What the codec can say of it, such as `epoch 12/80, 28.41 dB`.
    public var detail: String

    /// Creates a report.
    public init(fraction: Double, detail: String = "") {
        self.fraction = fraction
        self.detail = detail
    }
}

/// What a codec may use and whom it tells.
///
/// ```swift
/// let context = CodecContext(
///     limits: Limits(pixelCount: 100_000_000, memoryByteCount: 1 << 30), threadCount: 4,
///     isCancelled: { Task.isCancelled },
///     progress: { print("\(Int(100 * $0.fraction)) % \($0.detail)") },
///     warn: { print("warning: \($0)") })
/// ```
public struct CodecContext: Sendable {
    /// Checked before allocations.
    public let limits: Limits
    /// What ``Limits/memoryByteCount`` allows: reserved before allocations.
    public let memory: MemoryBudget
    /// The number of threads that one codec may run; results do not depend on it.
    public var threadCount: Int
    /// What is chosen about the work of single codecs; results do not depend on it.
    package var codecOptions = CodecOptions()
    /// Whether readers go on behind damage where they can, and tell ``loseRows(_:)`` of it.
    public var isSalvaging = false
    /// Whether inks of a file that does not say how it stores them are taken as they are, although
    /// most programs store them inverted.
    package var takesPlainCMYK = false
    /// Whether the caller wants the work to stop; asked now and then.
    public var isCancelled: @Sendable () -> Bool
    /// Told now and then how far a slow codec has come.
    public var progress: @Sendable (Progress) -> Void
    /// Told what a codec found odd but could read, one line each.
    public var warn: @Sendable (String) -> Void
    /// Told which of the files that are joined is opened or read from now on, counted from 0.
    package var enter: @Sendable (Int) -> Void = { _ in }
    /// Told what of a file turns out to be missing only when its pixels are decoded, and can
    /// therefore not be among ``ImageHeader/losses``.
    public var lose: @Sendable (Loss) -> Void
    /// Which rows are wanted of what is read.
    var ledger = RowLedger()

    /// Creates a context; what is left out has its default, losses are warnings.
    public init(
        limits: Limits = .default, threadCount: Int = 1,
        isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (Progress) -> Void = { _ in },
        warn: @escaping @Sendable (String) -> Void = { _ in },
        lose: (@Sendable (Loss) -> Void)? = nil
    ) {
        self.limits = limits
        memory = MemoryBudget(limit: limits.memoryByteCount)
        self.threadCount = threadCount
        self.isCancelled = isCancelled
        self.progress = progress
        self.warn = warn
        self.lose = lose ?? { warn($0.description) }
    }

    /// Tells that the picture which is read does not have these rows, counted from 0, and that they are
    /// made up; how many of them are wanted decides what is lost.
    package func loseRows(_ rows: RangeSet<Int>) {
        for loss in ledger.lose(rows) { lose(loss) }
    }

    /// Tells that some of these rows are missing, but not which: as many as can be of those that are
    /// wanted are taken to be.
    package func loseRows(_ count: Int, among rows: Range<Int>) {
        loseRows(ledger.worst(count, of: rows))
    }

    /// Tells that the picture which is read does not have a range of rows.
    public func loseRows(_ rows: Range<Int>) { loseRows(RangeSet(rows)) }

    /// Tells that smaller copies of the picture, of which a file has so many, are left out; nothing is
    /// lost that the picture does not show.
    package func tellReducedCopies(_ count: Int) {
        guard count > 0 else { return }
        warn(
            count == 1
                ? "a reduced copy of the picture is left out"
                : "\(count) reduced copies of the picture are left out")
    }

    /// Throws if the caller wants the work to stop.
    ///
    /// - Throws: ``ImageError/cancelled``.
    public func checkCancellation() throws(ImageError) {
        if isCancelled() { throw .cancelled }
    }
}
