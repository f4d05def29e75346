/// The identity of a format: a short lower-case name, reverse-DNS for formats of third parties.
public struct FormatID: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
    /// The name, such as `tiff`.
    public let rawValue: String

    /// Creates an identity.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Creates an identity.
    public init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    /// The name.
    public var description: String { rawValue }
}
