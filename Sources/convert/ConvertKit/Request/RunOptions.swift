package import FormatFiles
package import FormatKit

/// What the command line says about how a run goes; outputs do not depend on it.
package struct RunOptions: Sendable {
    /// The number of threads of one codec, or `nil` for a share of the machine.
    package var threadCount: Int?
    /// The number of conversions at a time, or `nil` for as many as the machine has room for.
    package var jobCount: Int?
    /// What is chosen about the work of single codecs.
    package var codecOptions = CodecOptions()
    /// Checked before allocations; its memory is also that of all conversions at a time.
    package var limits = Limits.default
    /// The longest that one input may take; without it, an hour without a sign of life is too long.
    package var timeLimit: Duration?
    /// Whether existing outputs are replaced.
    package var isReplacing = false
    /// Whether inputs whose output exists are left alone.
    package var isSkippingExisting = false
    /// Whether a record of what was done is kept, and what it says is done is left alone.
    package var isResuming = false
    /// Whether everything is done again, whatever the record says.
    package var isForced = false
    /// Whether outputs are read back before they get their names.
    package var isVerifying = false
    /// Whether only what would be done is said.
    package var isDryRun = false
    /// The number of failures after which no more inputs are begun.
    package var maximumFailureCount: Int?
    /// Where events go, one JSON object a line.
    package var logPath: Path?
    /// Whether outputs get the times of their inputs.
    package var isPreservingTimes = false
    /// Whether results go to standard output as JSON.
    package var isJSON = false

    /// Creates options with every default.
    package init() {}

    /// The time after which an input is given up if there is no sign of life from its codec.
    static let stallLimit = Duration.seconds(3600)
}
