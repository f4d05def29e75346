public import FormatKit
internal import Synchronization

/// Collects what a codec warns of.
public final class WarningLog: Sendable {
    private let log = Mutex<[String]>([])

    /// Creates an empty log.
    public init() {}

    /// The warnings so far.
    public var warnings: [String] { log.withLock { $0 } }

    /// A context that warns into this log.
    ///
    /// - Parameter limits: The context's limits.
    /// - Returns: The context.
    public func context(limits: Limits = .default) -> CodecContext {
        CodecContext(limits: limits, warn: { warning in self.log.withLock { $0.append(warning) } })
    }
}
